/* Who is asked, by the nature of the case: the table of rungs is configuration. */
#include <string.h>

#include "locate/locator.h"
#include "model/follow-up.h"

static GArray *
read_rungs(const struct config *config, enum nature nature, GError **error)
{
	g_auto(GStrv) words = config_list(config, "routing", nature_name(nature));
	g_autoptr(GArray) rungs = g_array_new(FALSE, FALSE, sizeof(enum rung));

	for (guint i = 0; words[i]; i++) {
		enum rung rung;

		if (!rung_parse(words[i], &rung)) {
			g_set_error(error, CONFIG_ERROR, 0,
				"%s: [routing] %s: there is no rung \"%s\"; the rungs are host, "
				"registrar, registry",
				config_file(config) ? config_file(config) : "configuration",
				nature_name(nature), words[i]);
			return NULL;
		}
		g_array_append_val(rungs, rung);
	}
	return g_steal_pointer(&rungs);
}

static void
take_escalated(const char *key, const char *value, gint64 when, void *user)
{
	(void)value, (void)when;
	g_hash_table_add(user, g_strdup(key));
}

gboolean
policy_load(struct locator *locator, GError **error)
{
	locator->plugin_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(locator->rungs); i++) {
		locator->rungs[i] = read_rungs(locator->config, (enum nature)i, error);
		if (!locator->rungs[i])
			return FALSE;
	}
	locator->escalated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return !locator->store || store_marks_each(locator->store, "escalated", take_escalated,
					  locator->escalated, error);
}

void
policy_free(struct locator *locator)
{
	for (guint i = 0; i < G_N_ELEMENTS(locator->rungs); i++)
		if (locator->rungs[i])
			g_array_unref(locator->rungs[i]);
	g_hash_table_unref(locator->plugin_of);
	g_clear_pointer(&locator->escalated, g_hash_table_unref);
}

/* A person let escalation ask this rung: it stays asked when the indicator is looked up again. */
static gboolean
is_escalated(const struct job *job, enum rung rung)
{
	if (g_hash_table_size(job->locator->escalated) == 0)
		return FALSE;
	g_autofree char *key =
		g_strdup_printf("I%" G_GINT64_FORMAT " %s", job->indicator->id, rung_name(rung));
	return g_hash_table_contains(job->locator->escalated, key);
}

static gboolean
is_asked(const struct job *job, enum rung rung)
{
	const GArray *rungs = job->locator->rungs[job->nature];

	/* Whatever is configured: nobody is asked to suspend the name of an innocent owner. */
	if (job->nature == NATURE_COMPROMISED && rung != RUNG_HOST)
		return FALSE;
	for (guint i = 0; i < rungs->len; i++)
		if (g_array_index(rungs, enum rung, i) == rung)
			return TRUE;
	return is_escalated(job, rung);
}

static const char *
why_not(const struct job *job, enum rung rung)
{
	if (job->nature == NATURE_COMPROMISED)
		return "compromised: nobody is asked to suspend the name of an innocent owner";
	if (rung == RUNG_REGISTRY || rung == RUNG_COURT)
		return ROUTE_LATER;
	return ROUTE_NOT_NAMED;
}

static gboolean
is_same(const struct route *a, const struct route *b)
{
	return a->rung == b->rung && a->channel == b->channel &&
	       strcmp(a->provider, b->provider) == 0 && g_strcmp0(a->to, b->to) == 0;
}

/* Several addresses of one host lead to one provider. */
static void
fold_doubles(GPtrArray *routes)
{
	for (guint i = 0; i < routes->len; i++)
		for (guint k = routes->len - 1; k > i; k--)
			if (is_same(routes->pdata[i], routes->pdata[k]))
				g_ptr_array_remove_index(routes, k);
}

/* Ordered by rung; in one, what can be used comes first. */
static int
compare(const void *a, const void *b)
{
	const struct route *x = *(struct route *const *)a, *y = *(struct route *const *)b;

	if (x->rung != y->rung)
		return x->rung < y->rung ? -1 : 1;
	if (!x->to != !y->to)
		return x->to ? -1 : 1;
	return strcmp(x->provider, y->provider);
}

/* Whether the rung has somebody to write to. */
static gboolean
is_reachable(const struct job *job, enum rung rung)
{
	for (guint i = 0; i < job->routes->len; i++) {
		const struct route *route = job->routes->pdata[i];

		if (route->rung == rung && route->ask && route->to && !route->reason)
			return TRUE;
	}
	return FALSE;
}

/* Whose contacts all bounced cannot act: the next rung takes its place. Gives the words of why, by
 * rung; NULL: it is not asked instead of another. */
static void
find_instead(const struct job *job, const char *instead[])
{
	if (job->nature == NATURE_COMPROMISED ||
		!config_boolean(job->locator->config, "routing", "next_rung"))
		return;
	for (enum rung rung = RUNG_HOST; rung < RUNG_REGISTRY; rung++) {
		if (is_asked(job, rung) && job->bounced[rung])
			instead[rung + 1] = job->bounced[rung];
		else
			instead[rung + 1] = instead[rung];
		if (is_reachable(job, rung))
			instead[rung + 1] = NULL;
	}
}

static void
ask_instead(struct route *route, const char *why)
{
	char *source = g_strdup_printf("%s; asked because %s", route->source, why);

	g_free(route->source);
	route->source = source;
}

static void
decide(const struct job *job, struct route *route, const char *instead)
{
	if (is_asked(job, route->rung))
		return;
	if (instead && route->to && !route->reason) {
		ask_instead(route, instead);
		return;
	}
	route->ask = FALSE;
	if (!route->reason)
		route->reason = g_strdup(why_not(job, route->rung));
}

void
policy_apply(struct job *job)
{
	const char *instead[RUNG_COURT + 1] = { NULL };

	fold_doubles(job->routes);
	g_ptr_array_sort(job->routes, compare);
	find_instead(job, instead);
	for (guint i = 0; i < job->routes->len; i++) {
		struct route *route = job->routes->pdata[i];

		if (route->ask)
			decide(job, route, instead[route->rung]);
	}
}
