/*
 * Netcraft's report API v3: one request for up to 1000 URLs, no account; the answer's uuid is the
 * ticket. No template: the reason is the case's own description.
 */
#include <abate/plugin.h>

#include <stdio.h>
#include <string.h>

enum { MAX_URLS = 1000, MAX_REASON = 10000, MAX_ADDRESS = 1024 };

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_api(ctx, "netcraft");
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *reason = core->field(ctx, "case.description");

	if (!core->field(ctx, "reporter.email"))
		core->missing(ctx, ABATE_NEEDED, "[reporter] email", "Netcraft requires it");
	if (!reason)
		core->missing(ctx, ABATE_ADVICE, "a description",
			"it is the reason that Netcraft's analysts read");
	else if (strlen(reason) > MAX_REASON)
		core->missing(ctx, ABATE_NEEDED, "a shorter description",
			"Netcraft takes at most 10000 characters");
	if (core->indicator_count(ctx) > MAX_URLS)
		core->missing(ctx, ABATE_NEEDED, "fewer addresses",
			"Netcraft takes at most 1000 in one report");
}

/* A bare name is reported by the address that its visitors would open. */
static int
put_urls(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;

	for (size_t i = 0; i < core->indicator_count(ctx); i++) {
		const char *value = core->indicator(ctx, i, "value");
		const char *type = core->indicator(ctx, i, "type");
		char pointer[40];
		char url[MAX_ADDRESS];

		if (!value || !type)
			return -1;
		snprintf(pointer, sizeof pointer, "/urls/%zu/url", i);
		if (strcmp(type, "url") != 0) {
			snprintf(url, sizeof url,
				strcmp(type, "ipv6") == 0 ? "http://[%s]/" : "http://%s/", value);
			value = url;
		}
		if (core->json_string(ctx, pointer, value) != 0)
			return -1;
	}
	return 0;
}

static int
compose(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	struct abate_header headers[4];
	const char *reason = core->field(ctx, "case.description");
	char url[MAX_ADDRESS];

	snprintf(url, sizeof url, "%s/api/v3/report/urls", core->option(ctx, "endpoint"));
	if (core->json_string(ctx, "/email", core->field(ctx, "reporter.email")) != 0 ||
		core->json_string(
			ctx, "/reason", reason ? reason : core->field(ctx, "case.type")) != 0 ||
		put_urls(ctx) != 0)
		return -1;
	struct abate_http request = abate_json_request(headers, url, NULL, core->json_text(ctx));

	/* A second report of the same URLs is answered as a duplicate and does no harm. */
	request.safe_to_repeat = 1;

	return core->http(ctx, &request);
}

static int
poll(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	struct abate_header headers[4];
	const char *ticket = core->url_escape(ctx, core->field(ctx, "report.ticket"));
	char url[MAX_ADDRESS];

	snprintf(url, sizeof url, "%s/api/v3/submission/%s", core->option(ctx, "endpoint"),
		ticket ? ticket : "");
	const struct abate_http request = abate_json_request(headers, url, NULL, NULL);

	return core->http(ctx, &request);
}

/* The state of a submission, spelt with spaces or underscores by time and client. */
static int
answer_poll(struct abate_context *ctx, const char *state)
{
	int refused = strcmp(state, "rejected") == 0 || strncmp(state, "no", 2) == 0;
	int found = strcmp(state, "malicious") == 0 || strcmp(state, "suspicious") == 0;
	const struct abate_verdict verdict = {
		.size = sizeof verdict,
		.outcome = ABATE_ACCEPTED,
		/* A finding is blocked in Netcraft's feeds, which is what it can do. */
		.reply_class = refused ? ABATE_REFUSAL
			       : found ? ABATE_ACTIONED
				       : ABATE_ACKNOWLEDGEMENT,
		.ticket = ctx->services->field(ctx, "report.ticket"),
		.status = state,
		.final = strcmp(state, "processing") != 0,
	};

	return ctx->services->verdict(ctx, &verdict);
}

static int
answer_success(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *state = core->answer_json(ctx, "/state");
	const char *uuid = core->answer_json(ctx, "/uuid");

	if (core->field(ctx, "report.ticket"))
		return state ? answer_poll(ctx, state)
			     : abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
				       "Netcraft's answer tells no state");
	if (!uuid)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"Netcraft's answer has no uuid, so it may not have the report");
	return abate_accept(ctx, uuid, core->answer_json(ctx, "/message"));
}

static int
answer(struct abate_context *ctx)
{
	int status = ctx->services->answer_status(ctx);
	const char *body = ctx->services->answer_body(ctx);

	if (status >= 200 && status < 300)
		return answer_success(ctx);
	if (status == 429)
		return abate_defer(ctx, "Netcraft asks to wait");
	if (status >= 500)
		return abate_defer(ctx, "Netcraft has a fault of its own");
	if (status == 401 || status == 403)
		return abate_defer(
			ctx, "Netcraft does not let this address in; ask it, or use its form");
	if (status == 409 || (status == 400 && body && strstr(body, "uplicate")))
		return abate_give(ctx, ABATE_ACCEPTED, ABATE_ACKNOWLEDGEMENT,
			"Netcraft has these addresses already");
	/* The report was taken; only its state is not to be had. */
	if (ctx->services->field(ctx, "report.ticket"))
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"Netcraft does not know this submission any more");
	return abate_refuse(
		ctx, "Netcraft", abate_answer_text(ctx, "/details/0/message", "/message"));
}

static const struct abate_option options[] = {
	{ "endpoint", ABATE_OPTION_STRING, "https://report.netcraft.com",
		"the server, without a slash at its end", 0, 0 },
	{ NULL, ABATE_OPTION_STRING, NULL, NULL, 0, 0 },
};

ABATE_REGISTER_PLUGIN(.name = "netcraft", .summary = "Netcraft's report API v3", .version = "1.0",
	.kind = ABATE_NEUTRAL, .capabilities = ABATE_CAN_HTTP | ABATE_CAN_POLL, .options = options,
	.match = match, .check = check, .compose = compose, .answer = answer, .poll = poll);
