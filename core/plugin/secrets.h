/*
 * Placeholders of secrets. A plugin never sees a secret, only \uFDD0secret:PLUGIN:OPTION\uFDD1:
 * Unicode noncharacters, which are taken out of all other text that reaches a plugin, so that no
 * indicator or answer can ask for a secret to be put into a request.
 */
#pragma once

#include <glib.h>

#include "base/config.h"

char *secrets_placeholder(const char *plugin, const char *option);
/* A copy of text in which nothing reads as a placeholder and all is UTF-8; NULL for NULL. */
char *secrets_clean(const char *text);
/* Whether every placeholder in text is whole and the plugin's own. */
gboolean secrets_are_of(const char *text, const char *plugin);
/* Whether text holds no placeholder, not even a broken one. */
gboolean secrets_are_none(const char *text);
/* How many of OPTION, OPTION_command, OPTION_file and OPTION_env are set; more than one is a fault.
 */
guint secrets_sources(const struct config *config, const char *plugin, const char *option);
/* Secrets that were looked up. Each is asked for once, in whatever it ends: its command may be
 * slow, or ask a person. config is borrowed. */
struct secrets_cache;
struct secrets_cache *secrets_cache_new(const struct config *config);
void secrets_cache_free(struct secrets_cache *cache);
/* A text with its placeholders filled in from the configuration (KEY, KEY_command, KEY_file or
 * KEY_env); never log it. Free with g_free. NULL and error when a secret is not to be had. */
char *secrets_fill(struct secrets_cache *cache, const char *text, GError **error);
