/*
 * Hosting: whoever runs the address or the platform can remove the content and reach the customer.
 *
 * Template: hosting (and follow-up, retract). Variable it sets: request, where it asks for more
 * than the template says.
 */
#include <abate/plugin.h>

#include <string.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_kind(ctx, "hosting");
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *type = core->field(ctx, "case.type");
	int about_content = type && (strcmp(type, "phishing") == 0 || strcmp(type, "malware") == 0);

	abate_check_report(ctx);
	for (size_t i = 0; i < core->indicator_count(ctx); i++) {
		const char *kind = core->indicator(ctx, i, "type");

		if (about_content && kind && strcmp(kind, "url") != 0)
			core->missing(ctx, ABATE_ADVICE, "a full URL",
				"a host removes a page, and must find it first");
	}
}

static const struct abate_form form = {
	.title = "Host's abuse form",
	.instructions = "Open the form, put each text below into the field of that "
			"meaning, attach the files, submit, and note the ticket number.",
	.label = { "Address of the content", "IP address" },
	.indicator = { "value", "address" },
};

static int
compose(struct abate_context *ctx)
{
	return abate_compose_plain(ctx, "hosting", &form);
}

ABATE_REGISTER_PLUGIN(.name = "hosting", .summary = "Hosts: remove content, notify the customer",
	.version = "1.0", .kind = ABATE_HOSTING, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET,
	.match = match, .check = check, .compose = compose);
