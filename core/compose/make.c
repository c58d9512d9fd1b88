/* One report: the plugin describes the message, this makes its bytes. */
#include "compose/composer.h"

#include "base/log.h"
#include "base/text.h"
#include "compose/mime.h"
#include "compose/packet.h"
#include "compose/variables.h"
#include "compose/xarf.h"

#include <string.h>

enum {
	MAX_SUBJECT = 150,	/* before the tag, which must never be cut off */
	MAX_BESIDE_TICKET = 90, /* with a ticket before it */
	MAX_TICKET = 60,
	MAX_XARF_IN_MAIL = 512 * 1024,	 /* the files are attached as well */
	MAX_XARF_EVIDENCE = 3 * 5242880, /* the standard's limit, for an API */
};

/* What the callbacks of one report need; plugin_target.user. */
struct job {
	struct making *making;
	const char *language;
	json_t *values; /* made when first asked for */
	gsize unlisted;
	char *subject; /* the template's */
};

static gint64
now(const struct composer *composer)
{
	return composer->fixed_now ? composer->fixed_now : text_now();
}

static json_t *
values_of(const struct plugin_target *target)
{
	struct job *job = target->user;
	const char *wanted;
	if (!job->values) {
		struct variables_input input = { .target = target,
			.language = job->language,
			.unlisted = job->unlisted,
			.has_xarf = !job->making->circumstances.previous &&
				    xarf_can(target->abuse_case->type, &wanted),
			.circumstances = &job->making->circumstances,
			.pages_are_seen =
				config_boolean(job->making->composer->config, "watch", "http"),
			.now = now(job->making->composer) };
		job->values = variables_build(&input);
	}
	return job->values;
}

/* What follows another report says so, whatever the plugin asks for; else a profile's own template
 * stands in for its kind's. */
static const char *
template_name(const struct plugin_target *target, const char *name)
{
	const struct job *job = target->user;
	const struct circumstances *circumstances = &job->making->circumstances;
	if (circumstances->previous)
		return circumstances->retraction ? "retract" : "follow-up";
	return target->profile && target->profile->template_name ? target->profile->template_name
								 : name;
}

static char *
render(const struct plugin_target *target, const char *name, GHashTable *extra, GError **error)
{
	struct job *job = target->user;
	json_t *values = values_of(target);
	GHashTableIter iter;
	void *key, *value;
	if (extra) {
		g_hash_table_iter_init(&iter, extra);
		while (g_hash_table_iter_next(&iter, &key, &value))
			json_object_set_new(values, key, json_string(value ? value : ""));
	}
	char *text = templates_render(job->making->composer->templates, job->language,
		template_name(target, name), values, MUSTACHE_TEXT, error);
	char *subject = text ? templates_take_subject(text) : NULL;
	if (subject) {
		g_free(job->subject);
		job->subject = subject;
	}
	return text;
}

static char *
make_xarf(const struct plugin_target *target, gsize i, gsize limit, GError **error)
{
	const struct config *config = target->config;
	const struct job *job = target->user;
	if (i >= target->indicators->len) {
		g_set_error(error, COMPOSE_ERROR, 0,
			"the report has %u indicators, there is no X-ARF for number "
			"%" G_GSIZE_FORMAT,
			target->indicators->len, i);
		return NULL;
	}
	struct xarf_input input = { .abuse_case = target->abuse_case,
		.indicator = g_ptr_array_index(target->indicators, i),
		.reporter_name = config_string(config, "reporter", "name"),
		.reporter_organisation = config_string(config, "reporter", "organisation"),
		.reporter_email = config_string(config, "reporter", "email"),
		.reference = target->report->reference,
		.number = i,
		.evidence = target->evidence,
		.evidence_limit = limit,
		.now = now(job->making->composer) };
	return xarf_build(&input, error);
}

static char *
xarf(const struct plugin_target *target, gsize i, GError **error)
{
	return make_xarf(target, i, MAX_XARF_EVIDENCE, error);
}

/* The words of the subject; with the provider's number where it has one. Free with g_free. */
static char *
subject_words(const struct plugin_target *target, const char *words)
{
	const char *ticket = target->report->ticket;
	gboolean numbered = ticket && *ticket;
	g_autofree char *line = mime_one_line(words && *words ? words : "Abuse report",
		numbered ? MAX_BESIDE_TICKET : MAX_SUBJECT);
	if (!numbered || strstr(line, ticket))
		return g_steal_pointer(&line);
	g_autofree char *number = mime_one_line(ticket, MAX_TICKET);
	return g_strdup_printf("[%s] %s", number, line);
}

