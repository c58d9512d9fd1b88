/*
 * The Abuse Signal API of Amazon Web Services: one X-ARF v4 report a request, signed with SigV4 by
 * the core. The report's reference is the client token: within 24 hours the same token gives the
 * same report, so a lost answer is no doubt. No template: what AWS reads is the X-ARF.
 */
#include <abate/plugin.h>

#include <stdio.h>
#include <string.h>

enum { MAX_ADDRESS = 1024 };

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_api(ctx, "aws");
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;

	if (!core->field(ctx, "case.category"))
		core->missing(ctx, ABATE_NEEDED, "a type of X-ARF v4",
			"the API takes reports in that form only");
	if (core->indicator_count(ctx) != 1)
		core->missing(ctx, ABATE_NEEDED, "one address a report",
			"an X-ARF report is about one source");
	if (!core->field(ctx, "case.description") && core->evidence_count(ctx) == 0)
		core->missing(ctx, ABATE_ADVICE, "a description or evidence",
			"AWS answers NEED_MORE_INFORMATION to reports that show nothing");
}

/* Sends with the account's key; body NULL: asks. */
static int
ask(struct abate_context *ctx, const char *path, const char *body)
{
	const struct abate_services *core = ctx->services;
	const char *region = core->option(ctx, "region");
	const char *endpoint = core->option(ctx, "endpoint");
	struct abate_header headers[4];
	char url[MAX_ADDRESS];
	char signing[100];

	if (endpoint)
		snprintf(url, sizeof url, "%s%s", endpoint, path);
	else
		snprintf(url, sizeof url, "https://abuse.%s.amazonaws.com%s", region, path);
	snprintf(signing, sizeof signing, "aws:amz:%s:abuse", region);
	struct abate_http request = abate_json_request(headers, url, NULL, body);

	request.idempotency_key = body ? core->field(ctx, "report.reference") : NULL;
	request.aws_sigv4 = signing;
	request.username = core->option(ctx, "access_key_id");
	request.password = core->option(ctx, "secret_access_key");
	request.safe_to_repeat = 1; /* by the token */
	return core->http(ctx, &request);
}

static int
compose(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *reference = core->field(ctx, "report.reference");
	const char *xarf = core->xarf(ctx, 0);

	if (!xarf || core->json_string(ctx, "/clientToken", reference) != 0 ||
		core->json_string(ctx, "/correlationId", reference) != 0 ||
		core->json_document(ctx, "/report/xarf", xarf) != 0)
		return -1;
	return ask(ctx, "/v1/abuse", core->json_text(ctx));
}

static int
poll(struct abate_context *ctx)
{
	const char *ticket = ctx->services->field(ctx, "report.ticket");
	const char *escaped = ticket ? ctx->services->url_escape(ctx, ticket) : "";
	char path[400];

	snprintf(path, sizeof path, "/v1/abuse/%s", escaped);
	return ask(ctx, path, NULL);
}

static enum abate_class
class_of(const char *reason)
{
	static const struct {
		const char *reason;
		enum abate_class class;
	} reasons[] = { { "ACTIONED", ABATE_ACTIONED },
		{ "NOT_RESOLVABLE_TO_AWS", ABATE_WRONG_CHANNEL },
		{ "REVIEWED_NO_AWS_ACTION", ABATE_REFUSAL },
		/* Down, but not by AWS: that is for the watch to tell. */
		{ "CONTENT_DOWN_OR_INACCESSIBLE", ABATE_UNCLASSIFIED },
		{ "NEED_MORE_INFORMATION", ABATE_QUESTION } };

	for (size_t i = 0; reason && i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(reasons[i].reason, reason) == 0)
			return reasons[i].class;
	return ABATE_UNCLASSIFIED;
}

static int
answer_poll(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *status = core->answer_json(ctx, "/status");
	const char *reason = core->answer_json(ctx, "/reasonCode");
	int over = status && strcmp(status, "COMPLETED") == 0;
	const struct abate_verdict verdict = {
		.size = sizeof verdict,
		.outcome = ABATE_ACCEPTED,
		.reply_class = over ? class_of(reason) : ABATE_ACKNOWLEDGEMENT,
		.ticket = core->field(ctx, "report.ticket"),
		.status = over && reason ? reason : status,
		.final = over,
	};

	if (!status)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"the answer of AWS does not tell the report's state");
	return core->verdict(ctx, &verdict);
}

static int
answer_created(struct abate_context *ctx)
{
	const char *id = ctx->services->answer_json(ctx, "/reportId");

	if (!id)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"the answer of AWS has no reportId, so it may not have the report");
	return abate_accept(ctx, id, NULL);
}

static int
answer(struct abate_context *ctx)
{
	int status = ctx->services->answer_status(ctx);
	int polled = ctx->services->field(ctx, "report.ticket") != NULL;

	if (status >= 200 && status < 300)
		return polled ? answer_poll(ctx) : answer_created(ctx);
	if (status == 401 || status == 403)
		return abate_defer(ctx, "AWS refuses the key: see [plugin aws] access_key_id, "
					"secret_access_key and its right abuse:CreateAbuseReport");
	if (status == 429 || status == 503)
		return abate_defer(ctx, "AWS asks to wait");
	if (status >= 500)
		return abate_defer(ctx, "AWS has a fault of its own; the same token is sent again");
	if (polled)
		return abate_give(
			ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED, "AWS does not know this report");
	if (status == 409)
		return abate_accept(ctx, ctx->services->answer_json(ctx, "/reportId"),
			"AWS has a report with this token already");
	return abate_refuse(ctx, "AWS", abate_answer_text(ctx, "/message", "/Message"));
}

static const struct abate_option options[] = {
	{ "access_key_id", ABATE_OPTION_STRING, NULL, "the access key's id", 1, 1 },
	{ "secret_access_key", ABATE_OPTION_STRING, NULL, "the secret access key", 1, 1 },
	{ "region", ABATE_OPTION_STRING, "us-east-1", "us-east-1, us-west-2 or eu-west-2", 0, 0 },
	{ "endpoint", ABATE_OPTION_STRING, NULL,
		"another server than the region's, without a slash at its end", 0, 0 },
	{ NULL, ABATE_OPTION_STRING, NULL, NULL, 0, 0 },
};

ABATE_REGISTER_PLUGIN(.name = "aws", .summary = "The Abuse Signal API of Amazon Web Services",
	.version = "1.0", .kind = ABATE_HOSTING, .capabilities = ABATE_CAN_HTTP | ABATE_CAN_POLL,
	.options = options, .match = match, .check = check, .compose = compose, .answer = answer,
	.poll = poll);
