#include "cli/trusted.h"

struct trusted {
	struct store *store;
	char **providers, **cases; /* patterns of glob(7) for the cases' titles */
	GHashTable *known;	   /* of gint64: case -> whether it is trusted */
};

struct trusted *
trusted_new(const struct config *config, struct store *store)
{
	struct trusted *trusted = g_new0(struct trusted, 1);

	trusted->store = store;
	trusted->providers = config_list(config, "send", "trusted_providers");
	trusted->cases = config_list(config, "send", "trusted_cases");
	trusted->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return trusted;
}

void
trusted_free(struct trusted *trusted)
{
	if (!trusted)
		return;
	g_strfreev(trusted->providers);
	g_strfreev(trusted->cases);
	g_hash_table_unref(trusted->known);
	g_free(trusted);
}

static gboolean
has_title(const struct trusted *trusted, const char *title)
{
	for (char **pattern = trusted->cases; *pattern; pattern++)
		if (g_pattern_match_simple(*pattern, title))
			return TRUE;
	return FALSE;
}

static gboolean
has_case(struct trusted *trusted, gint64 id, GError **error)
{
	gpointer known;

	if (g_hash_table_lookup_extended(trusted->known, &id, NULL, &known))
		return GPOINTER_TO_INT(known);
	g_autoptr(AbuseCase) abuse_case = store_case_get(trusted->store, id, error);
	if (!abuse_case)
		return FALSE;
	gboolean has = has_title(trusted, abuse_case->title);

	g_hash_table_insert(trusted->known, g_memdup2(&id, sizeof id), GINT_TO_POINTER(has));
	return has;
}

gboolean
trusted_has(struct trusted *trusted, const struct report *report, GError **error)
{
	if (g_strv_contains((const char *const *)trusted->providers, report->provider))
		return TRUE;
	return trusted->cases[0] && has_case(trusted, report->case_id, error);
}
