/*
 * Registries: they can take a name out of the zone (serverHold) or give it other name servers, and
 * act where the registrar did not.
 *
 * Template: registry (and follow-up, retract). Variable it sets: request, where it asks for more
 * than the template says.
 */
#include <abate/plugin.h>

#include <string.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	const char *kind = ctx->services->field(ctx, "provider.kind");

	return kind && strcmp(kind, "registry") == 0 ? ABATE_FIT_KIND : ABATE_FIT_NONE;
}

static void
check(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const char *nature = core->field(ctx, "case.nature");

	abate_check_report(ctx);
	/* A registry takes away the whole name, so it is never asked to where the owner is
	 * innocent. */
	if (nature && strcmp(nature, "compromised") == 0)
		core->missing(ctx, ABATE_NEEDED, "another nature than compromised",
			"a registry could only take an innocent owner's name away; ask the host");
	for (size_t i = 0; i < core->indicator_count(ctx); i++) {
		if (!core->indicator(ctx, i, "domain"))
			core->missing(ctx, ABATE_NEEDED, "a domain name",
				"a registry can act on names only; ask the host");
		if (!core->indicator(ctx, i, "registrar"))
			core->missing(ctx, ABATE_ADVICE, "the registrar's name",
				"registries send reports back that the registrar has not seen");
	}
}

static int
compose_packet(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;
	const struct abate_form_field fields[] = {
		{ "Domain", core->indicator(ctx, 0, "domain") },
		{ "Registrar", core->indicator(ctx, 0, "registrar") },
		{ "Kind of abuse", core->field(ctx, "case.type") },
		{ "Report", core->render(ctx, "registry") },
		{ "Name", core->field(ctx, "reporter.name") },
		{ "Organisation", core->field(ctx, "reporter.organisation") },
		{ "E-mail", core->field(ctx, "reporter.email") },
		{ NULL, NULL },
	};
	const struct abate_packet packet = {
		.size = sizeof packet,
		.url = core->field(ctx, "provider.form"),
		.title = "Registry's abuse form",
		.instructions = "Open the form, say that the registrar was asked first and when, "
				"put each text below into the field of that meaning, attach the "
				"files, submit, and note the ticket number.",
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
	return abate_compose_mail(ctx, "registry");
}

ABATE_REGISTER_PLUGIN(.name = "registry", .summary = "Registries: serverHold or other name servers",
	.version = "1.0", .kind = ABATE_REGISTRY, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET,
	.match = match, .check = check, .compose = compose);
