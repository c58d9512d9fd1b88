/*
 * GoDaddy's Abuse API: a ticket for one address, by version 2, or by version 1 where the option
 * says so or version 2 does not know the kind of abuse. GoDaddy asks not to mail the same beside
 * it, and for at most five addresses of a domain (limits of its profile). No template: the ticket
 * carries the case's description.
 */
#include <abate/plugin.h>

#include <stdio.h>
#include <string.h>

enum { MAX_ADDRESS = 1024 };

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_api(ctx, "godaddy");
}

/* GoDaddy's word for a type of X-ARF; NULL when it takes no such reports by its API. */
static const char *
ticket_type(const char *type, int *version)
{
	static const struct {
		const char *xarf, *godaddy;
		int from;
	} types[] = { { "phishing", "PHISHING", 2 }, { "malware", "MALWARE", 2 },
		{ "csam", "CHILD_ABUSE", 2 }, { "spam", "SPAM", 1 }, { "fraud", "FRAUD_WIRE", 1 },
		{ "login_attack", "NETWORK_ABUSE", 1 }, { "port_scan", "NETWORK_ABUSE", 1 },
		{ "ddos", "NETWORK_ABUSE", 1 } };

	for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].xarf, type) == 0) {
			if (*version > types[i].from)
				*version = types[i].from;
			return types[i].godaddy;
		}
	return NULL;
}

static int
version_of(struct abate_context *ctx)
{
	const char *version = ctx->services->option(ctx, "version");

	return version && strcmp(version, "1") == 0 ? 1 : 2;
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *type = core->field(ctx, "case.type");
	int version = version_of(ctx);

	if (!ticket_type(type, &version))
		core->missing(ctx, ABATE_NEEDED, "a type that GoDaddy's API takes",
			"it takes phishing, malware, csam, spam, fraud, login_attack, port_scan "
			"and ddos; send other reports to its mail address");
	if (core->indicator_count(ctx) != 1)
		core->missing(ctx, ABATE_NEEDED, "one address a report",
			"a ticket of GoDaddy is about one source");
	if (!core->field(ctx, "case.description"))
		core->missing(ctx, ABATE_ADVICE, "a description",
			"tickets that show no abuse count as false, and too many of these make "
			"GoDaddy read the reporter's last");
}

static const char *
authorization(struct abate_context *ctx, char *text, size_t size)
{
	snprintf(text, size, "sso-key %s:%s", ctx->services->option(ctx, "key"),
		ctx->services->option(ctx, "secret"));
	return text;
}

static int
compose(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	int version = version_of(ctx);
	const char *type = ticket_type(core->field(ctx, "case.type"), &version);
	const char *info = core->field(ctx, "case.description");
	char url[MAX_ADDRESS];
	char key[MAX_ADDRESS];
	struct abate_header headers[4];

	if (!type) {
		core->log(ctx, ABATE_LOG_ERROR, "GoDaddy's API takes no reports of this type");
		return -1;
	}
	snprintf(url, sizeof url, "%s/v%d/abuse/tickets", core->option(ctx, "endpoint"), version);
	if (core->json_string(ctx, "/type", type) != 0 ||
		core->json_string(ctx, "/source", core->indicator(ctx, 0, "value")) != 0 ||
		(info && core->json_string(ctx, "/info", info) != 0))
		return -1;
	/* Not to be repeated: a second ticket is a duplicate, and these count against the reporter.
	 */
	const struct abate_http request = abate_json_request(
		headers, url, authorization(ctx, key, sizeof key), core->json_text(ctx));

	return core->http(ctx, &request);
}

static int
poll(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *ticket = core->url_escape(ctx, core->field(ctx, "report.ticket"));
	int version = version_of(ctx);
	char url[MAX_ADDRESS];
	char key[MAX_ADDRESS];
	struct abate_header headers[4];

	/* Asked of the version that made the ticket. */
	ticket_type(core->field(ctx, "case.type"), &version);
	snprintf(url, sizeof url, "%s/v%d/abuse/tickets/%s", core->option(ctx, "endpoint"), version,
		ticket ? ticket : "");
	const struct abate_http request =
		abate_json_request(headers, url, authorization(ctx, key, sizeof key), NULL);

	return core->http(ctx, &request);
}

