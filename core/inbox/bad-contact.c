#include "inbox/bad-contact.h"

#include <string.h>

#include "inbox/domain.h"

/* Whether the address is no good for the next report either; a full mailbox or a filter that did
 * not like this mail says nothing about that. */
static gboolean
is_bad_address(const struct reply *reply)
{
	static const char *const reasons[] = { "unknown-user", "host-unknown", "disabled", "moved",
		"relay-denied", NULL };
	static const char *const codes[] = { "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10",
		"5.2.1", "5.4.4", NULL };

	if (reply->reason)
		return g_strv_contains(reasons, reply->reason);
	return reply->status && g_strv_contains(codes, reply->status);
}

/* Whether it says that the domain is no good, and so every address of it. */
static gboolean
is_bad_domain(const struct reply *reply)
{
	if (reply->reason)
		return strcmp(reply->reason, "host-unknown") == 0;
	return g_strcmp0(reply->status, "5.1.2") == 0 || g_strcmp0(reply->status, "5.4.4") == 0;
}

/* The desk may send on to a mailbox that is gone, also one of its own domain, and one dead address
 * tells nothing of its neighbours: then a person is asked. */
static gboolean
is_of_contact(const struct reply *reply, const char *to)
{
	g_autofree char *bounced = domain_of(reply->recipient), *contact = domain_of(to);

	if (!reply->recipient)
		return TRUE;
	if (!bounced || g_strcmp0(bounced, contact) != 0)
		return FALSE;
	return is_bad_domain(reply) ||
	       g_ascii_strncasecmp(reply->recipient, to, (gsize)(strrchr(to, '@') - to + 1)) == 0;
}

static gboolean
says_bad(const struct reply *reply, const char *to)
{
	return is_bad_address(reply) && is_of_contact(reply, to);
}

/* FALSE with error set when it cannot be read. */
static gboolean
has_mark(struct store *store, const char *kind, const char *key, const char *value, GError **error)
{
	g_autofree char *mark = store_mark_get(store, kind, key, error);

	return g_strcmp0(mark, value) == 0;
}

static gboolean
set(struct store *store, const char *to, gint64 reply_id, GError **error)
{
	g_autofree char *by = g_strdup_printf("A%" G_GINT64_FORMAT, reply_id);

	return store_contact_bad(store, to, by, error);
}

gboolean
bad_contact_mark(struct store *store, const struct reply *bounce, const struct report *report,
	GError **error)
{
	GError *failure = NULL;

	if (report->channel != CHANNEL_MAIL || !report->to || !says_bad(bounce, report->to))
		return TRUE;
	if (has_mark(store, "contact", report->to, "bad", &failure))
		return TRUE;
	if (failure) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	return set(store, report->to, bounce->id, error);
}

/* The first bounce that says so still. */
struct witness {
	const char *to;
	gint64 reply_id; /* 0: none */
};

static gboolean
take_witness(const struct reply *reply, void *user)
{
	struct witness *witness = user;

	if (says_bad(reply, witness->to))
		witness->reply_id = reply->id;
	return witness->reply_id == 0;
}

/* Whether the contact is bad by that bounce. FALSE with error set when it cannot be read. */
static gboolean
is_bad_by(struct store *store, const char *contact, const char *by, GError **error)
{
	GError *failure = NULL;
	const gboolean is_bad = has_mark(store, "contact", contact, "bad", &failure) &&
				has_mark(store, "bad_by", contact, by, &failure);

	if (failure)
		g_propagate_error(error, failure);
	return is_bad && !failure;
}

/* Another report's bounce may say the same. */
static gboolean
free_contact(struct store *store, const char *contact, gboolean *freed, GError **error)
{
	struct witness witness = { contact, 0 };

	if (!store_contact_bounces(store, contact, take_witness, &witness, error))
		return FALSE;
	if (witness.reply_id)
		return set(store, contact, witness.reply_id, error);
	*freed = TRUE;
	return store_mark_clear(store, "contact", contact, error) &&
	       store_mark_clear(store, "bad_by", contact, error);
}

gboolean
bad_contact_free(struct store *store, const struct reply *bounce, const struct report *report,
	gboolean *freed, GError **error)
{
	g_autofree char *by = g_strdup_printf("A%" G_GINT64_FORMAT, bounce->id);
	GError *failure = NULL;

	*freed = FALSE;
	if (report->to && is_bad_by(store, report->to, by, &failure))
		return free_contact(store, report->to, freed, error);
	if (failure)
		g_propagate_error(error, failure);
	return !failure;
}

struct own_bounce {
	struct store *store;
	const char *contact;
	gboolean is_witness; /* the mark is by this report's own bounce */
	GError *failure;
};

static gboolean
take_own_bounce(const struct reply *reply, void *user)
{
	struct own_bounce *own = user;
	g_autofree char *by = g_strdup_printf("A%" G_GINT64_FORMAT, reply->id);

	own->is_witness = is_bad_by(own->store, own->contact, by, &own->failure);
	return !own->is_witness && !own->failure;
}

gboolean
bad_contact_answered(struct store *store, const struct reply *answer, const struct report *report,
	GError **error)
{
	g_autofree char *sender = domain_of(answer->from), *contact = domain_of(report->to);
	const struct reply_filter filter = { .report_id = report->id, .class_name = "bounce" };
	struct own_bounce own = { store, report->to, FALSE, NULL };
	gboolean freed;

	if (!contact || !domain_aligned(sender, contact))
		return TRUE;
	if (!store_replies_find(store, &filter, take_own_bounce, &own, error))
		return FALSE;
	if (own.failure) {
		g_propagate_error(error, own.failure);
		return FALSE;
	}
	return !own.is_witness || free_contact(store, report->to, &freed, error);
}
