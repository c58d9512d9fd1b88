/* libesmtp's header, with what it forgets to include itself. */
#pragma once

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include <openssl/ssl.h>

#include <auth-client.h>
#include <libesmtp.h>
