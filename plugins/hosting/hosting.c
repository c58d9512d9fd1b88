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
	const char *kind = ctx->services->field(ctx, "provider.kind");

	return kind && strcmp(kind, "hosting") == 0 ? ABATE_FIT_KIND : ABATE_FIT_NONE;
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

static int
compose_packet(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const struct abate_form_field fields[] = {
		{ "Address of the content", core->indicator(ctx, 0, "value") },
		{ "IP address", core->indicator(ctx, 0, "address") },
		{ "Kind of abuse", core->field(ctx, "case.type") },
		{ "Report", core->render(ctx, "hosting") },
		{ "Name", core->field(ctx, "reporter.name") },
		{ "Organisation", core->field(ctx, "reporter.organisation") },
		{ "E-mail", core->field(ctx, "reporter.email") },
		{ NULL, NULL },
	};
	const struct abate_packet packet = {
		.size = sizeof packet,
		.url = core->field(ctx, "provider.form"),
		.title = "Host's abuse form",
		.instructions = "Open the form, put each text below into the field of that "
				"meaning, attach the files, submit, and note the ticket number.",
		.fields = fields,
		.attach_evidence = 1,
	};

	return core->packet(ctx, &packet);
}

static int
compose(struct abate_context *ctx)
{
	const char *channel = ctx->services->field(ctx, "report.channel");

	if (channel && strcmp(channel, "packet") == 0)
		return compose_packet(ctx);
	return abate_compose_mail(ctx, "hosting");
}

ABATE_REGISTER_PLUGIN(.name = "hosting", .summary = "Hosts: remove content, notify the customer",
	.version = "1.0", .kind = ABATE_HOSTING, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET,
	.match = match, .check = check, .compose = compose);
