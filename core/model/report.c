#include "model/report.h"

#include "model/names.h"

static const char *const state_names[] = { "draft", "held", "ready", "sending", "accepted",
	"refused", "in_doubt", "acknowledged", "answered", "closed", "bounced", "failed", "manual",
	"cancelled", NULL };

struct report *
report_new(void)
{
	struct report *report = g_new0(struct report, 1);

	report->indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
	return report;
}

void
report_free(struct report *report)
{
	if (!report)
		return;
	g_free(report->provider);
	g_free(report->provider_name);
	g_free(report->kind);
	g_free(report->plugin);
	g_free(report->to);
	g_free(report->reason);
	g_free(report->reference);
	g_free(report->message_id);
	g_free(report->subject);
	g_free(report->ticket);
	g_free(report->server);
	g_free(report->api_state);
	g_array_unref(report->indicators);
	g_free(report);
}

void
report_standing_of(const struct report *report, struct report_standing *standing)
{
	*standing = (struct report_standing){ .state = report->state,
		.reason = g_strdup(report->reason),
		.ticket = g_strdup(report->ticket),
		.sent = report->sent,
		.acknowledged = report->acknowledged,
		.answered = report->answered };
}

gboolean
report_standing_in_doubt(const struct report_standing *standing)
{
	return standing->state == REPORT_IN_DOUBT ||
	       (standing->state == REPORT_READY &&
		       g_strcmp0(standing->reason, REPORT_RESENT) == 0) ||
	       (standing->state == REPORT_CANCELLED &&
		       g_strcmp0(standing->reason, REPORT_DROPPED) == 0);
}

void
report_standing_clear(struct report_standing *standing)
{
	g_clear_pointer(&standing->reason, g_free);
	g_clear_pointer(&standing->ticket, g_free);
}

char *
report_destination(const struct report *report)
{
	const char *at =
		report->channel == CHANNEL_MAIL && report->to ? strrchr(report->to, '@') : NULL;

	if (at && at[1])
		return g_ascii_strdown(at + 1, -1);
	if (report->channel == CHANNEL_HTTP && report->server)
		return g_ascii_strdown(report->server, -1);
	return NULL;
}

const char *
report_state_name(enum report_state state)
{
	return state_names[state];
}

gboolean
report_state_parse(const char *name, enum report_state *state)
{
	int found = names_find(state_names, name);

	if (found < 0)
		return FALSE;
	*state = (enum report_state)found;
	return TRUE;
}

#define BIT(state) (1u << (state))
/* What may follow each state. A mail can be acknowledged, bounce or be answered before we learn
 * that it was accepted (in doubt), and an answer can follow a bounce of a forwarder. */
static const guint allowed[] = {
	[REPORT_DRAFT] =
		BIT(REPORT_HELD) | BIT(REPORT_READY) | BIT(REPORT_MANUAL) | BIT(REPORT_CANCELLED),
	[REPORT_HELD] =
		BIT(REPORT_DRAFT) | BIT(REPORT_READY) | BIT(REPORT_MANUAL) | BIT(REPORT_CANCELLED),
	[REPORT_READY] = BIT(REPORT_DRAFT) | BIT(REPORT_HELD) | BIT(REPORT_SENDING) |
			 BIT(REPORT_FAILED) | BIT(REPORT_CANCELLED),
	[REPORT_SENDING] = BIT(REPORT_READY) | BIT(REPORT_HELD) | BIT(REPORT_ACCEPTED) |
			   BIT(REPORT_REFUSED) | BIT(REPORT_IN_DOUBT) | BIT(REPORT_FAILED),
	[REPORT_ACCEPTED] = BIT(REPORT_ACKNOWLEDGED) | BIT(REPORT_ANSWERED) | BIT(REPORT_CLOSED) |
			    BIT(REPORT_BOUNCED) | BIT(REPORT_REFUSED),
	[REPORT_REFUSED] = BIT(REPORT_CLOSED) | BIT(REPORT_ANSWERED),
	[REPORT_IN_DOUBT] = BIT(REPORT_READY) | BIT(REPORT_ACCEPTED) | BIT(REPORT_REFUSED) |
			    BIT(REPORT_ACKNOWLEDGED) | BIT(REPORT_ANSWERED) | BIT(REPORT_CLOSED) |
			    BIT(REPORT_BOUNCED) | BIT(REPORT_CANCELLED),
	[REPORT_ACKNOWLEDGED] = BIT(REPORT_ANSWERED) | BIT(REPORT_CLOSED) | BIT(REPORT_BOUNCED) |
				BIT(REPORT_REFUSED),
	[REPORT_ANSWERED] = BIT(REPORT_CLOSED) | BIT(REPORT_BOUNCED) | BIT(REPORT_REFUSED),
	[REPORT_CLOSED] = BIT(REPORT_ANSWERED),
	[REPORT_BOUNCED] = BIT(REPORT_ACKNOWLEDGED) | BIT(REPORT_ANSWERED) | BIT(REPORT_CLOSED),
	[REPORT_FAILED] = BIT(REPORT_READY) | BIT(REPORT_CLOSED),
	[REPORT_MANUAL] =
		BIT(REPORT_ACCEPTED) | BIT(REPORT_HELD) | BIT(REPORT_DRAFT) | BIT(REPORT_CANCELLED),
	[REPORT_CANCELLED] = 0,
};

gboolean
report_state_allows(enum report_state from, enum report_state to)
{
	return (allowed[from] & BIT(to)) != 0;
}

gboolean
report_state_is_out(enum report_state state)
{
	static const guint out = BIT(REPORT_ACCEPTED) | BIT(REPORT_REFUSED) | BIT(REPORT_IN_DOUBT) |
				 BIT(REPORT_ACKNOWLEDGED) | BIT(REPORT_ANSWERED) |
				 BIT(REPORT_BOUNCED) | BIT(REPORT_CLOSED);

	return (out & BIT(state)) != 0;
}