/* "[TLP:AMBER] what it is about [abate-REFERENCE]": the tag brings answers back. */
static char *
subject_of(const struct plugin_target *target, const struct plugin_mail *mail, GError **error)
{
	struct job *job = target->user;
	const struct profile *profile = target->profile;
	g_autofree char *own = NULL;
	if (profile && profile->subject && !job->making->circumstances.previous) {
		own = templates_render_text(job->making->composer->templates,
			profile->file ? profile->file : profile->id, profile->subject,
			values_of(target), error);
		if (!own)
			return NULL;
	}
	const char *words = own ? own : mail->subject ? mail->subject : job->subject;
	g_autofree char *line = subject_words(target, words);
	gboolean marked = target->abuse_case->tlp != TLP_CLEAR;
	return g_strdup_printf("%s%s%s%s [abate-%s]", marked ? "[" : "",
		marked ? tlp_name(target->abuse_case->tlp) : "", marked ? "] " : "", line,
		target->report->reference);
}

static GPtrArray *
xarf_parts(const struct plugin_target *target, GError **error)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
	const char *wanted;
	if (!xarf_can(target->abuse_case->type, &wanted))
		return parts;
	for (guint i = 0; i < target->indicators->len; i++) {
		char *text =
			make_xarf(target, i, MAX_XARF_IN_MAIL / target->indicators->len, error);
		if (!text) {
			g_ptr_array_unref(parts);
			return NULL;
		}
		g_ptr_array_add(parts, text);
	}
	return parts;
}

static char *
fill_reply_to(const struct composer *composer, const char *reference)
{
	const char *pattern = config_string(composer->config, "mail", "reply_to");
	if (!pattern || !*pattern)
		return NULL;
	g_autoptr(GString) filled = g_string_new(pattern);
	g_autofree char *tag = g_strconcat("abate-", reference, NULL);
	/* The tag brings its own "abate-", unless the pattern has it before the place already. */
	gboolean tagged =
		strstr(pattern, "abate-{reference}") || strstr(pattern, "abate+{reference}");
	g_string_replace(filled, "{reference}", tagged ? reference : tag, 0);
	return g_strdup(filled->str);
}

static char *
from_name(const struct config *config)
{
	const char *name = config_string(config, "reporter", "name");
	const char *organisation = config_string(config, "reporter", "organisation");
	if (name && *name && organisation && *organisation)
		return g_strdup_printf("%s, %s", name, organisation);
	return g_strdup(name && *name ? name : organisation);
}

static gboolean
keep_mail(struct making *making, const struct plugin_target *target, const struct plugin_mail *mail,
	GError **error)
{
	const struct composer *composer = making->composer;
	struct report *report = making->report;
	g_autofree char *subject = subject_of(target, mail, error);
	if (!subject)
		return FALSE;
	/* A machine that reads an attached report would take it for a new one. */
	const struct report *previous = making->circumstances.previous;
	gboolean attach_xarf = mail->attach_xarf && !previous;
	gboolean attach_evidence = mail->attach_evidence && !making->circumstances.retraction;
	g_autoptr(GPtrArray) parts = attach_xarf ? xarf_parts(target, error) : NULL;
	if (attach_xarf && !parts)
		return FALSE;
	g_autoptr(GPtrArray) files = variables_attached(attach_evidence ? target->evidence : NULL);
	g_autofree char *name = from_name(composer->config);
	g_autofree char *reply_to = fill_reply_to(composer, report->reference);
	struct mime_mail input = { .from_name = name,
		.from = composer->from,
		.to = mail->to ? mail->to : report->to,
		.reply_to = reply_to,
		.subject = subject,
		.text = mail->text ? mail->text : "",
		.message_id = report->message_id,
		.in_reply_to =
			previous && previous->channel == CHANNEL_MAIL ? previous->message_id : NULL,
		.reference = report->reference,
		.date = now(composer),
		.xarf = parts,
		.evidence = files,
		.signer = composer->signer };
	making->kinds[0] = "message/rfc822";
	making->bytes[0] = mime_compose(&input, error);
	if (!making->bytes[0])
		return FALSE;
	if (mail->to && g_strcmp0(mail->to, report->to) != 0) {
		g_free(report->to);
		report->to = g_strdup(mail->to);
		if (!hold_if_bad(making, error))
			return FALSE;
	}
	report->subject = g_steal_pointer(&subject);
	const char *carrier = config_string(composer->config, "mail", "carrier");
	report->server = g_strdup(g_strcmp0(carrier, "maildir") == 0
					  ? carrier
					  : config_string(composer->config, "mail", "server"));
	return TRUE;
}

