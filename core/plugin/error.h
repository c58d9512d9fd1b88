/* The domain of errors about plugins and what they hand over. */
#pragma once

#include <glib.h>

#define PLUGIN_ERROR (g_quark_from_static_string("abate-plugin"))
