/* The classifier against large sets of real mails with what others say of them, where the sets are
 * there. Prints a table. */
#include <jansson.h>
#include <string.h>

#include "inbox/classify.h"

#define SETS SOURCE_DIR "/../shared/data/"

/* What the sets' own words for reasons are here; more than one where theirs is wider. */
struct name {
	const char *theirs, *ours;
};

static const struct name names[] = {
	{ "userunknown", "unknown-user" },
	{ "user_unknown", "unknown-user moved" },
	{ "no_such_recipient", "unknown-user disabled" },
	{ "unknown", "unknown-user" },
	{ "filtered", "unknown-user policy" }, /* refused after all of it was there */
	{ "hostunknown", "host-unknown" },
	{ "dns_unknown", "host-unknown" },
	{ "domain_error", "host-unknown relay-denied" },
	{ "notaccept", "host-unknown" },
	{ "suspend", "disabled" },
	{ "user_disabled", "disabled" },
	{ "recipient_disabled_or_recipient_rate_limited", "disabled rate" },
	{ "hasmoved", "moved" },
	{ "norelaying", "relay-denied" },
	{ "mailboxfull", "full" },
	{ "over_quota", "full" },
	{ "mailbox_full", "full" },
	{ "mailbox_over_quota", "full" },
	{ "full", "full" },
	{ "systemfull", "system full" },
	{ "mesgtoobig", "size" },
	{ "exceedlimit", "size" },
	{ "message_too_large", "size" },
	{ "contenterror", "content" },
	{ "virusdetected", "content" },
	{ "content_reject", "content" },
	{ "notcompliantrfc", "content" },
	{ "spamdetected", "spam" },
	{ "spam", "spam blocked" }, /* blocklists too */
	{ "spam_content", "spam blocked" },
	{ "ip_blocked_spam", "spam blocked rate" },
	{ "rejected", "blocked" },
	{ "blocked", "blocked" },
	{ "badreputation", "blocked" },
	{ "requireptr", "blocked" },
	{ "authfailure", "authentication" },
	{ "policyviolation", "policy" },
	{ "securityerror", "policy" },
	{ "failedstarttls", "policy" },
	{ "toomanyconn", "rate" },
	{ "speeding", "rate" },
	{ "expired", "expired network" },
	{ "networkerror", "network host-unknown expired" },
	{ "dns_loop", "network" },
	{ "systemerror", "system network" },
	{ "mailererror", "system" },
	{ "syntaxerror", "system" },
};

struct count {
	guint n, kind, own_kind, wrong;
	guint recipients, recipient;
	guint reasons, reason;
	/* of the reasons, by our first word for theirs: how many, how many right */
	GHashTable *asked, *right;
};

/* "bounce", "delay" or "other", of an expectation's kind or of a class. */
static const char *
kind_of(const char *name)
{
	return g_strcmp0(name, "bounce") == 0 || g_strcmp0(name, "delay") == 0 ? name : "other";
}

static const char *
our_words(const char *theirs)
{
	for (gsize i = 0; theirs && i < G_N_ELEMENTS(names); i++)
		if (strcmp(names[i].theirs, theirs) == 0)
			return names[i].ours;
	return NULL;
}

/* Some sets call everything a bounce that comes from a mail system. A mail that says of itself that
 * it is only a warning, and will be tried again, is a delay. */
static gboolean
says_it_waits(const char *path)
{
	g_autofree char *bytes = NULL;
	gsize size;
	g_autoptr(GRegex) regex = g_regex_new("^action: *delayed|warning (message )?only|"
					      "will be retried|will retry for [0-9]",
		G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);

	return g_file_get_contents(path, &bytes, &size, NULL) &&
	       g_regex_match(regex, bytes, 0, NULL);
}

static gboolean
has_text(const json_t *list, const char *text)
{
	const json_t *value;
	size_t i;

	json_array_foreach(list, i, value)
	{
		if (text && g_ascii_strcasecmp(json_string_value(value), text) == 0)
			return TRUE;
	}
	return FALSE;
}

static void
add_one(GHashTable *table, const char *key)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(table, key));

	g_hash_table_insert(table, g_strdup(key), GUINT_TO_POINTER(n + 1));
}

