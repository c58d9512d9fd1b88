/* Where the program's own files are: beside it in the build tree, or below the prefix. */
#pragma once

#include <glib.h>

/* config/ of the tree or PREFIX/share/abate (templates/, providers/, abate.conf …). Borrowed. */
const char *paths_data(void);
/* build/plugins of the tree or PREFIX/lib/abate/plugins. Borrowed. */
const char *paths_plugins(void);
