/* A plugin for the tests of polls: an API that tells a ticket's state in one word. */
#include <abate/plugin.h>

#include <stdio.h>
#include <string.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	(void)ctx;
	return ABATE_FIT_NONE;
}

static int
compose(struct abate_context *ctx)
{
	(void)ctx;
	return -1;
}

static int
poll(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *ticket = core->url_escape(ctx, core->field(ctx, "report.ticket"));
	char url[400];
	const struct abate_header headers[] = { { "X-Key", core->option(ctx, "key") },
		{ NULL, NULL } };
	const struct abate_http request = {
		.size = sizeof request, .method = "GET", .url = url, .headers = headers
	};

	if (strcmp(ticket, "refuse") == 0)
		return -1;
	snprintf(url, sizeof url, "%s/%s", core->option(ctx, "endpoint"), ticket);
	return core->http(ctx, &request);
}

static int
answer(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *state = core->answer_json(ctx, "/state");
	const char *next = core->answer_json(ctx, "/next");
	const struct abate_http request = { .size = sizeof request, .method = "GET", .url = next };
	struct abate_verdict verdict = { .size = sizeof verdict,
		.outcome = ABATE_ACCEPTED,
		.reply_class = ABATE_ACKNOWLEDGEMENT,
		.ticket = core->field(ctx, "report.ticket"),
		.status = state };

	if (!verdict.ticket)
		verdict.ticket = core->answer_json(ctx, "/ticket");

	if (core->answer_status(ctx) == 401)
		return abate_defer(ctx, "the key is refused: see [plugin pollapi] key");
	if (core->answer_status(ctx) >= 500)
		return abate_defer(ctx, "a fault of its own");
	if (next)
		return core->next(ctx, &request, "second");
	if (!state)
		return -1;
	verdict.final = strcmp(state, "open") != 0;
	if (strcmp(state, "done") == 0)
		verdict.reply_class = ABATE_ACTIONED;
	if (strcmp(state, "elsewhere") == 0)
		verdict.reply_class = ABATE_WRONG_CHANNEL;
	return core->verdict(ctx, &verdict);
}

static const struct abate_option options[] = {
	{ "key", ABATE_OPTION_STRING, NULL, "a secret", 1, 0 },
	{ "endpoint", ABATE_OPTION_STRING, NULL, "the server", 0, 0 },
	{ NULL, ABATE_OPTION_STRING, NULL, NULL, 0, 0 },
};

ABATE_REGISTER_PLUGIN(.name = "pollapi", .summary = "An API for tests", .version = "1",
	.options = options, .kind = ABATE_HOSTING, .capabilities = ABATE_CAN_HTTP | ABATE_CAN_POLL,
	.match = match, .compose = compose, .answer = answer, .poll = poll);