/* Why a ticket was closed; version 1 does not tell. */
static enum abate_class
class_of(const char *reason)
{
	if (strcmp(reason, "ACTIONED") == 0)
		return ABATE_ACTIONED;
	if (strcmp(reason, "FALSE_POSITIVE") == 0)
		return ABATE_REFUSAL;
	if (strcmp(reason, "NOT_REGISTERED_HOSTED_HERE") == 0)
		return ABATE_WRONG_CHANNEL;
	return ABATE_UNCLASSIFIED;
}

static int
answer_poll(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *closed = core->answer_json(ctx, "/closed");
	const char *reason = core->answer_json(ctx, "/closeReason");
	int over = closed && strcmp(closed, "true") == 0;
	const struct abate_verdict verdict = {
		.size = sizeof verdict,
		.outcome = ABATE_ACCEPTED,
		.reply_class = !over	? ABATE_ACKNOWLEDGEMENT
			       : reason ? class_of(reason)
					: ABATE_UNCLASSIFIED,
		.ticket = core->field(ctx, "report.ticket"),
		.status = !over	   ? "open"
			  : reason ? reason
				   : "closed",
		.final = over,
	};

	if (!closed)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"GoDaddy's answer does not tell the ticket's state");
	return core->verdict(ctx, &verdict);
}

static int
answer_created(struct abate_context *ctx)
{
	const char *ticket = abate_answer_text(ctx, "/u_number", "/ticketId");

	if (!ticket)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"GoDaddy's answer has no ticket number, so there may be no ticket");
	return abate_accept(ctx, ticket, NULL);
}

/* One line out of code, message and the first field of an error. */
static int
answer_refused(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *code = core->answer_json(ctx, "/code");
	const char *message = core->answer_json(ctx, "/message");
	const char *path = core->answer_json(ctx, "/fields/0/path");
	const char *detail = core->answer_json(ctx, "/fields/0/message");
	char line[500];

	if (core->answer_status(ctx) == 409 || (code && strstr(code, "DUPLICATE")))
		return abate_give(ctx, ABATE_ACCEPTED, ABATE_ACKNOWLEDGEMENT,
			"GoDaddy has a ticket for this address already");
	snprintf(line, sizeof line, "%.60s %.150s %.60s %.150s", code ? code : "",
		message ? message : "no reason told", path ? path : "", detail ? detail : "");
	return abate_refuse(ctx, "GoDaddy", line);
}

static int
answer(struct abate_context *ctx)
{
	int status = ctx->services->answer_status(ctx);
	int polled = ctx->services->field(ctx, "report.ticket") != NULL;

	if (status >= 200 && status < 300)
		return polled ? answer_poll(ctx) : answer_created(ctx);
	if (status == 401)
		return abate_defer(
			ctx, "GoDaddy does not know the key: see [plugin godaddy] key, secret");
	if (status == 403)
		return abate_defer(
			ctx, "GoDaddy does not let this key report abuse: see [plugin godaddy]");
	if (status == 429 || status == 503)
		return abate_defer(ctx, "GoDaddy asks to wait");
	if (status >= 500 && polled)
		return abate_defer(ctx, "GoDaddy has a fault of its own");
	/* The ticket may have been made before the fault. */
	if (status >= 500)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"GoDaddy had a fault: there may be a ticket or none");
	if (polled)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"GoDaddy does not know this ticket");
	return answer_refused(ctx);
}

static const struct abate_option options[] = {
	{ "key", ABATE_OPTION_STRING, NULL, "the API key", 1, 1 },
	{ "secret", ABATE_OPTION_STRING, NULL, "the API key's secret", 1, 1 },
	{ "version", ABATE_OPTION_INTEGER, "2", "of the API: 2, or 1", 0, 0 },
	{ "endpoint", ABATE_OPTION_STRING, "https://api.godaddy.com",
		"the server, without a slash at its end", 0, 0 },
	{ NULL, ABATE_OPTION_STRING, NULL, NULL, 0, 0 },
};

ABATE_REGISTER_PLUGIN(.name = "godaddy", .summary = "GoDaddy's Abuse API, tickets of v1 and v2",
	.version = "1.0", .kind = ABATE_REGISTRAR, .capabilities = ABATE_CAN_HTTP | ABATE_CAN_POLL,
	.options = options, .match = match, .check = check, .compose = compose, .answer = answer,
	.poll = poll);
