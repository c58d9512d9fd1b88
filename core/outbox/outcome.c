#include "outbox/outcome.h"

#include "base/text.h"
#include "outbox/backoff.h"

static gboolean
defer(struct store *store, const struct delivery *delivery, struct outbox_counts *counts,
	GError **error)
{
	gint64 next =
		backoff_next(text_now(), BACKOFF_BASE, delivery->tries + 1, g_random_double());

	if (next) {
		next = MAX(next, text_now() + delivery->wait_s * G_USEC_PER_SEC);
		counts->deferred++;
		return store_report_defer(store, delivery->report_id, next, delivery->words, error);
	}
	counts->refused++;
	return store_report_set_state(
		store, delivery->report_id, REPORT_FAILED, delivery->words, error);
}

gboolean
outcome_record(struct store *store, const struct delivery *delivery, struct outbox_counts *counts,
	GError **error)
{
	const gint64 id = delivery->report_id;

	switch (delivery->verdict) {
	case VERDICT_ACCEPTED:
		counts->accepted++;
		return store_report_set_state(store, id, REPORT_ACCEPTED, NULL, error);
	case VERDICT_REFUSED:
		counts->refused++;
		return store_report_set_state(store, id, REPORT_REFUSED, delivery->words, error);
	case VERDICT_DEFERRED:
		return defer(store, delivery, counts, error);
	case VERDICT_IN_DOUBT:
		counts->in_doubt++;
		return store_report_set_state(store, id, REPORT_IN_DOUBT, delivery->words, error);
	case VERDICT_NONE:
		break;
	}
	counts->held_back++;
	return store_report_unclaim(store, id, error);
}
