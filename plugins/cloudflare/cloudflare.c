/*
 * Cloudflare's abuse reports API. The answer to a report names no number, so a second request looks
 * for it among those submitted; where it is not there yet, the report stays accepted without one.
 * No template: the justification is the case's description.
 */
#include <abate/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ADDRESS = 2048, MAX_URLS = 250, MAX_REASON = 5000, MAX_LIST = 250 * 2100 };

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_api(ctx, "cloudflare");
}

/* Cloudflare's word for a type; NULL for those whose forms want what a case does not hold. */
static const char *
act_of(const char *type)
{
	static const char *const threats[] = { "malware", "botnet", "infected_host" };
	static const char *const refused[] = { "csam", "csem", "copyright", "brand_infringement",
		"cyberlocker", "link_site", "ugc_platform", "usenet" };

	if (!type)
		return NULL;
	if (strcmp(type, "phishing") == 0)
		return "abuse_phishing";
	for (size_t i = 0; i < sizeof threats / sizeof *threats; i++)
		if (strcmp(threats[i], type) == 0)
			return "abuse_threat";
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (strcmp(refused[i], type) == 0)
			return NULL;
	return "abuse_general";
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *reason = core->field(ctx, "case.description");
	const char *first = core->indicator(ctx, 0, "host");

	if (!act_of(core->field(ctx, "case.type")))
		core->missing(ctx, ABATE_NEEDED, "a type that Cloudflare's API takes from here",
			"its reports of child abuse, copyright and trade marks want more than a "
			"case holds; use its form");
	if (!reason)
		core->missing(
			ctx, ABATE_NEEDED, "a description", "Cloudflare requires a justification");
	else if (strlen(reason) > MAX_REASON)
		core->missing(ctx, ABATE_NEEDED, "a shorter description",
			"Cloudflare takes at most 5000 characters");
	if (!core->field(ctx, "reporter.email") || !core->field(ctx, "reporter.name"))
		core->missing(
			ctx, ABATE_NEEDED, "[reporter] name and email", "Cloudflare requires them");
	if (core->indicator_count(ctx) > MAX_URLS)
		core->missing(ctx, ABATE_NEEDED, "fewer addresses",
			"Cloudflare takes at most 250 in one report");
	for (size_t i = 1; first && i < core->indicator_count(ctx); i++) {
		const char *host = core->indicator(ctx, i, "host");

		if (!host || strcmp(host, first) != 0) {
			core->missing(ctx, ABATE_NEEDED, "addresses of one host name only",
				"Cloudflare takes one host name a report");
			break;
		}
	}
}

/* One a line; NULL when out of memory. Free with free(). */
static char *
list_urls(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	char *list = calloc(1, MAX_LIST);
	size_t used = 0;

	for (size_t i = 0; list && i < core->indicator_count(ctx); i++) {
		const char *value = core->indicator(ctx, i, "value");
		const char *type = core->indicator(ctx, i, "type");
		const char *scheme = type && strcmp(type, "url") == 0 ? "" : "https://";
		size_t wanted = value ? strlen(value) + strlen(scheme) + 2 : 0;

		if (!value || used + wanted > MAX_LIST)
			break;
		used += (size_t)snprintf(
			list + used, MAX_LIST - used, "%s%s%s", used ? "\n" : "", scheme, value);
	}
	return list;
}

static const char *
authorization(struct abate_context *ctx, char *text, size_t size)
{
	snprintf(text, size, "Bearer %s", ctx->services->option(ctx, "token"));
	return text;
}

/* Fills url with the address of the account's reports and what comes below it. */
static void
address(struct abate_context *ctx, char *url, const char *below)
{
	const char *account =
		ctx->services->url_escape(ctx, ctx->services->option(ctx, "account_id"));

	snprintf(url, MAX_ADDRESS, "%s/client/v4/accounts/%s/abuse-reports/%s",
		ctx->services->option(ctx, "endpoint"), account, below);
}

