#include "base/log.h"

#include <errno.h>
#include <stdio.h>

#include "base/text.h"

static gboolean verbose;

void
log_set_verbose(gboolean on)
{
	verbose = on;
}

static void
	G_GNUC_PRINTF(2, 0) write_line(const char *prefix, const char *format, va_list arguments)
{
	int saved = errno;
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	g_autofree char *safe = text_for_terminal(message);

	fprintf(stderr, "abate: %s%s\n", prefix, safe);
	errno = saved;
}

void
log_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_line("", format, arguments);
	va_end(arguments);
}

void
log_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_line("warning: ", format, arguments);
	va_end(arguments);
}

void
log_info(const char *format, ...)
{
	va_list arguments;

	if (!verbose)
		return;
	va_start(arguments, format);
	write_line("", format, arguments);
	va_end(arguments);
}