static gboolean
keep_request(struct making *making, const struct plugin_request *request, GError **error)
{
	struct report *report = making->report;
	g_autoptr(GUri) uri = g_uri_parse(request->url, G_URI_FLAGS_ENCODED, error);
	if (!uri)
		return FALSE;
	char *json = plugin_request_to_json(request);
	making->kinds[0] = "application/http";
	making->bytes[0] = g_bytes_new_take(json, strlen(json));
	if (request->idempotency_key) {
		g_free(report->message_id);
		report->message_id = g_strdup(request->idempotency_key);
	}
	report->server = g_strdup(g_uri_get_host(uri));
	report->subject = g_strdup_printf("%s %s", request->method, request->url);
	return TRUE;
}

static gboolean
keep_packet(struct making *making, const struct plugin_target *target,
	const struct plugin_packet *packet, GError **error)
{
	const struct job *job = target->user;
	char *text, *html;
	if (!packet_render(making->composer->templates, job->language, values_of(target), packet,
		    target->evidence, &text, &html, error))
		return FALSE;
	making->kinds[0] = "text/plain";
	making->bytes[0] = g_bytes_new_take(text, strlen(text));
	making->kinds[1] = "text/html";
	making->bytes[1] = g_bytes_new_take(html, strlen(html));
	making->report->subject = mime_one_line(packet->title, MAX_SUBJECT);
	return TRUE;
}

/* A report is one message by the channel of its route. */
static gboolean
keep_result(struct making *making, const struct plugin_target *target,
	const struct plugin_result *result, GError **error)
{
	const GPtrArray *const of[] = { [CHANNEL_MAIL] = result->mails,
		[CHANNEL_HTTP] = result->requests,
		[CHANNEL_PACKET] = result->packets };
	const GPtrArray *messages = of[making->report->channel];
	if (messages->len != 1) {
		g_set_error(error, COMPOSE_ERROR, 0,
			"the plugin %s made %u messages for the channel %s, where one is wanted",
			target->plugin->name, messages->len, channel_name(making->report->channel));
		return FALSE;
	}
	void *message = g_ptr_array_index(messages, 0);
	if (making->report->channel == CHANNEL_MAIL)
		return keep_mail(making, target, message, error);
	if (making->report->channel == CHANNEL_HTTP)
		return keep_request(making, message, error);
	return keep_packet(making, target, message, error);
}

/* The evidence gate: what the provider needs holds the report, advice is told. */
static gboolean
ask_check(struct making *making, const struct plugin_target *target, GError **error)
{
	if (!target->plugin->api.check)
		return TRUE;
	g_autoptr(PluginResult) result = plugin_call(target, PLUGIN_CHECK, error);
	if (!result)
		return FALSE;
	for (guint i = 0; i < result->missing->len; i++) {
		const struct plugin_missing *missing = g_ptr_array_index(result->missing, i);
		if (missing->gravity == ABATE_NEEDED)
			hold_because(making, "missing: %s (%s)", missing->what,
				missing->why ? missing->why : target->plugin->name);
		else
			log_info("%s: better with %s (%s)", making->report->provider, missing->what,
				missing->why ? missing->why : target->plugin->name);
	}
	return TRUE;
}

static const char *
language_of(const struct profile *profile, const struct report *report)
{
	if (!profile)
		return "en";
	for (guint i = 0; profile->channels && i < profile->channels->len; i++) {
		const struct profile_channel *channel = g_ptr_array_index(profile->channels, i);
		if (channel->type == report->channel && channel->language &&
			g_strcmp0(channel->address, report->to) == 0)
			return channel->language;
	}
	return profile->language ? profile->language : "en";
}