static int
put_report(struct abate_context *ctx, const char *act)
{
	const struct abate_services *core = ctx->services;
	const char *email = core->field(ctx, "reporter.email");
	const char *notification = core->option(ctx, "notification");
	const char *company = core->field(ctx, "reporter.organisation");
	char *urls = list_urls(ctx);
	int failed = !urls || core->json_string(ctx, "/act", act) != 0 ||
		     core->json_string(ctx, "/email", email) != 0 ||
		     core->json_string(ctx, "/email2", email) != 0 ||
		     core->json_string(ctx, "/name", core->field(ctx, "reporter.name")) != 0 ||
		     core->json_string(ctx, "/urls", urls) != 0 ||
		     core->json_string(
			     ctx, "/justification", core->field(ctx, "case.description")) != 0 ||
		     core->json_string(ctx, "/host_notification", notification) != 0 ||
		     core->json_string(ctx, "/owner_notification", notification) != 0 ||
		     (company && core->json_string(ctx, "/company", company) != 0);

	free(urls);
	return failed ? -1 : 0;
}

static int
compose(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *act = act_of(core->field(ctx, "case.type"));
	char url[MAX_ADDRESS];
	char key[MAX_ADDRESS];
	struct abate_header headers[4];

	if (!act || put_report(ctx, act) != 0)
		return -1;
	address(ctx, url, act);
	const struct abate_http request = abate_json_request(
		headers, url, authorization(ctx, key, sizeof key), core->json_text(ctx));

	return core->http(ctx, &request);
}

/* A GET below the account's reports; with state as the next step of an answer. */
static int
get(struct abate_context *ctx, const char *below, const char *state)
{
	const struct abate_services *core = ctx->services;
	char url[MAX_ADDRESS];
	char key[MAX_ADDRESS];
	struct abate_header headers[4];
	const struct abate_http request =
		abate_json_request(headers, url, authorization(ctx, key, sizeof key), NULL);

	address(ctx, url, below);
	return state ? core->next(ctx, &request, state) : core->http(ctx, &request);
}

static int
poll(struct abate_context *ctx)
{
	const char *ticket = ctx->services->field(ctx, "report.ticket");
	char below[MAX_ADDRESS];

	snprintf(below, sizeof below, "submitted/%s",
		ticket ? ctx->services->url_escape(ctx, ticket) : "");
	return get(ctx, below, NULL);
}

/* Whether it is "Wed, 25 Nov 2026 09:07:12 GMT", the one form that HTTP sends. */
static int
is_http_date(const char *date)
{
	static const char form[] = "aaa, 00 aaa 0000 00:00:00 GMT";

	if (!date || strlen(date) != sizeof form - 1)
		return 0;
	for (size_t i = 0; form[i]; i++) {
		int fine = form[i] == '0'   ? date[i] >= '0' && date[i] <= '9'
			   : form[i] == 'a' ? (date[i] | 32) >= 'a' && (date[i] | 32) <= 'z'
					    : date[i] == form[i];

		if (!fine)
			return 0;
	}
	return 1;
}

/* The minute before the answer by Cloudflare's own clock, so that an older report of the same name
 * is not taken for this one. "" when the answer has no usable date. */
static void
created_after(struct abate_context *ctx, char *text, size_t size)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	const char *date = ctx->services->answer_header(ctx, "Date");
	size_t month = 0;

	*text = '\0';
	if (!is_http_date(date))
		return;
	while (month < 12 && strncmp(months[month], date + 8, 3) != 0)
		month++;
	if (month == 12)
		return;
	int minute = (date[20] - '0') * 10 + date[21] - '0';

	snprintf(text, size, "&created_after=%.4s-%02zu-%.2sT%.2s%%3A%02d%%3A00Z", date + 12,
		month + 1, date + 5, date + 17, minute > 0 ? minute - 1 : 0);
}

static int
answer_created(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *result = core->answer_json(ctx, "/result");
	const char *host = core->indicator(ctx, 0, "host");
	char below[MAX_ADDRESS];
	char after[80];

	if (!result || strcmp(result, "success") != 0)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"Cloudflare's answer does not say success, so it may not have the report");
	if (!host)
		return abate_accept(ctx, NULL, "taken; Cloudflare told no number");
	created_after(ctx, after, sizeof after);
	snprintf(below, sizeof below, "submitted?domain=%s%s", core->url_escape(ctx, host), after);
	return get(ctx, below, "find");
}

