/* The text of a part of a mail: decoded, valid UTF-8, no longer than MAIL_MAX_TEXT. */
#pragma once

#include <gmime/gmime.h>

/* Of a message/rfc822 the headers alone; "" where there is none. Free with g_free. */
char *part_text(GMimeObject *object);
