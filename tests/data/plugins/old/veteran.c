/* Source of veteran.so, which was built against interface 1.0 and is kept as it is, so that a test
 * shows that it still loads and works:
 * gcc -std=c11 -Os -s -fPIC -fvisibility=hidden -Iinclude -shared -Wl,-z,now -o veteran.so
 * veteran.c
 */
#include <abate/plugin.h>

static enum abate_fit
match(struct abate_context *ctx)
{
	(void)ctx;
	return ABATE_FIT_EXACT;
}

static int
compose(struct abate_context *ctx)
{
	const struct abate_mail mail = {
		.size = sizeof mail,
		.to = "abuse@host.example",
		.subject = "From the days of 1.0",
		.text = ctx->services->field(ctx, "report.reference"),
	};

	return ctx->services->mail(ctx, &mail);
}

ABATE_REGISTER_PLUGIN(.name = "veteran", .summary = "Built against interface 1.0", .version = "1",
	.kind = ABATE_HOSTING, .capabilities = ABATE_CAN_MAIL, .match = match, .compose = compose);