/* A person does it: the text to paste, and what to do with it. */
static gboolean
make_by_hand(struct making *making, struct plugin_target *target, GError **error)
{
	const struct job *job = target->user;
	g_autofree char *text = render(target, "follow-up", NULL, error);
	g_autofree char *how =
		text ? templates_render(making->composer->templates, job->language,
			       "follow-up-packet", values_of(target), MUSTACHE_TEXT, error)
		     : NULL;
	g_autofree char *field = how ? templates_take_subject(how) : NULL;
	if (!how)
		return FALSE;
	g_autofree char *title = subject_words(target, job->subject);
	g_autoptr(GPtrArray) labels = g_ptr_array_new();
	g_autoptr(GPtrArray) values = g_ptr_array_new();
	g_ptr_array_add(labels, field ? field : (char *)"Text");
	g_ptr_array_add(values, text);
	const struct plugin_packet packet = { .url = making->report->to,
		.title = title,
		.instructions = g_strchomp(how),
		.labels = labels,
		.values = values };
	return keep_packet(making, target, &packet, error);
}

/* What follows a report by another channel than that went by: no plugin knows of it. */
static gboolean
make_follow_up(struct making *making, struct plugin_target *target, GError **error)
{
	if (making->report->channel != CHANNEL_MAIL)
		return make_by_hand(making, target, error);
	g_autofree char *text = render(target, "follow-up", NULL, error);
	const struct plugin_mail mail = { .text = text, .attach_evidence = TRUE };
	return text && keep_mail(making, target, &mail, error);
}

static gboolean
make(struct making *making, struct plugin_target *target, GError **error)
{
	const struct report *previous = making->circumstances.previous;
	if (previous &&
		(making->report->channel != CHANNEL_MAIL || previous->channel != CHANNEL_MAIL))
		return make_follow_up(making, target, error);
	target->plugin = plugin_best(making->composer->plugins, target);
	if (!target->plugin) {
		g_set_error(error, COMPOSE_ERROR, 0,
			"no plugin serves %s (%s); see `abate plugin list`",
			making->report->provider, making->report->kind);
		return FALSE;
	}
	g_free(making->report->plugin);
	making->report->plugin = g_strdup(target->plugin->name);
	if (!ask_check(making, target, error))
		return FALSE;
	g_autoptr(PluginResult) result = plugin_call(target, PLUGIN_COMPOSE, error);
	return result && keep_result(making, target, result, error);
}

/* Adds what is listed and came back, or the rest. */
static void
add_rows(const struct making *making, gboolean is_news, GPtrArray *indicators, GPtrArray *routes)
{
	for (guint i = 0; i < making->rows->len; i++) {
		const struct group_row *row = g_ptr_array_index(making->rows, i);
		const struct standing *standing =
			circumstances_of(&making->circumstances, row->indicator->id);
		if (!row->listed || standing_is_news(standing) != is_news)
			continue;
		g_ptr_array_add(indicators, row->indicator);
		g_ptr_array_add(routes, row->route);
	}
}

/* The rows of the report, as the plugin may see them: those that are listed, and first what the
 * subject tells of. */
static gsize
split_rows(const struct making *making, GPtrArray *indicators, GPtrArray *routes)
{
	add_rows(making, TRUE, indicators, routes);
	add_rows(making, FALSE, indicators, routes);
	return making->rows->len - indicators->len;
}

void
making_run(struct making *making)
{
	struct composer *composer = making->composer;
	struct report *report = making->report;
	const struct profile *profile = profiles_by_id(composer->profiles, report->provider);
	struct job job = { .making = making, .language = language_of(profile, report) };
	g_autoptr(GPtrArray) indicators = g_ptr_array_new();
	g_autoptr(GPtrArray) routes = g_ptr_array_new();
	job.unlisted = split_rows(making, indicators, routes);
	struct plugin_target target = { .abuse_case = composer->abuse_case,
		.report = report,
		.profile = profile,
		.indicators = indicators,
		.routes = routes,
		.evidence = composer->evidence,
		.config = composer->config,
		.render = render,
		.xarf = xarf,
		.user = &job };
	g_autoptr(GError) fault = NULL;
	g_free(report->message_id);
	report->message_id =
		g_strdup_printf("abate-%s@%s", report->reference, composer->from_domain);
	g_clear_pointer(&report->subject, g_free);
	g_clear_pointer(&report->server, g_free);
	if (!make(making, &target, &fault))
		hold_because(making, "%s", fault ? fault->message : "composing failed");
	g_clear_pointer(&job.values, json_decref);
	g_free(job.subject);
}

void
making_clear(struct making *making)
{
	g_clear_pointer(&making->bytes[0], g_bytes_unref);
	g_clear_pointer(&making->bytes[1], g_bytes_unref);
	g_string_free(making->reason, TRUE);
	circumstances_clear(&making->circumstances);
}
