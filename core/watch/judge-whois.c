/* What a WHOIS answer says of a registration. */
#include <string.h>

#include "base/text.h"
#include "net/whois.h"
#include "watch/judge.h"

/* JPRS suspends what was not renewed on the first of the month after, until the end of that month,
 * which is then its term. */
#define GRACE_US ((gint64)31 * 86400 * G_USEC_PER_SEC)
/* Where a server says that it will not answer: it comes first, in a short line of its own. */
#define LINES 12
#define LONGEST_LINE 120

static struct watch_view
view_of(enum watch_state verdict, char *detail)
{
	return (struct watch_view){ verdict, detail };
}

static gboolean
is_comment(const char *line)
{
	return *line == '\0' || strchr("%#>*", *line) || strlen(line) > LONGEST_LINE;
}

static gboolean
refuses(const char *line)
{
	return g_regex_match_simple(
		"\\b(quota|limit|number of queries)\\b.{0,40}\\b(exceeded|reached)|"
		"\\bexceeded\\b.{0,40}\\b(quota|limit|queries|connections)|"
		"too many (queries|requests|connections|lookups)|(queries|requests) too "
		"(fast|many)|"
		"try again (later|in|after)|access (is )?denied|black-?listed|"
		"(temporarily|currently) (unavailable|blocked|out of)|rate[- ]?limit(ed|ing)",
		line, G_REGEX_CASELESS, 0);
}

/* "You have exceeded your quota of queries." */
static gboolean
is_refusal(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint seen = 0;

	for (guint i = 0; lines[i] && seen < LINES; i++) {
		const char *line = g_strstrip(lines[i]);

		if (is_comment(line))
			continue;
		seen++;
		if (refuses(line))
			return TRUE;
	}
	return FALSE;
}

static gint64
date_of(const char *text)
{
	gint64 date = 0;

	return text && text_time_parse(text, &date) ? date : 0;
}

static gboolean
tells_something(const struct whois_object *object)
{
	return object->registrar_name || object->registration || object->expires ||
	       object->organisation || object->status->len > 0 || object->name_servers->len > 0;
}

static struct watch_view
judge_registration(const struct watch_inquiry *inquiry, const struct whois_object *object,
	gboolean *is_no_takedown)
{
	const gint64 now = inquiry->now;
	const struct watch_status status = watch_weigh_status(inquiry->signals, object->status);
	g_autofree char *shown = text_for_terminal(status.text);
	gint64 expires = date_of(object->expires);

	if (!status.signal)
		return view_of(WATCH_UNKNOWN, g_strdup("registered; no hold (WHOIS)"));
	if (watch_looks_expired(&status, date_of(object->registration), expires, now) ||
		(expires && expires <= now + GRACE_US)) {
		*is_no_takedown = TRUE;
		return view_of(WATCH_UNKNOWN, g_strdup_printf("%s, " WATCH_LAPSED, shown));
	}
	return view_of(
		WATCH_DOWN, g_strdup_printf("%s: %s", shown,
				    status.signal->words ? status.signal->words : "taken down"));
}

static struct watch_view
judge_missing(const struct watch_inquiry *inquiry, gboolean is_gone, gboolean *is_no_takedown)
{
	static const char unknown[] = "the registry's WHOIS does not know the name";

	if (!is_gone)
		return view_of(WATCH_UNKNOWN, g_strdup_printf("%s, but DNS does", unknown));
	*is_no_takedown = inquiry->has_lapsed;
	if (inquiry->has_lapsed)
		return view_of(WATCH_UNKNOWN, g_strdup_printf("%s, " WATCH_LAPSED, unknown));
	return view_of(WATCH_DOWN, g_strdup(unknown));
}

struct watch_view
watch_judge_whois(const struct watch_inquiry *inquiry, const char *text, const char *server,
	gboolean is_gone, gboolean *is_no_takedown)
{
	struct whois_object *object;
	struct watch_view view;

	*is_no_takedown = FALSE;
	object = whois_parse(text, server);
	if (!object->not_found && tells_something(object))
		view = judge_registration(inquiry, object, is_no_takedown);
	else if (is_refusal(text))
		view = view_of(WATCH_UNKNOWN, g_strdup("the WHOIS server takes no more queries"));
	else if (!object->not_found)
		view = view_of(WATCH_UNKNOWN, g_strdup("the WHOIS answer tells nothing"));
	else
		view = judge_missing(inquiry, is_gone, is_no_takedown);
	whois_object_free(object);
	return view;
}
