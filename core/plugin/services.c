/* The table of services that a plugin gets: each a short way to the part that does it. */
#include <string.h>

#include "base/log.h"
#include "plugin/error.h"
#include "plugin/handover.h"
#include "plugin/json.h"
#include "plugin/options.h"
#include "plugin/secrets.h"
#include "plugin/session.h"

enum { MAX_MESSAGES = 64, MAX_MISSING = 64, MAX_STATE = 4096, MAX_LOG = 1000 };

struct session *
session_of(struct abate_context *ctx)
{
	return ctx->core;
}

const char *
session_hand_out(struct session *session, char *text)
{
	char *clean = secrets_clean(text);

	g_free(text);
	if (clean)
		g_ptr_array_add(session->handed_out, clean);
	return clean;
}

int
session_refuse(struct session *session, GError *error)
{
	if (session->error)
		g_error_free(error);
	else
		session->error = error;
	return -1;
}

static int
refuse(struct session *session, const char *why)
{
	return session_refuse(session, g_error_new_literal(PLUGIN_ERROR, 0, why));
}

static const char *
field(struct abate_context *ctx, const char *name)
{
	struct session *session = session_of(ctx);

	return session_hand_out(session, fields_value(session->target, name));
}

static size_t
indicator_count(struct abate_context *ctx)
{
	const GPtrArray *indicators = session_of(ctx)->target->indicators;

	return indicators ? indicators->len : 0;
}

static const char *
indicator(struct abate_context *ctx, size_t i, const char *name)
{
	struct session *session = session_of(ctx);

	return session_hand_out(session, fields_indicator(session->target, i, name));
}

static size_t
evidence_count(struct abate_context *ctx)
{
	const GPtrArray *evidence = session_of(ctx)->target->evidence;

	return evidence ? evidence->len : 0;
}

static const char *
evidence(struct abate_context *ctx, size_t i, const char *name)
{
	struct session *session = session_of(ctx);

	return session_hand_out(session, fields_evidence(session->target, i, name));
}

/* The one text that may hold a placeholder, so it is not cleaned. */
static const char *
option(struct abate_context *ctx, const char *name)
{
	struct session *session = session_of(ctx);
	char *value = options_value(session->target->plugin, name);

	if (value)
		g_ptr_array_add(session->handed_out, value);
	return value;
}

static void
log_line(struct abate_context *ctx, enum abate_log_level level, const char *message)
{
	const char *name = session_of(ctx)->target->plugin->name;

	if (level == ABATE_LOG_ERROR)
		log_error("plugin %s: %.*s", name, MAX_LOG, message);
	else if (level == ABATE_LOG_WARNING)
		log_warning("plugin %s: %.*s", name, MAX_LOG, message);
	else
		log_info("plugin %s: %.*s", name, MAX_LOG, message);
}

static const char *
render(struct abate_context *ctx, const char *name)
{
	struct session *session = session_of(ctx);
	const struct plugin_target *target = session->target;
	GError *error = NULL;
	char *text;

	if (!target->render) {
		refuse(session, "templates can be rendered in compose() only");
		return NULL;
	}
	text = target->render(target, name, session->variables, &error);
	if (!text)
		session_refuse(session, error);
	return session_hand_out(session, text);
}

static void
set(struct abate_context *ctx, const char *name, const char *value)
{
	struct session *session = session_of(ctx);

	g_hash_table_insert(session->variables, g_strdup(name), secrets_clean(value ? value : ""));
}

static const char *
xarf(struct abate_context *ctx, size_t i)
{
	struct session *session = session_of(ctx);
	const struct plugin_target *target = session->target;
	GError *error = NULL;
	char *text;

	if (!target->xarf) {
		refuse(session, "X-ARF can be made in compose() only");
		return NULL;
	}
	text = target->xarf(target, i, &error);
	if (!text)
		session_refuse(session, error);
	return session_hand_out(session, text);
}

static int
put(struct abate_context *ctx, const char *pointer, json_t *value)
{
	struct session *session = session_of(ctx);
	GError *error = NULL;

	if (json_put(&session->document, pointer, value, &error))
		return 0;
	return session_refuse(session, error);
}

static int
put_string(struct abate_context *ctx, const char *pointer, const char *value)
{
	return put(ctx, pointer, value ? json_string(value) : json_null());
}

static int
put_integer(struct abate_context *ctx, const char *pointer, int64_t value)
{
	return put(ctx, pointer, json_integer(value));
}

static int
put_boolean(struct abate_context *ctx, const char *pointer, int value)
{
	return put(ctx, pointer, json_boolean(value));
}

static int
put_document(struct abate_context *ctx, const char *pointer, const char *json)
{
	g_autofree char *lower = g_ascii_strdown(json ? json : "", -1);

	/* An escape would become a noncharacter after the cleaning: see secrets.h. */
	if (strstr(lower, "\\ufdd"))
		return refuse(session_of(ctx), "a JSON document holds a noncharacter");
	return put(ctx, pointer, json_loads(lower[0] ? json : "null", JSON_DECODE_ANY, NULL));
}

static const char *
json_text(struct abate_context *ctx)
{
	struct session *session = session_of(ctx);
	char *dump = session->document ? json_dumps(session->document, JSON_COMPACT) : NULL;
	char *text = g_strdup(dump ? dump : "{}");

	free(dump);
	json_decref(session->document);
	session->document = NULL;
	g_ptr_array_add(session->handed_out, text);
	return text;
}

static const char *
url_escape(struct abate_context *ctx, const char *text)
{
	return session_hand_out(
		session_of(ctx), text ? g_uri_escape_string(text, NULL, FALSE) : NULL);
}

