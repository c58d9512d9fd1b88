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
	return abate_fit_kind(ctx, "registry");
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

static const struct abate_form form = {
	.title = "Registry's abuse form",
	.instructions = "Open the form, say that the registrar was asked first and when, "
			"put each text below into the field of that meaning, attach the "
			"files, submit, and note the ticket number.",
	.label = { "Domain", "Registrar" },
	.indicator = { "domain", "registrar" },
};

static int
compose(struct abate_context *ctx)
{
	return abate_compose_plain(ctx, "registry", &form);
}

ABATE_REGISTER_PLUGIN(.name = "registry", .summary = "Registries: serverHold or other name servers",
	.version = "1.0", .kind = ABATE_REGISTRY, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET,
	.match = match, .check = check, .compose = compose);
