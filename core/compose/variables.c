#include "compose/variables.h"

#include "base/text.h"
#include "compose/words.h"

#include <idn2.h>
#include <string.h>

static gboolean
is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return FALSE;
	return TRUE;
}

/* One line, safe to show. */
static void
set(json_t *object, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	g_autofree char *safe = is_plain(text) ? NULL : text_for_terminal(text);
	json_object_set_new_nocheck(object, key, json_string_nocheck(safe ? safe : text));
}

/* Several lines, each safe. */
static void
set_lines(json_t *object, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		char *safe = text_for_terminal(g_strchomp(*line));
		g_free(*line);
		*line = safe;
	}
	g_autofree char *joined = g_strchomp(g_strjoinv("\n", lines));
	json_object_set_new_nocheck(object, key, json_string_nocheck(joined));
}

static void
set_integer(json_t *object, const char *key, gint64 value)
{
	json_object_set_new_nocheck(object, key, json_integer(value));
}

static void
set_boolean(json_t *object, const char *key, gboolean value)
{
	json_object_set_new_nocheck(object, key, json_boolean(value));
}

/* For a desk: date and time with the zone in words. */
static void
set_time(json_t *object, const char *key, gint64 at)
{
	g_autofree char *text = text_time(at);
	if (!text || strlen(text) < 20)
		return;
	text[10] = ' ';
	text[19] = '\0';
	g_autofree char *zoned = g_strconcat(text, " UTC", NULL);
	set(object, key, zoned);
}

/* The same of one of a list: without a time it says so, or the whole report's would be shown. */
static void
set_own_time(json_t *object, const char *key, gint64 at)
{
	json_object_set_new_nocheck(object, key, json_null());
	if (at)
		set_time(object, key, at);
}

static json_t *
case_values(const struct variables_input *input)
{
	const struct abuse_case *abuse_case = input->target->abuse_case;
	json_t *values = json_object();
	set(values, "title", abuse_case->title);
	set(values, "type", abuse_case->type);
	set(values, "type_name", words_type(abuse_case->type, input->language));
	set(values, "category", xarf_category(abuse_case->type));
	set(values, "nature", nature_name(abuse_case->nature));
	set(values, "tlp", tlp_name(abuse_case->tlp));
	set_lines(values, "description", abuse_case->description);
	return values;
}

static json_t *
report_values(const struct variables_input *input)
{
	const struct report *report = input->target->report;
	json_t *values = json_object();
	set(values, "reference", report->reference);
	set(values, "rung", rung_name(report->rung));
	set(values, "channel", channel_name(report->channel));
	set(values, "to", report->to);
	set(values, "ticket", report->ticket);
	set_boolean(values, "follow_up", report->follow_up_of != 0);
	set_time(values, "date", input->now);
	return values;
}

static json_t *
reporter_values(const struct config *config)
{
	static const char *const keys[] = { "name", "organisation", "email", "phone" };
	json_t *values = json_object();
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		set(values, keys[i], config_string(config, "reporter", keys[i]));
	return values;
}

static json_t *
provider_values(const struct variables_input *input)
{
	const struct report *report = input->target->report;
	json_t *values = json_object();
	set(values, "id", report->provider);
	set(values, "name", report->provider_name ? report->provider_name : report->provider);
	set(values, "kind", report->kind);
	set(values, "language", input->language);
	return values;
}

/* The name as its users see it, where it differs from the A-labels. */
static void
set_unicode(json_t *values, const struct indicator *indicator)
{
	char *shown = NULL;
	if (!indicator->host || !strstr(indicator->host, "xn--"))
		return;
	if (idn2_to_unicode_8z8z(indicator->host, &shown, 0) == IDN2_OK &&
		!g_str_equal(shown, indicator->host)) {
		g_autofree char *safe = text_defang(shown);
		set(values, "unicode", safe);
	}
	idn2_free(shown);
}

/* Up as far as anybody looked: nobody is told that something is up which nobody saw, and that a
 * name resolves says nothing of a page. */
