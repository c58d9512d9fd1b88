/*
 * The JPRS desk for .jp. JPRS does not judge what a name is used for; its desk takes information on
 * registrations made with false data, through a form and in Japanese. So a report is a packet, and
 * only for cases of the type suspicious_registration. Everything else about a .jp name goes to the
 * contact in WHOIS and to the host. Source: jprs.jp/advisory/program/080509.html.
 *
 * Template: jprs, in Japanese whatever the language of the case.
 */
#include <abate/plugin.h>

#include <string.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_kind(ctx, "jprs");
}

static int
ends_with(const char *text, const char *ending)
{
	size_t length = strlen(text);
	size_t end = strlen(ending);

	return length >= end && strcmp(text + length - end, ending) == 0;
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *type = core->field(ctx, "case.type");

	if (!type || strcmp(type, "suspicious_registration") != 0)
		core->missing(ctx, ABATE_NEEDED, "the type suspicious_registration",
			"JPRS does not judge the use of a name; it takes false registration data");
	if (!core->field(ctx, "reporter.email"))
		core->missing(ctx, ABATE_NEEDED, "[reporter] email", "the form wants it");
	if (!core->field(ctx, "case.description") && core->evidence_count(ctx) == 0)
		core->missing(ctx, ABATE_NEEDED, "what is false about the registration",
			"without it the desk has nothing to check (--description or --evidence)");
	for (size_t i = 0; i < core->indicator_count(ctx); i++) {
		const char *domain = core->indicator(ctx, i, "domain");

		if (!domain || !ends_with(domain, ".jp"))
			core->missing(ctx, ABATE_NEEDED, "a .jp name", "JPRS runs .jp alone");
	}
}

static int
compose(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const struct abate_form_field fields[] = {
		{ "ドメイン名", core->indicator(ctx, 0, "domain") },
		{ "情報提供の内容", core->render(ctx, "jprs") },
		{ "氏名", core->field(ctx, "reporter.name") },
		{ "組織名", core->field(ctx, "reporter.organisation") },
		{ "メールアドレス", core->field(ctx, "reporter.email") },
		{ "電話番号", core->field(ctx, "reporter.phone") },
		{ NULL, NULL },
	};
	const struct abate_packet packet = {
		.size = sizeof packet,
		.url = core->field(ctx, "provider.form"),
		.title = "不正登録に関する情報提供(JPドメイン名)",
		.instructions =
			"フォームを開き、以下の内容を各項目に入力してください。添付資料は"
			"ファイル名を本文に記載のとおり添付し、送信後に受付番号を控えてください。",
		.fields = fields,
		.attach_evidence = 1,
	};

	return fields[1].value ? core->packet(ctx, &packet) : -1;
}

ABATE_REGISTER_PLUGIN(.name = "jprs", .summary = "JPRS: registrations of .jp names with false data",
	.version = "1.0", .kind = ABATE_JPRS, .capabilities = ABATE_CAN_PACKET, .match = match,
	.check = check, .compose = compose);
