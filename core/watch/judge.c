#include "watch/judge.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"

#define DAY_US ((gint64)86400 * G_USEC_PER_SEC)

void
watch_view_clear(struct watch_view *view)
{
	g_clear_pointer(&view->detail, g_free);
}

static struct watch_view
view_of(enum watch_state verdict, char *detail)
{
	return (struct watch_view){ verdict, detail };
}

/* --- DNS --- */

#define LONGEST_SHOWN 200 /* bytes: a redirect can be as long as the site likes */

static struct watch_view
view_of_signal(const char *what, const char *value, const struct signal *signal)
{
	g_autofree char *begin =
		g_utf8_make_valid(value, (gssize)MIN(strlen(value), (gsize)LONGEST_SHOWN));
	g_autofree char *shown = text_for_terminal(begin);

	return view_of(signal_is_takedown(signal->meaning) ? WATCH_DOWN : WATCH_UNKNOWN,
		g_strdup_printf("%s %s: %s%s%s%s", what, shown, signal_name(signal->meaning),
			signal->owner ? " (" : "", signal->owner ? signal->owner : "",
			signal->owner ? ")" : ""));
}

typedef const struct signal *(*signal_find)(const struct signals *signals, const char *value);

static gboolean
judge_signals(const struct signals *signals, const GPtrArray *values, signal_find find,
	const char *what, struct watch_view *view)
{
	for (guint i = 0; i < values->len; i++) {
		const char *value = values->pdata[i];
		const struct signal *signal = find(signals, value);

		if (!signal || signal->meaning == SIGNAL_NONE)
			continue;
		*view = view_of_signal(what, value, signal);
		return TRUE;
	}
	return FALSE;
}

/* Whose name servers, aliases or addresses they are. An alias may end nowhere; what is gone is gone
 * also from the servers of who parks names. */
static gboolean
judge_all_signals(const struct signals *signals, const struct dns_answer *answer,
	const struct dns_answer *ns, struct watch_view *view)
{
	if (ns && ns->status == DNS_OK &&
		judge_signals(
			signals, ns->name_servers, signals_name_server, "name server", view)) {
		if (view->verdict == WATCH_DOWN || answer->status == DNS_OK)
			return TRUE;
		watch_view_clear(view);
	}
	return judge_signals(signals, answer->cname, signals_name_server, "alias", view) ||
	       (answer->status == DNS_OK &&
		       judge_signals(signals, answer->addresses, signals_address, "address", view));
}

