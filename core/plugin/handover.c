#include "plugin/handover.h"

#include <curl/curl.h>
#include <string.h>

#include "base/text.h"
#include "plugin/error.h"
#include "plugin/secrets.h"

enum {
	MAX_LINE =
		998, /* of a mail's header; and of one of HTTP's, which may be longer but is not */
	MAX_TEXT = 1024 * 1024,
	MAX_BODY = 32 * 1024 * 1024,
	MAX_URL = 8192,
	MAX_HEADERS = 64,
	MAX_HEADER_VALUE = 8192,
	MAX_FIELDS = 64,
};

/* A struct of any version of the interface as ours: zero where the plugin's is shorter. */
#define TAKE(copy, from)                                                                           \
	(memset(&(copy), 0, sizeof(copy)),                                                         \
		(from) && (from)->size > sizeof(size_t)                                            \
			? (memcpy(&(copy), (from), MIN((from)->size, sizeof(copy))), TRUE)         \
			: FALSE)

static gboolean
refuse(GError **error, const char *what, const char *why)
{
	g_set_error(error, PLUGIN_ERROR, 0, "%s %s", what, why);
	return FALSE;
}

/* Text that may be NULL; a line has no control characters at all. */
static gboolean
check_text(const char *what, const char *text, gsize limit, gboolean line, GError **error)
{
	if (!text)
		return TRUE;
	if (strnlen(text, limit + 1) > limit)
		return refuse(error, what, "is too long");
	if (!g_utf8_validate(text, -1, NULL))
		return refuse(error, what, "is not UTF-8");
	for (const char *c = text; *c; c = g_utf8_next_char(c)) {
		gunichar character = g_utf8_get_char(c);
		gboolean control =
			g_unichar_iscntrl(character) || character == 0x2028 || character == 0x2029;

		if (control && (line || !strchr("\r\n\t", (int)character)))
			return refuse(error, what,
				line ? "holds a line break or another control character"
				     : "holds a control character");
	}
	return TRUE;
}

static gboolean
is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
	       g_ascii_strcasecmp(host, "localhost") == 0;
}

static gboolean
check_url_parts(CURLU *url)
{
	char *scheme = NULL;
	char *host = NULL;
	char *user = NULL;
	gboolean fine = FALSE;

	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER)
		fine = strcmp(scheme, "https") == 0 ||
		       (strcmp(scheme, "http") == 0 && is_loopback(host));
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	return fine;
}

static gboolean
check_url(const char *what, const char *text, GError **error)
{
	if (!text)
		return refuse(error, what, "has no URL");
	if (!check_text(what, text, MAX_URL, TRUE, error))
		return FALSE;
	CURLU *url = curl_url();
	gboolean fine =
		curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK && check_url_parts(url);

	curl_url_cleanup(url);
	return fine ? TRUE
		    : refuse(error, what,
			      "wants an https URL (http to the loopback only) without a user");
}

static gboolean
is_token(const char *name, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isalnum(name[i]) && !strchr("!#$%&'*+-.^_`|~", name[i]))
			return FALSE;
	return length > 0;
}

static gboolean
check_header(const char *line, GError **error)
{
	const char *colon = strchr(line, ':');

	if (!colon || !is_token(line, (gsize)(colon - line)))
		return refuse(error, "the name of an HTTP header", "is none");
	return check_text("an HTTP header", line, MAX_HEADER_VALUE, TRUE, error);
}

gboolean
handover_check_request(const struct plugin_request *request, GError **error)
{
	if (!request->method ||
		(strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0))
		return refuse(error, "an HTTP request", "must be GET or POST");
	if (!check_url("an HTTP request", request->url, error))
		return FALSE;
	if (request->headers->len > MAX_HEADERS)
		return refuse(error, "an HTTP request", "has too many headers");
	for (guint i = 0; i < request->headers->len; i++)
		if (!check_header(request->headers->pdata[i], error))
			return FALSE;
	return check_text("an HTTP body", request->body, MAX_BODY, FALSE, error) &&
	       check_text("an idempotency key", request->idempotency_key, MAX_LINE, TRUE, error) &&
	       check_text("aws_sigv4", request->aws_sigv4, MAX_LINE, TRUE, error) &&
	       check_text("a user name", request->username, MAX_LINE, TRUE, error) &&
	       check_text("a password", request->password, MAX_LINE, TRUE, error);
}

/* Only the plugin's own secrets, and none where they would be seen or kept. */
static gboolean
check_secrets(const struct plugin_request *request, const char *plugin, GError **error)
{
	const char *texts[] = { request->body, request->username, request->password };
	const char *seen[] = { request->url, request->idempotency_key, request->aws_sigv4 };

	for (gsize i = 0; i < G_N_ELEMENTS(seen); i++)
		if (seen[i] && !secrets_are_none(seen[i]))
			return refuse(error, "an HTTP request",
				"has a secret in its URL or key, where it would be seen");
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i] && !secrets_are_of(texts[i], plugin))
			return refuse(error, "an HTTP request", "names another plugin's secret");
	for (guint i = 0; i < request->headers->len; i++)
		if (!secrets_are_of(request->headers->pdata[i], plugin))
			return refuse(error, "an HTTP header", "names another plugin's secret");
	return TRUE;
}

