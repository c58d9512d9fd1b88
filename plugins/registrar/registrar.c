/*
 * Registrars: they can suspend a name (clientHold) and know the registrant.
 *
 * Template: registrar (and follow-up, retract). Variable it sets: request, where it asks for more
 * than the template says.
 */
#include <abate/plugin.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_kind(ctx, "registrar");
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

static const struct abate_form form = {
	.title = "Registrar's abuse form",
	.instructions = "Open the form, put each text below into the field of that "
			"meaning, attach the files, submit, and note the ticket number.",
	.label = { "Domain", "First address" },
	.indicator = { "domain", "value" },
};

static int
compose(struct abate_context *ctx)
{
	return abate_compose_plain(ctx, "registrar", &form);
}

ABATE_REGISTER_PLUGIN(.name = "registrar",
	.summary = "Registrars: suspend a name, or tell its registrant", .version = "1.0",
	.kind = ABATE_REGISTRAR, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET, .match = match,
	.check = check, .compose = compose);
