#include "outbox/backoff.h"

gint64
backoff_next(gint64 start, gint64 base, gint64 step, double jitter)
{
	gint64 wait = base * step * step;

	if (step > BACKOFF_TRIES)
		return 0;
	return start + wait + (gint64)((double)wait * (jitter - 0.5) * 0.2);
}