static gboolean
is_name_only(const struct variables_input *input, const struct indicator *indicator)
{
	return indicator->type == INDICATOR_URL && !input->pages_are_seen;
}

static gboolean
is_seen_up(const struct variables_input *input, const struct indicator *indicator)
{
	return g_strcmp0(indicator->state, "up") == 0 && !is_name_only(input, indicator);
}

/* What a reminder says of one indicator. */
static void
set_standing(json_t *values, const struct variables_input *input, const struct indicator *indicator)
{
	const struct circumstances *circumstances = input->circumstances;
	const struct standing *standing = circumstances_of(circumstances, indicator->id);
	if (!standing || !circumstances->previous)
		return;
	json_t *known = json_object();
	set_boolean(known, "is_up", is_seen_up(input, indicator));
	set_boolean(known, "name_only", is_name_only(input, indicator));
	set_own_time(known, "last_seen", standing->seen);
	set_own_time(known, "back_since", standing->back);
	json_object_set_new_nocheck(values, "standing", known);
}

static json_t *
indicator_values(const struct variables_input *input, guint i)
{
	const struct indicator *indicator = g_ptr_array_index(input->target->indicators, i);
	const GPtrArray *routes = input->target->routes;
	json_t *values = json_object();
	g_autofree char *defanged = text_defang(indicator->value);
	set_integer(values, "number", i + 1);
	set(values, "value", defanged);
	set_unicode(values, indicator);
	set(values, "type", indicator_type_name(indicator->type));
	set(values, "type_name", words_indicator(indicator->type, input->language));
	if (indicator->domain) {
		g_autofree char *domain = text_defang(indicator->domain);
		set(values, "domain", domain);
	}
	set_own_time(values, "first_seen", indicator->first_seen);
	if (routes && i < routes->len)
		set(values, "source", ((const struct route *)g_ptr_array_index(routes, i))->source);
	set_standing(values, input, indicator);
	return values;
}

static void
set_indicators(json_t *values, const struct variables_input *input)
{
	const GPtrArray *indicators = input->target->indicators;
	json_t *list = json_array();
	gint64 earliest = 0;
	gboolean all_urls = TRUE;
	for (guint i = 0; i < indicators->len; i++) {
		const struct indicator *indicator = g_ptr_array_index(indicators, i);
		json_array_append_new(list, indicator_values(input, i));
		all_urls = all_urls && indicator->type == INDICATOR_URL;
		if (indicator->first_seen && (!earliest || indicator->first_seen < earliest))
			earliest = indicator->first_seen;
	}
	json_object_set_nocheck(values, "indicator", json_array_get(list, 0));
	json_object_set_new_nocheck(values, "indicators", list);
	set_integer(values, "count", indicators->len);
	set_boolean(values, "all_urls", all_urls);
	set_boolean(values, "one", indicators->len == 1);
	set_boolean(values, "many", indicators->len > 1);
	if (indicators->len > 1)
		set_integer(values, "more", indicators->len - 1);
	if (input->unlisted)
		set_integer(values, "unlisted", (gint64)input->unlisted);
	set_time(values, "first_seen", earliest);
}

GPtrArray *
variables_attached(const GPtrArray *evidence)
{
	GPtrArray *attached = g_ptr_array_new();
	gsize left = MAX_ATTACHED;
	for (guint i = 0; evidence && i < evidence->len; i++) {
		struct evidence *file = g_ptr_array_index(evidence, i);
		gsize size = file->content ? g_bytes_get_size(file->content) : 0;
		if (!file->content || size > left)
			continue;
		left -= size;
		g_ptr_array_add(attached, file);
	}
	return attached;
}

