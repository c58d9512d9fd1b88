#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH 30
#define REDRAW_US (G_USEC_PER_SEC / 10)

void
progress_start(struct progress *progress, const char *what, gint64 total)
{
	progress->what = what;
	progress->total = total;
	progress->shown = 0;
	progress->on = isatty(STDERR_FILENO);
}

void
progress_show(struct progress *progress, gint64 done)
{
	gint64 now = g_get_monotonic_time();
	char bar[WIDTH + 1];
	int filled;

	if (!progress->on || now - progress->shown < REDRAW_US)
		return;
	progress->shown = now;
	if (progress->total <= 0) {
		fprintf(stderr, "\r%" G_GINT64_FORMAT " %s ", done, progress->what);
		return;
	}
	filled = (int)(MIN(done, progress->total) * WIDTH / progress->total);
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " %s ", bar, done,
		progress->total, progress->what);
}

void
progress_end(struct progress *progress)
{
	if (progress->on && progress->shown)
		fputs("\r\033[K", stderr);
}
