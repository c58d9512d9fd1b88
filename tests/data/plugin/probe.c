/* A plugin for the tests of the services: compose() does what the option "act" names, each act one
 * thing that the core must take or refuse. */
#include <abate/plugin.h>

#include <stdio.h>
#include <string.h>

static const struct abate_option options[] = {
	{ "act", ABATE_OPTION_STRING, "mail", "What to do", 0, 0 },
	{ "token", ABATE_OPTION_STRING, NULL, "A secret", 1, 0 },
	{ "loud", ABATE_OPTION_BOOLEAN, "yes", "A boolean", 0, 0 },
	{ NULL, ABATE_OPTION_STRING, NULL, NULL, 0, 0 },
};

static enum abate_fit
match(struct abate_context *ctx)
{
	const char *id = ctx->services->field(ctx, "provider.id");

	return id && strcmp(id, "probe-desk") == 0 ? ABATE_FIT_EXACT : ABATE_FIT_NONE;
}

static void
check(struct abate_context *ctx)
{
	ctx->services->missing(ctx, ABATE_NEEDED, "a thing", "it is wanted");
	ctx->services->missing(ctx, ABATE_ADVICE, "another", NULL);
}

static int
mail(struct abate_context *ctx, const char *to, const char *subject, const char *text)
{
	const struct abate_mail mail = {
		.size = sizeof mail, .to = to, .subject = subject, .text = text, .attach_xarf = 1
	};

	return ctx->services->mail(ctx, &mail);
}

static int
http(struct abate_context *ctx, const char *url, const char *name, const char *value)
{
	const struct abate_header headers[] = { { name, value }, { NULL, NULL } };
	const struct abate_http request = { .size = sizeof request,
		.method = "POST",
		.url = url,
		.headers = headers,
		.body = ctx->services->json_text(ctx),
		.idempotency_key = ctx->services->field(ctx, "report.reference") };

	return ctx->services->http(ctx, &request);
}

/* A request with everything: JSON made by pointers, and the secret in a header. */
static int
api(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	char value[300];

	core->json_string(ctx, "/urls/-", core->indicator(ctx, 0, "value"));
	core->json_string(ctx, "/urls/-", core->indicator(ctx, 1, "value"));
	core->json_integer(ctx, "/a~1b/n", 7);
	core->json_boolean(ctx, "/a~1b/yes", 1);
	core->json_document(ctx, "/doc", "{\"x\": [1]}");
	snprintf(value, sizeof value, "Bearer %s", core->option(ctx, "token"));
	return http(ctx, "https://api.example/v1", "Authorization", value);
}

static int
fields(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	static const char *const names[] = { "case.title", "case.category", "case.tlp",
		"report.channel", "report.follow_up", "reporter.email", "provider.kind",
		"no.such" };
	char text[2000] = "";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = core->field(ctx, names[i]);

		strncat(text, value ? value : "(null)", 200);
		strcat(text, "|");
	}
	strncat(text, core->indicator(ctx, 0, "defanged"), 200);
	strcat(text, core->indicator(ctx, 9, "value") ? "|there" : "|none|");
	strncat(text, core->option(ctx, "loud"), 200);
	return mail(ctx, NULL, NULL, text);
}

static int
packet(struct abate_context *ctx)
{
	const struct abate_form_field form[] = { { "Name", "A" }, { "Text", NULL },
		{ NULL, NULL } };
	const struct abate_packet packet = { .size = sizeof packet,
		.url = "https://form.example/",
		.title = "Form",
		.fields = form };

	return ctx->services->packet(ctx, &packet);
}

static int
act_http(struct abate_context *ctx, const char *act)
{
	if (strcmp(act, "http-plain") == 0)
		return http(ctx, "http://api.example/", "A", "b");
	if (strcmp(act, "http-loopback") == 0)
		return http(ctx, "http://127.0.0.1:8080/x", "A", "b");
	if (strcmp(act, "http-user") == 0)
		return http(ctx, "https://me@api.example/", "A", "b");
	if (strcmp(act, "http-file") == 0)
		return http(ctx, "file:///etc/passwd", "A", "b");
	if (strcmp(act, "http-header") == 0)
		return http(ctx, "https://api.example/", "A", "b\r\nX: y");
	if (strcmp(act, "http-name") == 0)
		return http(ctx, "https://api.example/", "A: b\r\nC", "d");
	if (strcmp(act, "http-other-secret") == 0)
		return http(
			ctx, "https://api.example/", "A", "\xEF\xB7\x90secret:aws:key\xEF\xB7\x91");
	if (strcmp(act, "http-url-secret") == 0) {
		char url[300];

		snprintf(url, sizeof url, "https://api.example/%s",
			ctx->services->option(ctx, "token"));
		return http(ctx, url, "A", "b");
	}
	return -1;
}

static int
compose(struct abate_context *ctx)
{
	const char *act = ctx->services->option(ctx, "act");

	if (strcmp(act, "mail") == 0)
		return mail(ctx, "abuse@example.org", "One line", "Text");
	if (strcmp(act, "mail-two") == 0)
		return mail(ctx, "a@example.org, b@example.org", NULL, "Text");
	if (strcmp(act, "mail-break") == 0)
		return mail(ctx, NULL, "One\r\nBcc: b@example.org", "Text");
	if (strcmp(act, "mail-empty") == 0)
		return mail(ctx, NULL, NULL, "");
	if (strcmp(act, "nothing") == 0)
		return 0;
	if (strcmp(act, "pointer") == 0)
		return ctx->services->json_string(ctx, "no-slash", "x");
	if (strcmp(act, "verdict") == 0)
		return ctx->services->verdict(ctx, NULL);
	if (strcmp(act, "api") == 0)
		return api(ctx);
	if (strcmp(act, "fields") == 0)
		return fields(ctx);
	if (strcmp(act, "packet") == 0)
		return packet(ctx);
	return act_http(ctx, act);
}

/* 202: a chain goes on; else the verdict that the body tells. */
static int
answer(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const struct abate_http request = {
		.size = sizeof request, .method = "GET", .url = "https://api.example/state"
	};
	const struct abate_verdict verdict = { .size = sizeof verdict,
		.outcome = core->answer_status(ctx) == 200 ? ABATE_ACCEPTED : ABATE_DEFERRED,
		.reply_class = ABATE_ACKNOWLEDGEMENT,
		.ticket = core->answer_json(ctx, "/tickets/1/id"),
		.status = core->answer_header(ctx, "x-state"),
		.diagnostic = core->answer_json_count(ctx, "/tickets") == 2 ? "two" : "not two" };

	if (core->answer_status(ctx) == 202)
		return core->next(ctx, &request, "step 2");
	return core->verdict(ctx, &verdict);
}

ABATE_REGISTER_PLUGIN(.name = "probe", .summary = "For tests", .version = "1",
	.kind = ABATE_HOSTING, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_HTTP | ABATE_CAN_PACKET,
	.options = options, .match = match, .check = check, .compose = compose, .answer = answer);
