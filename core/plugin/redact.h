/* Secrets that a server sends back, as they are or encoded: they are not kept. */
#pragma once

#include <glib.h>

#include "plugin/secrets.h"

/* Adds to found (of char *) the values of the placeholders in text, and how they read in base64;
 * NULL is fine. What cannot be told, or is too short to be one, is left out. */
void redact_collect(struct secrets_cache *cache, const char *text, GPtrArray *found);
/* The same for what HTTP makes of a login; either may be NULL. */
void redact_login(const char *username, const char *password, GPtrArray *secrets);
/* A copy in which each of them reads "[secret]", also where its letters are escaped as in URLs,
 * JSON or HTML; what is no UTF-8 is made so when there are any. */
GBytes *redact_bytes(GBytes *bytes, const GPtrArray *secrets);
/* The same for text; NULL for NULL. */
char *redact_text(const char *text, const GPtrArray *secrets);
