/* A plugin for the tests of the outbox: an API whose answer is a ticket or a next step. */
#include <abate/plugin.h>

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
answer(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *next = core->answer_json(ctx, "/next");
	const char *id = core->answer_json(ctx, "/id");
	const struct abate_http request = {
		.size = sizeof request, .method = "POST", .url = next, .body = "step two"
	};
	const struct abate_verdict accepted = { .size = sizeof accepted,
		.outcome = ABATE_ACCEPTED,
		.reply_class = ABATE_ACKNOWLEDGEMENT,
		.ticket = id };
	const struct abate_verdict refused = { .size = sizeof refused,
		.outcome = ABATE_REFUSED,
		.reply_class = ABATE_REFUSAL,
		.diagnostic = "a field is wrong" };

	if (next)
		return core->next(ctx, &request, "second");
	if (id)
		return core->verdict(ctx, &accepted);
	return core->answer_status(ctx) == 422 ? core->verdict(ctx, &refused) : -1;
}

static const struct abate_option options[] = {
	{ .name = "key", .type = ABATE_OPTION_STRING, .help = "a secret", .secret = 1 },
	{ .name = NULL },
};

ABATE_REGISTER_PLUGIN(.name = "echoapi", .summary = "An API for tests", .version = "1",
	.options = options, .kind = ABATE_HOSTING, .capabilities = ABATE_CAN_HTTP, .match = match,
	.compose = compose, .answer = answer);