static char *
joined(const GPtrArray *texts)
{
	GString *text = g_string_new("resolves to ");

	for (guint i = 0; i < texts->len && i < 4; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", (char *)texts->pdata[i]);
	if (texts->len > 4)
		g_string_append(text, ", …");
	return g_string_free(text, FALSE);
}

/* The answer that counts: the one with an address, else the one that tells most. */
static const struct dns_answer *
better(const struct dns_answer *a, const struct dns_answer *aaaa)
{
	if (!a || !aaaa)
		return a ? a : aaaa;
	if (aaaa->status == DNS_OK && a->status != DNS_OK)
		return aaaa;
	/* No IPv4 address and no word on IPv6: nothing is known. */
	if (a->status == DNS_NODATA && aaaa->status != DNS_NODATA)
		return aaaa;
	return a;
}

struct watch_view
watch_judge_dns(const struct signals *signals, const struct dns_answer *a,
	const struct dns_answer *aaaa, const struct dns_answer *ns)
{
	const struct dns_answer *answer = better(a, aaaa);
	struct watch_view view;

	if (!answer)
		return view_of(WATCH_UNKNOWN, g_strdup("nothing was asked"));
	if (judge_all_signals(signals, answer, ns, &view))
		return view;
	switch (answer->status) {
	case DNS_OK:
		return view_of(WATCH_UP, joined(answer->addresses));
	case DNS_NODATA:
		return view_of(WATCH_DOWN, g_strdup("has no address"));
	case DNS_NXDOMAIN:
		return view_of(WATCH_DOWN, g_strdup("no such name (NXDOMAIN)"));
	case DNS_SERVFAIL:
		return view_of(WATCH_DOWN, g_strdup("its name servers give no answer (SERVFAIL)"));
	case DNS_REFUSED:
	case DNS_TIMEOUT:
		break;
	}
	return view_of(WATCH_UNKNOWN,
		g_strdup_printf("no answer: %s", answer->error ? answer->error : "timed out"));
}

/* --- RDAP --- */

/* The date of an event as "expiration"; 0 when not told. */
static gint64
event_date(json_t *root, const char *action)
{
	json_t *events = json_object_get(root, "events"), *event;
	gint64 date = 0;
	size_t i;

	json_array_foreach(events, i, event)
	{
		const char *what = json_string_value(json_object_get(event, "eventAction"));
		const char *when = json_string_value(json_object_get(event, "eventDate"));

		if (g_strcmp0(what, action) == 0 && when && text_time_parse(when, &date))
			return date;
	}
	return 0;
}

static int
gravity(enum signal_meaning meaning)
{
	return meaning == SIGNAL_HELD ? 1 : meaning == SIGNAL_DELETED ? 2 : 3;
}

struct watch_status
watch_weigh_status(const struct signals *signals, const GPtrArray *list)
{
	struct watch_status status = { 0 };

	for (guint i = 0; i < list->len; i++) {
		const struct signal *signal = signals_status(signals, list->pdata[i]);

		status.is_renewed |= signal && signal->meaning == SIGNAL_RENEWED;
		if (!signal || !signal_is_takedown(signal->meaning) ||
			(status.signal &&
				gravity(signal->meaning) <= gravity(status.signal->meaning)))
			continue;
		status.signal = signal;
		status.text = list->pdata[i];
	}
	return status;
}

/* Registries renew a name at the end of its term and give the registrar 45 days to take that back,
 * in which it puts what is not paid on hold; then it is deleted: an unpaid name ends so, some weeks
 * after an anniversary. */
gboolean
watch_looks_expired(
	const struct watch_status *status, gint64 registration, gint64 expiration, gint64 now)
{
	const gint64 year = DAY_US * 36525 / 100, age = registration ? now - registration : 0;
	const enum signal_meaning meaning = status->signal->meaning;
	const gint64 left = expiration - now;

	if (expiration && left <= 0)
		return TRUE;
	if (meaning == SIGNAL_HELD && status->is_renewed)
		return TRUE;
	if (age < 365 * DAY_US)
		return FALSE;
	if (meaning == SIGNAL_HELD)
		return (age + DAY_US) % year <= 46 * DAY_US && left >= year - 46 * DAY_US &&
		       left <= year + DAY_US;
	return meaning == SIGNAL_DELETED && age % year <= 80 * DAY_US;
}

/* A name server that tells why it is on hold, and that nobody took it down; NULL: none does. */
static const struct signal *
excusing_server(
	const struct signals *signals, const struct rdap_object *object, const char **server)
{
	for (guint i = 0; i < object->name_servers->len; i++) {
		const struct signal *signal;

		*server = g_ptr_array_index(object->name_servers, i);
		signal = signals_name_server(signals, *server);
		if (signal && (signal->meaning == SIGNAL_VERIFICATION ||
				      signal->meaning == SIGNAL_EXPIRED))
			return signal;
	}
	return NULL;
}

static struct watch_view
judge_registration(const struct watch_inquiry *inquiry, const struct rdap_object *object,
	json_t *root, gboolean *is_no_takedown)
{
	const char *server = NULL;
	const struct watch_status status = watch_weigh_status(inquiry->signals, object->status);
	const struct signal *excuse = excusing_server(inquiry->signals, object, &server);
	g_autofree char *shown = text_for_terminal(status.text);

	if (!status.signal)
		return view_of(WATCH_UNKNOWN, g_strdup("registered; no hold"));
	*is_no_takedown = TRUE;
	/* The registry holds a name for other reasons. */
	if (excuse && status.signal->meaning != SIGNAL_SUSPENDED)
		return view_of_signal("name server", server, excuse);
	if (watch_looks_expired(&status, event_date(root, "registration"),
		    event_date(root, "expiration"), inquiry->now))
		return view_of(WATCH_UNKNOWN, g_strdup_printf("%s, " WATCH_LAPSED, shown));
	*is_no_takedown = FALSE;
	return view_of(
		WATCH_DOWN, g_strdup_printf("%s: %s", shown,
				    status.signal->words ? status.signal->words : "taken down"));
}

static struct watch_view
judge_missing(const struct watch_inquiry *inquiry, gboolean *is_no_takedown)
{
	*is_no_takedown = inquiry->has_lapsed;
	if (inquiry->has_lapsed)
		return view_of(WATCH_UNKNOWN,
			g_strdup("the registry does not know the name, " WATCH_LAPSED));
	return view_of(WATCH_DOWN, g_strdup("the registry does not know the name"));
}

struct watch_view
watch_judge_rdap(const struct watch_inquiry *inquiry, long status, const char *body, gsize length,
	const char *url, gboolean *is_no_takedown)
{
	g_autoptr(GError) error = NULL;
	struct rdap_object *object;
	struct watch_view view;
	json_t *root;

	*is_no_takedown = FALSE;
	if (status == 404)
		return judge_missing(inquiry, is_no_takedown);
	if (status != 200)
		return view_of(WATCH_UNKNOWN, g_strdup_printf("RDAP answers %ld", status));
	/* The bounds of depth and size are held by the RDAP reader. */
	object = rdap_parse(body, length, url, &error);
	root = object ? json_loadb(body, length, 0, NULL) : NULL;
	if (!root)
		view = view_of(
			WATCH_UNKNOWN, g_strdup(error ? error->message : "not an RDAP answer"));
	else
		view = judge_registration(inquiry, object, root, is_no_takedown);
	rdap_object_free(object);
	json_decref(root);
	return view;
}

/* --- HTTP --- */

static const struct signal *
page_signal(const struct signals *signals, const struct http_answer *answer, const char *location)
{
	const struct signal *signal = NULL;
	gsize length;
	const char *body = g_bytes_get_data(answer->body, &length);

	if (location)
		signal = signals_page(signals, location, strlen(location));
	return signal ? signal : signals_page(signals, body, length);
}

struct watch_view
watch_judge_http(const struct signals *signals, const struct http_answer *answer, gboolean is_page)
{
	const char *location =
		answer->headers ? g_hash_table_lookup(answer->headers, "location") : NULL;
	const struct signal *signal;
	gsize size = g_bytes_get_size(answer->body);

	if (answer->error && answer->status == 0)
		return view_of(WATCH_UNKNOWN, g_strdup_printf("no answer: %s", answer->error));
	signal = page_signal(signals, answer, location);
	if (signal)
		return view_of_signal("page of", location ? location : "the site", signal);
	switch (answer->status) {
	case 404:
	case 410:
	case 451:
		return view_of(is_page ? WATCH_DOWN : WATCH_UNKNOWN,
			g_strdup_printf("HTTP %ld, %zu bytes", answer->status, size));
	default:
		return view_of(
			answer->status >= 200 && answer->status < 400 ? WATCH_UP : WATCH_UNKNOWN,
			g_strdup_printf("HTTP %ld, %zu bytes", answer->status, size));
	}
}
