/*
 * Dynamic DNS services: they own the suffix, so they can delete the host name and close the
 * account; the registrar of the suffix must not be asked.
 *
 * Template: ddns (and follow-up, retract). Variable it sets: request, where it asks for more than
 * the template says.
 */
#include <abate/plugin.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	return abate_fit_kind(ctx, "ddns");
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

static const struct abate_form form = {
	.title = "Dynamic DNS service's abuse form",
	.instructions = "Open the form, give the host name exactly, put each text below "
			"into the field of that meaning, attach the files, submit, and "
			"note the ticket number.",
	.label = { "Host name", "Address it pointed to" },
	.indicator = { "host", "address" },
};

static int
compose(struct abate_context *ctx)
{
	return abate_compose_plain(ctx, "ddns", &form);
}

ABATE_REGISTER_PLUGIN(.name = "ddns",
	.summary = "Dynamic DNS services: delete the host name, close the account",
	.version = "1.0", .kind = ABATE_DDNS, .capabilities = ABATE_CAN_MAIL | ABATE_CAN_PACKET,
	.match = match, .check = check, .compose = compose);
