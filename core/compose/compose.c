#include "compose/composer.h"

#include "base/reference.h"
#include "base/text.h"

#include <string.h>

enum { COMMIT_EVERY = 500 }; /* a commit costs an fsync */

static gboolean
find_sender(struct composer *composer, GError **error)
{
	const char *from = config_string(composer->config, "mail", "from");
	const char *email = config_string(composer->config, "reporter", "email");
	composer->from = from && *from ? from : email;
	if (!text_is_mail_address(email) || !text_is_mail_address(composer->from)) {
		g_set_error(error, CONFIG_ERROR, 0,
			"%s: a report needs a sender: set [reporter] email (and [mail] from, if it "
			"is "
			"another) to one plain mail address",
			config_file(composer->config) ? config_file(composer->config)
						      : "abate.conf");
		return FALSE;
	}
	composer->from_domain = strrchr(composer->from, '@') + 1;
	return TRUE;
}

struct composer *
composer_new(const struct config *config, const struct profiles *profiles,
	const struct plugin_host *plugins, struct store *store, GError **error)
{
	g_autoptr(Composer) composer = g_new0(struct composer, 1);
	composer->config = config;
	composer->profiles = profiles;
	composer->plugins = plugins;
	composer->store = store;
	composer->templates = templates_new_from_config(config);
	if (!find_sender(composer, error))
		return NULL;
	const char *key = config_string(config, "reporter", "openpgp_key");
	if (key && *key) {
		composer->signer = signer_new(key, error);
		if (!composer->signer)
			return NULL;
	}
	return g_steal_pointer(&composer);
}

void
composer_free(struct composer *composer)
{
	if (!composer)
		return;
	templates_free(composer->templates);
	signer_free(composer->signer);
	abuse_case_free(composer->abuse_case);
	g_clear_pointer(&composer->evidence, g_ptr_array_unref);
	g_free(composer);
}

/* Most cases are not: their reports need no look at what came before. */
static gboolean
see_escalated(struct composer *composer, gint64 case_id, GError **error)
{
	GError *fault = NULL;
	g_autofree char *key = g_strdup_printf("C%" G_GINT64_FORMAT, case_id);
	g_autofree char *mark = store_mark_get(composer->store, "escalated", key, &fault);
	composer->case_escalated = mark != NULL;
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}

gboolean
composer_take_case(struct composer *composer, gint64 case_id, GError **error)
{
	g_clear_pointer(&composer->abuse_case, abuse_case_free);
	g_clear_pointer(&composer->evidence, g_ptr_array_unref);
	composer->abuse_case = store_case_get(composer->store, case_id, error);
	if (!composer->abuse_case)
		return FALSE;
	composer->evidence = store_evidence_list(composer->store, case_id, error);
	return composer->evidence && see_escalated(composer, case_id, error);
}

static enum report_state
state_for(const struct making *making)
{
	if (making->reason->len)
		return REPORT_HELD;
	return making->report->channel == CHANNEL_PACKET ? REPORT_MANUAL : REPORT_READY;
}

static gboolean
keep_bytes(struct making *making, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(making->bytes); i++) {
		if (making->bytes[i] &&
			!store_report_compose(making->composer->store, making->report,
				making->kinds[i], making->bytes[i], error))
			return FALSE;
	}
	return TRUE;
}

static struct report *
report_for(const struct composer *composer, const GPtrArray *rows)
{
	const struct route *route = ((struct group_row *)g_ptr_array_index(rows, 0))->route;
	struct report *report = report_new();
	report->case_id = composer->abuse_case->id;
	report->provider = g_strdup(route->provider);
	report->provider_name = g_strdup(route->provider_name);
	report->kind = g_strdup(route->kind);
	report->plugin = g_strdup(route->plugin);
	report->channel = route->channel;
	report->to = g_strdup(route->to);
	report->rung = route->rung;
	report->reference =
		composer->fixed_reference ? g_strdup(composer->fixed_reference) : reference_new();
	if (!report->indicators)
		report->indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (guint i = 0; i < rows->len; i++) {
		const struct group_row *row = g_ptr_array_index(rows, i);
		g_array_append_val(report->indicators, row->indicator->id);
	}
	return report;
}

struct run {
	struct composer *composer;
	struct compose_counts *counts;
	guint pending; /* reports since the last commit */
	gboolean open; /* a transaction is open */
};

static gboolean
run_begin(struct run *run, GError **error)
{
	if (!run->open && !store_begin(run->composer->store, error))
		return FALSE;
	run->open = TRUE;
	return TRUE;
}

static gboolean
run_commit(struct run *run, GError **error)
{
	if (run->open && !store_commit(run->composer->store, error))
		return FALSE;
	run->open = FALSE;
	run->pending = 0;
	return TRUE;
}

static void
count(struct compose_counts *counts, enum report_state state)
{
	counts->held += state == REPORT_HELD;
	counts->manual += state == REPORT_MANUAL;
	counts->ready += state == REPORT_READY;
}

