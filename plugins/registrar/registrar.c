/*
 * Registrars: they can suspend a name (clientHold) and know the registrant.
 *
 * Template: registrar (and follow-up, retract). Variable it sets: request, where it asks for more
 * than the template says.
 */
#include <abate/plugin.h>

#include <string.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	const char *kind = ctx->services->field(ctx, "provider.kind");

	return kind && strcmp(kind, "registrar") == 0 ? ABATE_FIT_KIND : ABATE_FIT_NONE;
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;

	abate_check_report(ctx);
	for (size_t i = 0; i < core->indicator_count(ctx); i++)
		if (!core->indicator(ctx, i, "domain"))
			core->missing(ctx, ABATE_NEEDED, "a domain name",
				"a registrar can act on registrations only; ask the host");
}

static int
compose_packet(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const struct abate_form_field fields[] = {
		{ "Domain", core->indicator(ctx, 0, "domain") },
		{ "First address", core->indicator(ctx, 0, "value") },
		{ "Kind of abuse", core->field(ctx, "case.type") },
		{ "Report", core->render(ctx, "registrar") },
		{ "Name", core->field(ctx, "reporter.name") },
		{ "Organisation", core->field(ctx, "reporter.organisation") },
		{ "E-mail", core->field(ctx, "reporter.email") },
		{ NULL, NULL },
	};
	const struct abate_packet packet = {
		.size = sizeof packet,
		.url = core->field(ctx, "provider.form"),
		.title = "Registrar's abuse form",
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
	return abate_compose_mail(ctx, "registrar");
}

ABATE_REGISTER_PLUGIN(.name = "registrar",
	.summary = "Registrars: suspend a name, or tell its registrant", .version = "1.0",
	.kind = ABATE_REGISTRAR, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET, .match = match,
	.check = check, .compose = compose);