/* The mail's reason is right when it is that of any recipient. */
static void
measure_reason(struct count *count, const json_t *expected, const char *reason)
{
	static const char *const keys[] = { "reason", "std_reason", "rule_category", "subtype" };
	g_autoptr(GString) all = g_string_new(NULL);
	const json_t *entry;
	size_t i;

	json_array_foreach(expected, i, entry)
	{
		for (gsize k = 0; k < G_N_ELEMENTS(keys); k++) {
			const char *ours =
				our_words(json_string_value(json_object_get(entry, keys[k])));
			if (ours)
				g_string_append_printf(all, "%s ", ours);
		}
	}
	g_auto(GStrv) words = g_strsplit(all->str, " ", 0);
	if (!words[0])
		return;
	count->reasons++;
	add_one(count->asked, words[0]);
	if (!reason || !g_strv_contains((const char *const *)words, reason))
		return;
	count->reason++;
	add_one(count->right, words[0]);
}

static void
measure(const struct rules *rules, const char *set, const json_t *entry, struct count *count)
{
	const char *file = json_string_value(json_object_get(entry, "file"));
	const char *kind = kind_of(json_string_value(json_object_get(entry, "kind")));
	const json_t *recipients = json_object_get(entry, "recipients");
	g_autofree char *path = g_strconcat(SETS, set, "/", file, NULL);
	g_autoptr(Mail) mail = mail_read(path, NULL);
	g_autoptr(Verdict) verdict = mail ? classify(mail, rules) : NULL;
	const char *got = kind_of(verdict ? verdict->class : NULL);
	gboolean same = strcmp(kind, got) == 0;

	count->n++;
	count->kind += same;
	count->own_kind += same || (strcmp(got, "delay") == 0 && says_it_waits(path));
	count->wrong += strcmp(kind, "other") == 0 && strcmp(got, "bounce") == 0;
	if (!same)
		g_test_message("%s: %s, taken for %s", file, kind, got);
	if (strcmp(kind, "bounce") != 0)
		return;
	measure_reason(count, json_object_get(entry, "expect"), verdict ? verdict->reason : NULL);
	if (json_array_size(recipients) == 0)
		return;
	count->recipients++;
	count->recipient += has_text(recipients, verdict ? verdict->recipient : NULL);
}

static double
percent(guint part, guint whole)
{
	return whole > 0 ? 100.0 * part / whole : 100.0;
}

static void
print_table(const char *set, const struct count *count)
{
	g_autoptr(GList) reasons = g_hash_table_get_keys(count->asked);

	g_print("# set %s: %u mails\n", set, count->n);
	g_print("#   bounce, and permanent, as labelled   %5.1f %%\n",
		percent(count->kind, count->n));
	g_print("#   the same, a mail that says it waits being a delay %5.1f %%\n",
		percent(count->own_kind, count->n));
	g_print("#   no bounce, but taken for one         %u\n", count->wrong);
	g_print("#   recipient                            %5.1f %% of %u\n",
		percent(count->recipient, count->recipients), count->recipients);
	g_print("#   reason                               %5.1f %% of %u\n",
		percent(count->reason, count->reasons), count->reasons);
	reasons = g_list_sort(g_steal_pointer(&reasons), (GCompareFunc)strcmp);
	for (GList *at = reasons; at; at = at->next)
		g_print("#     %-16s %3u of %u\n", (const char *)at->data,
			GPOINTER_TO_UINT(g_hash_table_lookup(count->right, at->data)),
			GPOINTER_TO_UINT(g_hash_table_lookup(count->asked, at->data)));
}

static void
test_set(const void *data)
{
	const char *set = data;
	g_autofree char *path = g_strconcat(SETS, set, "/expected.json", NULL);
	json_t *entries = json_load_file(path, 0, NULL);
	g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) right = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);
	struct count count = { .asked = asked, .right = right };
	const json_t *entry;
	size_t i;

	if (!entries) {
		g_test_skip("the set is not here");
		return;
	}
	json_array_foreach(entries, i, entry)
	{
		measure(rules, set, entry, &count);
	}
	print_table(set, &count);
	json_decref(entries);
	g_assert_cmpuint(count.wrong, ==, 0);
	g_assert_cmpfloat(percent(count.kind, count.n), >=, 97);
	g_assert_cmpfloat(percent(count.own_kind, count.n), >=, 98);
	g_assert_cmpfloat(percent(count.recipient, count.recipients), >=, 95);
	g_assert_cmpfloat(percent(count.reason, count.reasons), >=, 90);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_data_func("/classify/bounces", "bounces", test_set);
	g_test_add_data_func("/classify/replies", "replies", test_set);
	g_test_add_data_func("/classify/arf", "arf", test_set);
	return g_test_run();
}