static gboolean
add_report(GPtrArray *rows, void *user, GError **error)
{
	struct run *run = user;
	g_autoptr(Report) report = report_for(run->composer, rows);
	struct making making = { .composer = run->composer,
		.report = report,
		.rows = rows,
		.reason = g_string_new(NULL) };
	gboolean good = run_begin(run, error) && hold_check(&making, error);
	if (good) {
		making_run(&making);
		report->state = state_for(&making);
		g_free(report->reason);
		report->reason = making.reason->len ? g_strdup(making.reason->str) : NULL;
		good = store_report_add(run->composer->store, report, error) &&
		       keep_bytes(&making, error);
		count(run->counts, report->state);
	}
	making_clear(&making);
	return good && (++run->pending < COMMIT_EVERY || run_commit(run, error));
}

static gboolean
run_case(struct run *run, gint64 case_id, GError **error)
{
	struct composer *composer = run->composer;
	return composer_take_case(composer, case_id, error) &&
	       group_each(composer->store, case_id, composer->profiles, add_report, run, error);
}

static gboolean
take_id(const struct abuse_case *abuse_case, void *user)
{
	g_array_append_val((GArray *)user, abuse_case->id);
	return TRUE;
}

gboolean
composer_run(
	struct composer *composer, gint64 case_id, struct compose_counts *counts, GError **error)
{
	struct run run = { .composer = composer, .counts = counts };
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	memset(counts, 0, sizeof *counts);
	if (case_id)
		g_array_append_val(ids, case_id);
	else if (!store_cases_each(composer->store, take_id, ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		if (run_case(&run, g_array_index(ids, gint64, i), error))
			continue;
		if (run.open)
			store_rollback(composer->store);
		return FALSE;
	}
	return run_commit(&run, error);
}

/* The route by which the report goes; when it is gone meanwhile, one made of what the report says.
 */
static struct group_row *
row_for(struct composer *composer, const struct report *report, gint64 id, GError **error)
{
	g_autoptr(Indicator) indicator = store_indicator_get(composer->store, id, error);
	if (!indicator)
		return NULL;
	g_autoptr(GPtrArray) routes = store_routes_list(composer->store, id, error);
	if (!routes)
		return NULL;
	for (guint i = 0; i < routes->len; i++) {
		const struct route *route = g_ptr_array_index(routes, i);
		if (g_strcmp0(route->provider, report->provider) == 0 &&
			route->channel == report->channel && g_strcmp0(route->to, report->to) == 0)
			return group_row_new(route, indicator);
	}
	struct route gone = { .indicator_id = id,
		.rung = report->rung,
		.kind = report->kind,
		.provider = report->provider,
		.provider_name = report->provider_name,
		.channel = report->channel,
		.to = report->to };
	return group_row_new(&gone, indicator);
}

static void
free_row(void *row)
{
	group_row_free(row);
}

static GPtrArray *
rows_for(struct composer *composer, const struct report *report, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
	for (guint i = 0; report->indicators && i < report->indicators->len; i++) {
		struct group_row *row = row_for(
			composer, report, g_array_index(report->indicators, gint64, i), error);
		if (!row)
			return NULL;
		g_ptr_array_add(rows, row);
	}
	/* Marks again which URLs are listed; the pieces themselves are not needed. */
	const struct profile *profile = profiles_by_id(composer->profiles, report->provider);
	g_autoptr(GPtrArray) pieces = group_split(rows, profile ? &profile->limits : NULL);
	return g_steal_pointer(&rows);
}

static gboolean
set_state(struct making *making, GError **error)
{
	struct store *store = making->composer->store;
	const struct report *report = making->report;
	enum report_state to = state_for(making);
	const char *reason = making->reason->len ? making->reason->str : NULL;
	if (report->state == to && g_strcmp0(reason, report->reason) == 0)
		return TRUE;
	/* Held for another reason: by way of a draft, as a state never follows itself. */
	if ((report->state == to || !report_state_allows(report->state, to)) &&
		!store_report_set_state(store, report->id, REPORT_DRAFT, NULL, error))
		return FALSE;
	return store_report_set_state(store, report->id, to, reason, error);
}

static gboolean
make_again(struct making *making, GError **error)
{
	struct store *store = making->composer->store;
	if (!hold_check(making, error))
		return FALSE;
	making_run(making);
	if (!store_begin(store, error))
		return FALSE;
	if (keep_bytes(making, error) && set_state(making, error))
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}

gboolean
composer_report(struct composer *composer, gint64 report_id, GError **error)
{
	g_autoptr(Report) report = store_report_get(composer->store, report_id, error);
	if (!report)
		return FALSE;
	if (report->state != REPORT_DRAFT && report->state != REPORT_HELD &&
		report->state != REPORT_READY && report->state != REPORT_MANUAL) {
		g_set_error(error, COMPOSE_ERROR, 0,
			"R%" G_GINT64_FORMAT
			" is %s: only a draft, held or ready report is composed "
			"again",
			report_id, report_state_name(report->state));
		return FALSE;
	}
	if (!composer_take_case(composer, report->case_id, error))
		return FALSE;
	g_autoptr(GPtrArray) rows = rows_for(composer, report, error);
	if (!rows)
		return FALSE;
	struct making making = {
		.composer = composer, .report = report, .rows = rows, .reason = g_string_new(NULL)
	};
	gboolean good = make_again(&making, error);
	making_clear(&making);
	return good;
}