static void
missing(struct abate_context *ctx, enum abate_gravity gravity, const char *what, const char *why)
{
	struct session *session = session_of(ctx);

	if (session->callback != PLUGIN_CHECK || session->matching ||
		session->result->missing->len >= MAX_MISSING || !what)
		return;
	struct plugin_missing *entry = g_new0(struct plugin_missing, 1);

	entry->gravity = gravity == ABATE_ADVICE ? ABATE_ADVICE : ABATE_NEEDED;
	entry->what = secrets_clean(what);
	entry->why = secrets_clean(why);
	g_ptr_array_add(session->result->missing, entry);
}

/* Whether a message may be handed over now; says why not. */
static gboolean
may_hand_over(struct session *session, gboolean request)
{
	const struct plugin_result *result = session->result;
	gboolean now = session->callback == PLUGIN_COMPOSE ||
		       (request && session->callback != PLUGIN_CHECK);

	if (!now || session->matching)
		refuse(session, "a message was handed over by a callback that may not");
	else if (result->mails->len + result->requests->len + result->packets->len >= MAX_MESSAGES)
		refuse(session, "too many messages were handed over");
	else
		return TRUE;
	return FALSE;
}

static int
keep(struct session *session, GPtrArray *list, gpointer message, GError *error)
{
	if (!message)
		return session_refuse(session, error);
	g_ptr_array_add(list, message);
	return 0;
}

static int
mail(struct abate_context *ctx, const struct abate_mail *from)
{
	struct session *session = session_of(ctx);
	GError *error = NULL;

	if (!may_hand_over(session, FALSE))
		return -1;
	struct plugin_mail *taken = handover_mail(from, &error);

	return keep(session, session->result->mails, taken, error);
}

static int
http(struct abate_context *ctx, const struct abate_http *from)
{
	struct session *session = session_of(ctx);
	GError *error = NULL;
	struct plugin_request *request;

	if (!may_hand_over(session, TRUE))
		return -1;
	request = handover_request(from, session->target->plugin->name, &error);
	return keep(session, session->result->requests, request, error);
}

static int
packet(struct abate_context *ctx, const struct abate_packet *from)
{
	struct session *session = session_of(ctx);
	GError *error = NULL;

	if (!may_hand_over(session, FALSE))
		return -1;
	struct plugin_packet *taken = handover_packet(from, &error);

	return keep(session, session->result->packets, taken, error);
}

static int
answer_status(struct abate_context *ctx)
{
	return session_of(ctx)->target->answer_status;
}

static const char *
answer_header(struct abate_context *ctx, const char *name)
{
	struct session *session = session_of(ctx);
	GHashTableIter iter;
	gpointer key, value;

	if (!session->target->answer_headers)
		return NULL;
	g_hash_table_iter_init(&iter, session->target->answer_headers);
	while (g_hash_table_iter_next(&iter, &key, &value))
		if (g_ascii_strcasecmp(key, name) == 0)
			return session_hand_out(session, g_strdup(value));
	return NULL;
}

static const char *
answer_body(struct abate_context *ctx)
{
	struct session *session = session_of(ctx);

	return session_hand_out(session, g_strdup(session->target->answer_body));
}

static json_t *
answer_at(struct session *session, const char *pointer)
{
	const char *body = session->target->answer_body;

	if (!session->answer_was_read && body)
		session->answer = json_loads(body, JSON_DECODE_ANY, NULL);
	session->answer_was_read = TRUE;
	return session->answer ? json_at(session->answer, pointer) : NULL;
}

static const char *
answer_json(struct abate_context *ctx, const char *pointer)
{
	struct session *session = session_of(ctx);

	return session_hand_out(session, json_scalar_text(answer_at(session, pointer)));
}

static size_t
answer_json_count(struct abate_context *ctx, const char *pointer)
{
	const json_t *value = answer_at(session_of(ctx), pointer);

	return json_is_array(value) ? json_array_size(value) : json_object_size(value);
}

static const char *
answer_state(struct abate_context *ctx)
{
	struct session *session = session_of(ctx);

	return session_hand_out(session, g_strdup(session->target->answer_state));
}

static int
verdict(struct abate_context *ctx, const struct abate_verdict *from)
{
	struct session *session = session_of(ctx);
	GError *error = NULL;

	if (session->callback != PLUGIN_ANSWER || session->matching)
		return refuse(session, "verdict() may be called by answer() only");
	return handover_verdict(from, session->result, &error) ? 0 : session_refuse(session, error);
}

static int
next(struct abate_context *ctx, const struct abate_http *request, const char *state)
{
	struct session *session = session_of(ctx);

	if (session->callback != PLUGIN_ANSWER || session->result->next_state)
		return refuse(session, "next() may be called once, by answer() only");
	if (!state || strlen(state) > MAX_STATE)
		return refuse(session, "the state for the next step is missing or too long");
	if (http(ctx, request) != 0)
		return -1;
	session->result->next_state = secrets_clean(state);
	return 0;
}

const struct abate_services session_services = {
	.size = sizeof(struct abate_services),
	.field = field,
	.indicator_count = indicator_count,
	.indicator = indicator,
	.evidence_count = evidence_count,
	.evidence = evidence,
	.option = option,
	.log = log_line,
	.render = render,
	.set = set,
	.xarf = xarf,
	.json_string = put_string,
	.json_integer = put_integer,
	.json_boolean = put_boolean,
	.json_document = put_document,
	.json_text = json_text,
	.url_escape = url_escape,
	.missing = missing,
	.mail = mail,
	.http = http,
	.packet = packet,
	.answer_status = answer_status,
	.answer_header = answer_header,
	.answer_body = answer_body,
	.answer_json = answer_json,
	.answer_json_count = answer_json_count,
	.answer_state = answer_state,
	.verdict = verdict,
	.next = next,
};
