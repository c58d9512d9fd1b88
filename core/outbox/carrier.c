#include "outbox/carrier.h"

#include <string.h>

#include "base/text.h"
#include "outbox/carrier-types.h"

struct carrier {
	const struct carrier_type *type;
	void *state;
};

void
delivery_free(struct delivery *delivery)
{
	g_free(delivery->reference);
	g_free(delivery->to);
	g_free(delivery->words);
	g_clear_pointer(&delivery->bytes, g_bytes_unref);
	g_free(delivery);
}

void
delivery_set(struct delivery *delivery, enum verdict verdict, const char *words)
{
	char *copy = words ? g_utf8_make_valid(words, -1) : NULL;

	delivery->verdict = verdict;
	g_free(delivery->words);
	delivery->words = copy ? g_strchomp(copy) : NULL;
}

gboolean
delivery_may_go(struct delivery *delivery)
{
	return !delivery->watch || delivery->watch->may_go(delivery, delivery->watch->user);
}

void
delivery_settle(struct delivery *delivery)
{
	if (delivery->verdict == VERDICT_NONE || g_atomic_int_get(&delivery->settled))
		return;
	g_atomic_int_set(&delivery->settled, TRUE);
	if (delivery->watch)
		delivery->watch->settled(delivery, delivery->watch->user);
}

const char *
carrier_sender(const struct config *config, GError **error)
{
	const char *from = config_string(config, "mail", "from");

	if (!from)
		from = config_string(config, "reporter", "email");
	if (from && text_is_mail_address(from))
		return from;
	g_set_error(error, CONFIG_ERROR, 0,
		from ? "[mail] from: \"%s\" is not one mail address"
		     : "[mail] from or [reporter] email must be set before mail goes out%s",
		from ? from : "");
	return NULL;
}

static const struct carrier_type *
type_of(const struct config *config)
{
	const char *name = config_string(config, "mail", "carrier");

	if (strcmp(name, "maildir") == 0)
		return &carrier_maildir;
	if (strcmp(name, "smtps") == 0 ||
		strcmp(config_string(config, "mail", "auth"), "xoauth2") == 0)
		return &carrier_smtps;
	return &carrier_smtp;
}

struct carrier *
carrier_new(const struct config *config, const char *password, GError **error)
{
	const struct carrier_type *type = type_of(config);
	void *state = type->open(config, password, error);
	struct carrier *carrier;

	if (!state)
		return NULL;
	carrier = g_new0(struct carrier, 1);
	carrier->type = type;
	carrier->state = state;
	return carrier;
}

void
carrier_free(struct carrier *carrier)
{
	if (!carrier)
		return;
	carrier->type->close(carrier->state);
	g_free(carrier);
}

gboolean
carrier_send(struct carrier *carrier, GPtrArray *deliveries, char **trouble)
{
	return carrier->type->send(carrier->state, deliveries, trouble);
}

void
carrier_interrupt_stale(struct carrier *carrier, gint64 now)
{
	if (carrier->type->interrupt)
		carrier->type->interrupt(carrier->state, now);
}

char *
carrier_describe(const struct config *config)
{
	const char *name = config_string(config, "mail", "carrier");
	g_autofree char *maildir = config_path(config, "mail", "maildir");

	if (strcmp(name, "maildir") == 0)
		return g_strdup_printf("Maildir %s", maildir ? maildir : "(not set)");
	return g_strdup_printf("%s %s", name, config_string(config, "mail", "server"));
}