/* The report is in, whatever this step brings: it must not be sent again for want of a number. */
static int
answer_find(struct abate_context *ctx)
{
	const char *id = ctx->services->answer_json(ctx, "/result/reports/0/id");

	if (!id)
		id = ctx->services->answer_json(ctx, "/result/0/id");
	if (ctx->services->answer_status(ctx) == 429 || ctx->services->answer_status(ctx) == 503)
		return abate_defer(
			ctx, "taken; Cloudflare asks to wait before it tells the number");
	return abate_accept(ctx, id, id ? NULL : "taken; Cloudflare does not list its number yet");
}

static enum abate_class
class_of(const char *status, const char *denial)
{
	if (strcmp(status, "accepted") == 0)
		return ABATE_ACTIONED;
	if (strcmp(status, "denied") != 0)
		return ABATE_ACKNOWLEDGEMENT;
	if (denial && (strcmp(denial, "not_on_cloudflare") == 0 ||
			      strcmp(denial, "wrong_report_category") == 0 ||
			      strcmp(denial, "law_enforcement_referral_required") == 0 ||
			      strcmp(denial, "domain_dispute_process_required") == 0))
		return ABATE_WRONG_CHANNEL;
	if (denial && (strcmp(denial, "incomplete_report") == 0 ||
			      strcmp(denial, "report_details_mismatch") == 0 ||
			      strcmp(denial, "missing_original_work") == 0 ||
			      strcmp(denial, "direct_url_required") == 0))
		return ABATE_QUESTION;
	return ABATE_REFUSAL;
}

static int
answer_poll(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *status = core->answer_json(ctx, "/result/status");
	const char *denial = core->answer_json(ctx, "/result/denial_reason");

	if (!status)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"Cloudflare's answer does not tell the report's state");
	const struct abate_verdict verdict = {
		.size = sizeof verdict,
		.outcome = ABATE_ACCEPTED,
		.reply_class = class_of(status, denial),
		.ticket = core->field(ctx, "report.ticket"),
		.status = denial ? denial : status,
		.final = strcmp(status, "submitted") != 0,
	};

	return core->verdict(ctx, &verdict);
}

static int
answer_fault(struct abate_context *ctx, int status, int polled)
{
	if (status == 401 || status == 403)
		return abate_defer(ctx,
			"Cloudflare refuses the token: see [plugin cloudflare]; the account "
			"needs the right to report abuse by the API");
	if (status == 429 || status == 503)
		return abate_defer(ctx, "Cloudflare asks to wait");
	if (status >= 500 && polled)
		return abate_defer(ctx, "Cloudflare has a fault of its own");
	if (status >= 500)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"Cloudflare had a fault: it may have the report or not");
	if (polled)
		return abate_give(ctx, ABATE_IN_DOUBT, ABATE_UNCLASSIFIED,
			"Cloudflare does not know this report");
	if (status == 409)
		return abate_accept(ctx, NULL, "Cloudflare has this report already");
	return abate_refuse(
		ctx, "Cloudflare", abate_answer_text(ctx, "/errors/0/message", "/message"));
}

static int
answer(struct abate_context *ctx)
{
	int status = ctx->services->answer_status(ctx);
	const char *state = ctx->services->answer_state(ctx);
	int polled = ctx->services->field(ctx, "report.ticket") != NULL;

	if (state && strcmp(state, "find") == 0 && !polled)
		return answer_find(ctx);
	if (status < 200 || status > 299)
		return answer_fault(ctx, status, polled);
	return polled ? answer_poll(ctx) : answer_created(ctx);
}

static const struct abate_option options[] = {
	{ "account_id", ABATE_OPTION_STRING, NULL, "the account's id", 0, 1 },
	{ "token", ABATE_OPTION_STRING, NULL, "an API token that may report abuse", 1, 1 },
	{ "notification", ABATE_OPTION_STRING, "send-anon",
		"send: host and owner are told the reporter's name; send-anon: they are not", 0,
		0 },
	{ "endpoint", ABATE_OPTION_STRING, "https://api.cloudflare.com",
		"the server, without a slash at its end", 0, 0 },
	{ NULL, ABATE_OPTION_STRING, NULL, NULL, 0, 0 },
};

ABATE_REGISTER_PLUGIN(.name = "cloudflare", .summary = "Cloudflare's abuse reports API",
	.version = "1.0", .kind = ABATE_HOSTING, .capabilities = ABATE_CAN_HTTP | ABATE_CAN_POLL,
	.options = options, .match = match, .check = check, .compose = compose, .answer = answer,
	.poll = poll);