struct plugin_request *
handover_request(const struct abate_http *from, const char *plugin, GError **error)
{
	struct abate_http copy;

	if (!TAKE(copy, from)) {
		refuse(error, "an HTTP request", "does not tell its size");
		return NULL;
	}
	struct plugin_request *request = g_new0(struct plugin_request, 1);

	request->method = g_strdup(copy.method);
	request->url = g_strdup(copy.url);
	request->body = g_strdup(copy.body);
	request->idempotency_key = g_strdup(copy.idempotency_key);
	request->aws_sigv4 = g_strdup(copy.aws_sigv4);
	request->username = g_strdup(copy.username);
	request->password = g_strdup(copy.password);
	request->safe_to_repeat = copy.safe_to_repeat != 0;
	request->headers = g_ptr_array_new_with_free_func(g_free);
	for (const struct abate_header *header = copy.headers;
		header && header->name && request->headers->len <= MAX_HEADERS; header++)
		g_ptr_array_add(request->headers,
			g_strconcat(header->name, ": ", header->value ? header->value : "", NULL));
	if (handover_check_request(request, error) && check_secrets(request, plugin, error))
		return request;
	plugin_request_free(request);
	return NULL;
}

void
handover_mail_free(gpointer data)
{
	struct plugin_mail *mail = data;

	g_free(mail->to);
	g_free(mail->subject);
	g_free(mail->text);
	g_free(mail);
}

struct plugin_mail *
handover_mail(const struct abate_mail *from, GError **error)
{
	struct abate_mail copy;

	if (!TAKE(copy, from)) {
		refuse(error, "a mail", "does not tell its size");
		return NULL;
	}
	if (copy.to && !text_is_mail_address(copy.to)) {
		refuse(error, "a mail's recipient", "is not one mail address");
		return NULL;
	}
	if (!copy.text || !*copy.text) {
		refuse(error, "a mail", "has no text");
		return NULL;
	}
	if (!check_text("a mail's subject", copy.subject, MAX_LINE, TRUE, error) ||
		!check_text("a mail's text", copy.text, MAX_TEXT, FALSE, error))
		return NULL;
	struct plugin_mail *mail = g_new0(struct plugin_mail, 1);

	mail->to = g_strdup(copy.to);
	mail->subject = g_strdup(copy.subject);
	mail->text = g_strdup(copy.text);
	mail->attach_xarf = copy.attach_xarf != 0;
	mail->attach_evidence = copy.attach_evidence != 0;
	return mail;
}

void
handover_packet_free(gpointer data)
{
	struct plugin_packet *packet = data;

	g_free(packet->url);
	g_free(packet->title);
	g_free(packet->instructions);
	g_ptr_array_unref(packet->labels);
	g_ptr_array_unref(packet->values);
	g_free(packet);
}

static gboolean
check_packet(const struct abate_packet *packet, GError **error)
{
	guint count = 0;

	if (!packet->url && !packet->instructions)
		return refuse(error, "a packet", "has neither a URL nor instructions");
	if (packet->url && !check_url("a packet", packet->url, error))
		return FALSE;
	if (!packet->title)
		return refuse(error, "a packet", "has no title");
	if (!check_text("a packet's title", packet->title, MAX_LINE, TRUE, error) ||
		!check_text(
			"a packet's instructions", packet->instructions, MAX_TEXT, FALSE, error))
		return FALSE;
	for (const struct abate_form_field *field = packet->fields; field && field->label;
		field++) {
		if (++count > MAX_FIELDS)
			return refuse(error, "a packet", "has too many fields");
		if (!check_text("a packet's label", field->label, MAX_LINE, TRUE, error) ||
			!check_text("a packet's value", field->value, MAX_TEXT, FALSE, error))
			return FALSE;
	}
	return TRUE;
}

struct plugin_packet *
handover_packet(const struct abate_packet *from, GError **error)
{
	struct abate_packet copy;

	if (!TAKE(copy, from)) {
		refuse(error, "a packet", "does not tell its size");
		return NULL;
	}
	if (!check_packet(&copy, error))
		return NULL;
	struct plugin_packet *packet = g_new0(struct plugin_packet, 1);

	packet->url = g_strdup(copy.url);
	packet->title = g_strdup(copy.title);
	packet->instructions = g_strdup(copy.instructions);
	packet->attach_evidence = copy.attach_evidence != 0;
	packet->labels = g_ptr_array_new_with_free_func(g_free);
	packet->values = g_ptr_array_new_with_free_func(g_free);
	for (const struct abate_form_field *field = copy.fields; field && field->label; field++) {
		g_ptr_array_add(packet->labels, g_strdup(field->label));
		g_ptr_array_add(packet->values, g_strdup(field->value ? field->value : ""));
	}
	return packet;
}

gboolean
handover_verdict(const struct abate_verdict *from, struct plugin_result *result, GError **error)
{
	struct abate_verdict copy;

	if (!TAKE(copy, from) || (guint)copy.outcome > ABATE_IN_DOUBT ||
		(guint)copy.reply_class > ABATE_HUMAN || copy.retry_after_s < 0)
		return refuse(
			error, "a verdict", "has a size, outcome, class or time that is none");
	if (!check_text("a ticket number", copy.ticket, 256, TRUE, error) ||
		!check_text("a status", copy.status, 256, TRUE, error) ||
		!check_text("a diagnostic", copy.diagnostic, MAX_LINE, TRUE, error))
		return FALSE;
	if (result->has_verdict)
		return refuse(error, "an answer", "got two verdicts");
	result->has_verdict = TRUE;
	result->outcome = copy.outcome;
	result->reply_class = copy.reply_class;
	result->ticket = g_strdup(copy.ticket);
	result->status = g_strdup(copy.status);
	result->diagnostic = g_strdup(copy.diagnostic);
	result->retry_after_s = MIN(copy.retry_after_s, 7 * 86400);
	result->final = copy.final != 0;
	return TRUE;
}
