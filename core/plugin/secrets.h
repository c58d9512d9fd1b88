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
