#include "outbox/owner.h"

#include <string.h>
#include <unistd.h>

/* Field 22 of /proc/PID/stat, in ticks since boot; NULL when there is no such process. */
static char *
start_time(gint64 pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%" G_GINT64_FORMAT "/stat", pid);
	g_autofree char *text = NULL;
	g_auto(GStrv) fields = NULL;
	const char *rest;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	rest = strrchr(text, ')'); /* the name may hold blanks and brackets */
	if (!rest)
		return NULL;
	fields = g_strsplit(rest + 2, " ", -1);
	return g_strv_length(fields) > 19 ? g_strdup(fields[19]) : NULL;
}

char *
owner_name(void)
{
	g_autofree char *start = start_time(getpid());

	return g_strdup_printf("%s:%d:%s", g_get_host_name(), (int)getpid(), start ? start : "0");
}

gboolean
owner_is_alive(const char *owner)
{
	g_auto(GStrv) parts = g_strsplit(owner, ":", 3);
	g_autofree char *start = NULL;

	if (g_strv_length(parts) != 3)
		return FALSE;
	if (strcmp(parts[0], g_get_host_name()) != 0)
		return TRUE;
	start = start_time(g_ascii_strtoll(parts[1], NULL, 10));
	return g_strcmp0(start, parts[2]) == 0;
}
