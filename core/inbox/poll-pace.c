#include "inbox/poll-pace.h"

gint64
poll_base(const struct profile *profile)
{
	const gint64 expected = profile ? profile->expected_action_s : 0;

	return CLAMP(expected * G_USEC_PER_SEC / 12, POLL_SHORTEST, POLL_LONGEST);
}

gint64
poll_next(gint64 sent, gint64 now, gint64 base, double jitter)
{
	const gint64 age = now - sent;
	const gint64 wait = CLAMP(age, base, POLL_LONGEST);

	if (age >= POLL_END)
		return 0;
	return now + wait + (gint64)((double)wait * (jitter - 0.5) * 0.2);
}
