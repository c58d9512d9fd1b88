/* Whether a machine wrote it: RFC 3834, RFC 8098, RFC 5965 and the headers that came before. */
#pragma once

#include "inbox/mail.h"

/* The header or subject's rule by which a machine wrote it; NULL: a person did. */
const char *auto_sign(const struct mail *mail);
/* "mdn" (RFC 8098) or "feedback-report" (RFC 5965); NULL when it is none. */
const char *auto_report(const struct mail *mail);
