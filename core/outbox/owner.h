/* The name under which a process claims reports. */
#pragma once

#include <glib.h>

/* "host:pid:start time of the process", so that a new process of the same number is another. Free
 * with g_free. */
char *owner_name(void);
/* Whether that process still runs. One on another host is taken as running. */
gboolean owner_is_alive(const char *owner);
