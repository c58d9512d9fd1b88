/*
 * Dynamic DNS services: they own the suffix, so they can delete the host name and close the
 * account; the registrar of the suffix must not be asked.
 *
 * Template: ddns (and follow-up, retract). Variable it sets: request, where it asks for more than
 * the template says.
 */
#include <abate/plugin.h>

#include <string.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	const char *kind = ctx->services->field(ctx, "provider.kind");

	return kind && strcmp(kind, "ddns") == 0 ? ABATE_FIT_KIND : ABATE_FIT_NONE;
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;

	abate_check_report(ctx);
	for (size_t i = 0; i < core->indicator_count(ctx); i++)
		if (!core->indicator(ctx, i, "host"))
			core->missing(ctx, ABATE_NEEDED, "a host name",
				"the service finds the account by the host name");
}

static int
compose_packet(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const struct abate_form_field fields[] = {
		{ "Host name", core->indicator(ctx, 0, "host") },
		{ "Address it pointed to", core->indicator(ctx, 0, "address") },
		{ "Kind of abuse", core->field(ctx, "case.type") },
		{ "Report", core->render(ctx, "ddns") },
		{ "Name", core->field(ctx, "reporter.name") },
		{ "Organisation", core->field(ctx, "reporter.organisation") },
		{ "E-mail", core->field(ctx, "reporter.email") },
		{ NULL, NULL },
	};
	const struct abate_packet packet = {
		.size = sizeof packet,
		.url = core->field(ctx, "provider.form"),
		.title = "Dynamic DNS service's abuse form",
		.instructions = "Open the form, give the host name exactly, put each text below "
				"into the field of that meaning, attach the files, submit, and "
				"note the ticket number.",
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
	return abate_compose_mail(ctx, "ddns");
}

ABATE_REGISTER_PLUGIN(.name = "ddns",
	.summary = "Dynamic DNS services: delete the host name, close the account",
	.version = "1.0", .kind = ABATE_DDNS, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET,
	.match = match, .check = check, .compose = compose);