static void
set_evidence(json_t *values, const GPtrArray *evidence)
{
	g_autoptr(GPtrArray) attached = variables_attached(evidence);
	json_t *list = json_array();
	for (guint i = 0; evidence && i < evidence->len; i++) {
		struct evidence *file = g_ptr_array_index(evidence, i);
		json_t *item = json_object();
		set(item, "name", file->name);
		set(item, "media_type", file->media_type);
		set(item, "sha256", file->sha256);
		set_integer(
			item, "size", file->content ? (gint64)g_bytes_get_size(file->content) : 0);
		set_boolean(item, "attached", g_ptr_array_find(attached, file, NULL));
		json_array_append_new(list, item);
	}
	json_object_set_nocheck(values, "has_evidence", json_boolean(json_array_size(list)));
	json_object_set_new_nocheck(values, "evidence", list);
}

static json_t *
tried_values(const struct tried *tried, const char *language)
{
	json_t *values = json_object();
	set(values, "provider", tried->provider_name);
	set(values, "rung", rung_name(tried->rung));
	set(values, "rung_name", words_rung(tried->rung, language));
	set(values, "ticket", tried->ticket);
	set_time(values, "date", tried->asked);
	set_time(values, "reminded", tried->reminded);
	set_boolean(values, "bounced", tried->state == REPORT_BOUNCED);
	set_boolean(values, "refused", tried->state == REPORT_REFUSED);
	return values;
}

/* How the indicators stand together; those that came back are the first of them. */
static void
set_standings(json_t *values, const struct variables_input *input)
{
	const GPtrArray *indicators = input->target->indicators;
	gboolean all_up = TRUE, others_up = TRUE;
	gint64 news = 0, last_seen = 0, back = 0;
	for (guint i = 0; i < indicators->len; i++) {
		const struct indicator *indicator = g_ptr_array_index(indicators, i);
		const struct standing *standing =
			circumstances_of(input->circumstances, indicator->id);
		const gboolean up = is_seen_up(input, indicator);
		all_up = all_up && up;
		if (standing)
			last_seen = MAX(last_seen, standing->seen);
		if (!standing_is_news(standing))
			others_up = others_up && up;
		else if (!news++)
			back = standing->back;
	}
	set_boolean(values, "seen_up", all_up);
	set_boolean(values, "others_up", others_up);
	set_time(values, "last_seen", last_seen);
	set_time(values, "back", back);
	if (news > 1)
		set_integer(values, "back_more", news - 1);
	if (news && news < indicators->len)
		set_integer(values, "others", indicators->len - news);
}

static void
set_circumstances(json_t *values, const struct variables_input *input)
{
	const struct circumstances *circumstances = input->circumstances;
	const GPtrArray *list = circumstances ? circumstances->tried : NULL;
	json_t *tried = json_array();
	for (guint i = 0; list && i < list->len; i++)
		json_array_append_new(
			tried, tried_values(g_ptr_array_index(list, i), input->language));
	set_boolean(values, "has_tried", json_array_size(tried) > 0);
	json_object_set_new_nocheck(values, "tried", tried);
	set_boolean(values, "later",
		json_array_size(tried) > 0 || input->target->report->follow_up_of != 0);
	set_standings(values, input);
	if (circumstances && circumstances->previous) {
		set_time(values, "previous_date", circumstances->previous->sent);
		set(values, "previous_reference", circumstances->previous->reference);
	}
}

json_t *
variables_build(const struct variables_input *input)
{
	const struct plugin_target *target = input->target;
	enum nature nature = target->abuse_case->nature;
	json_t *values = json_object();
	json_object_set_new_nocheck(values, "case", case_values(input));
	json_object_set_new_nocheck(values, "report", report_values(input));
	json_object_set_new_nocheck(values, "reporter", reporter_values(target->config));
	json_object_set_new_nocheck(values, "provider", provider_values(input));
	set_boolean(values, "malicious", nature == NATURE_MALICIOUS);
	set_boolean(values, "compromised", nature == NATURE_COMPROMISED);
	set_boolean(values, "unknown", nature == NATURE_UNKNOWN);
	set_boolean(values, "marked", target->abuse_case->tlp != TLP_CLEAR);
	set_boolean(values, "has_xarf", input->has_xarf);
	set_indicators(values, input);
	set_circumstances(values, input);
	set_evidence(values, target->evidence);
	return values;
}
