#include "cli/escalate-prepare.h"

#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/escalate-json.h"
#include "cli/next-contact.h"
#include "cli/records.h"
#include "compose/compose.h"

enum { AT_ONCE = 100 };

/* --- which of them --- */

static gboolean
has_id(const GArray *ids, gint64 id)
{
	for (guint i = 0; i < ids->len; i++)
		if (g_array_index(ids, gint64, i) == id)
			return TRUE;
	return FALSE;
}

/* Leaves only the indicators that are named, with their routes. */
static void
narrow(struct proposal *proposal, const GArray *wanted)
{
	for (guint i = proposal->indicators->len; i > 0; i--) {
		if (has_id(wanted, g_array_index(proposal->indicators, gint64, i - 1)))
			continue;
		g_array_remove_index(proposal->indicators, i - 1);
		if (proposal->routes->len)
			g_array_remove_index(proposal->routes, i - 1);
	}
	if (proposal->indicators->len == 1 && proposal->reasons->len > 1) {
		g_free(proposal->reason);
		proposal->reason = g_strdup(proposal_reason_of(
			proposal, g_array_index(proposal->indicators, gint64, 0)));
	}
}

static gboolean
read_names(char **names, GArray *reports, GArray *indicators)
{
	for (; *names; names++) {
		gint64 id = 0;
		gboolean is_report = record_id_parse(*names, 'R', &id) && **names == 'R';

		if (!is_report && !(record_id_parse(*names, 'I', &id) && **names == 'I')) {
			log_error("%s: it wants a report or an indicator, as R1 or I1", *names);
			return FALSE;
		}
		g_array_append_val(is_report ? reports : indicators, id);
	}
	return TRUE;
}

/* FALSE when the store has no such record. */
static gboolean
are_there(struct store *store, const GArray *reports, const GArray *indicators, GError **error)
{
	for (guint i = 0; i < reports->len; i++) {
		g_autoptr(Report) report =
			store_report_get(store, g_array_index(reports, gint64, i), error);

		if (!report)
			return FALSE;
	}
	for (guint i = 0; i < indicators->len; i++) {
		g_autoptr(Indicator) indicator =
			store_indicator_get(store, g_array_index(indicators, gint64, i), error);

		if (!indicator)
			return FALSE;
	}
	return TRUE;
}

static void
note_met(const GPtrArray *proposals, char **names, int *status)
{
	for (; *names; names++) {
		gboolean met = FALSE;
		gint64 id = 0;

		record_id_parse(*names, **names, &id);
		for (guint i = 0; i < proposals->len && !met; i++) {
			const struct proposal *proposal = g_ptr_array_index(proposals, i);

			met = **names == 'R' ? proposal->report_id == id
					     : has_id(proposal->indicators, id);
		}
		if (met)
			continue;
		log_warning("nothing is proposed for %s: `abate show %s` tells how it stands",
			*names, *names);
		*status = EXIT_PART;
	}
}

gboolean
prepare_select(struct store *store, GPtrArray *proposals, char **names, int *status)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GArray) indicators = g_array_new(FALSE, FALSE, sizeof(gint64));

	if (!read_names(names, reports, indicators)) {
		*status = EXIT_USAGE;
		return FALSE;
	}
	if (!are_there(store, reports, indicators, &error)) {
		*status = command_failed(error);
		return FALSE;
	}
	note_met(proposals, names, status);
	for (guint i = proposals->len; *names && i > 0; i--) {
		struct proposal *proposal = g_ptr_array_index(proposals, i - 1);

		if (has_id(reports, proposal->report_id))
			continue;
		narrow(proposal, indicators);
		if (proposal->indicators->len == 0)
			g_ptr_array_remove_index(proposals, i - 1);
	}
	return TRUE;
}

/* --- making them --- */

struct preparing {
	const struct prepare_needs *needs;
	struct composer *composer;
	GArray *made;	    /* of gint64, one a proposal: the report; 0: none */
	GHashTable *failed; /* proposals that could not be made */
	gboolean held;	    /* one of them is held */
	int status;
};

static void
fail(struct preparing *preparing, struct proposal *proposal, const GError *fault)
{
	log_error("%s", fault->message);
	g_hash_table_add(preparing->failed, proposal);
	preparing->status = EXIT_PART;
}

/* All routes of one proposal ask, or none. */
static gboolean
ask_routes(struct store *store, const struct proposal *proposal, GError **error)
{
	if (!store_begin(store, error))
		return FALSE;
	for (guint i = 0; i < proposal->routes->len; i++) {
		if (store_route_ask(store, g_array_index(proposal->routes, gint64, i),
			    proposal->report_id, error))
			continue;
		store_rollback(store);
		return FALSE;
	}
	return store_commit(store, error);
}

static gboolean
mark_court(struct store *store, const struct proposal *proposal, GError **error)
{
	if (!store_begin(store, error))
		return FALSE;
	for (guint i = 0; i < proposal->indicators->len; i++) {
		const gint64 id = g_array_index(proposal->indicators, gint64, i);

		if (store_indicator_court(store, id, proposal_reason_of(proposal, id), error))
			continue;
		store_rollback(store);
		return FALSE;
	}
	return store_commit(store, error);
}

/* Another run may have reminded them since the proposal was found, and have sent that already. */
static gboolean
is_first(struct preparing *preparing, const struct proposal *proposal, GError **error)
{
	g_autoptr(GPtrArray) list =
		store_follow_ups_list(preparing->needs->store, proposal->report_id, error);
	const struct report *last =
		list && list->len ? g_ptr_array_index(list, list->len - 1) : NULL;

	if (last && last->id > preparing->needs->newest)
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"R%" G_GINT64_FORMAT " was followed up by R%" G_GINT64_FORMAT
			" meanwhile, which is %s",
			proposal->report_id, last->id, report_state_name(last->state));
	return list && (!last || last->id <= preparing->needs->newest);
}

/* FALSE when the store failed; what was only refused is told, and the rest goes on. */
static gboolean
prepare_one(struct preparing *preparing, struct proposal *proposal, gint64 *made, GError **error)
{
	struct store *store = preparing->needs->store;
	GError *fault = NULL;
	gboolean done;

	if (proposal->action == ESCALATION_FOLLOW_UP)
		done = is_first(preparing, proposal, &fault) &&
		       composer_follow_up(preparing->composer, proposal->report_id,
			       proposal->indicators, made, &fault);
	else if (proposal->action == ESCALATION_COURT)
		done = mark_court(store, proposal, &fault);
	else
		done = ask_routes(store, proposal, &fault);
	if (done)
		return TRUE;
	if (fault->domain == STORE_ERROR &&
		!g_error_matches(fault, STORE_ERROR, STORE_ERROR_STATE)) {
		g_propagate_error(error, fault);
		return FALSE;
	}
	fail(preparing, proposal, fault);
	g_error_free(fault);
	return TRUE;
}

/* A commit costs an fsync: reminders share one. They are refused before anything is written, so
 * that one does not undo the others; a next rung is undone as a whole, and stands alone. */
static gboolean
shares(const GPtrArray *proposals, guint i)
{
	return i < proposals->len &&
	       ((const struct proposal *)g_ptr_array_index(proposals, i))->action ==
		       ESCALATION_FOLLOW_UP;
}

static gboolean
prepare_together(struct preparing *preparing, const GPtrArray *proposals, guint *i, GError **error)
{
	struct store *store = preparing->needs->store;
	const guint last = *i + AT_ONCE;
	const gboolean together = shares(proposals, *i);

	if (together && !store_begin(store, error))
		return FALSE;
	do {
		gint64 made = 0;

		if (!prepare_one(preparing, g_ptr_array_index(proposals, *i), &made, error)) {
			if (together)
				store_rollback(store);
			return FALSE;
		}
		g_array_append_val(preparing->made, made);
		(*i)++;
	} while (together && *i < last && shares(proposals, *i));
	return !together || store_commit(store, error);
}

/* Routes that ask now become reports, a case at a time. */
static gboolean
compose_rungs(struct preparing *preparing, const GPtrArray *proposals, GError **error)
{
	g_autoptr(GHashTable) cases = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (guint i = 0; i < proposals->len; i++) {
		struct proposal *proposal = g_ptr_array_index(proposals, i);
		struct compose_counts counts;

		if (proposal->routes->len == 0 ||
			g_hash_table_contains(preparing->failed, proposal) ||
			!g_hash_table_add(cases, &proposal->case_id))
			continue;
		if (!composer_run(preparing->composer, proposal->case_id, &counts, error))
			return FALSE;
	}
	return TRUE;
}

/* The new report that asks a proposal's provider about the indicator; 0: none. */
static gboolean
find_made(struct store *store, const struct proposal *proposal, gint64 after, gint64 *made,
	GError **error)
{
	g_autoptr(GPtrArray) reports = store_indicator_reports(
		store, g_array_index(proposal->indicators, gint64, 0), error);

	for (guint i = 0; reports && i < reports->len; i++) {
		const struct report *report = g_ptr_array_index(reports, i);

		if (report->id > after && g_strcmp0(report->provider, proposal->provider) == 0)
			*made = report->id;
	}
	return reports != NULL;
}

static const char *
stands(const struct report *made)
{
	if (made->state == REPORT_MANUAL)
		return "waits for a person: `abate send` writes the form, `abate done` says so";
	return made->state == REPORT_HELD ? "is held" : "is ready";
}

static void
say(struct preparing *preparing, const struct proposal *proposal, const struct report *made)
{
	const char *state = made ? report_state_name(made->state) : NULL;
	g_autofree char *ids = escalation_ids(proposal->indicators);
	g_autofree char *provider = text_for_terminal(proposal->provider_name);

	if (preparing->needs->global->json) {
		json_t *object = escalate_json(proposal);

		json_object_set_new(object, "made", json_id('R', made ? made->id : 0));
		json_object_set_new(object, "state", json_text(state));
		json_line(object);
	} else if (proposal->action == ESCALATION_COURT) {
		printf("%s: marked for the court, after R%" G_GINT64_FORMAT "\n", ids,
			proposal->report_id);
	} else if (made) {
		printf("R%" G_GINT64_FORMAT " %s %s about %s, after R%" G_GINT64_FORMAT
		       ", and %s\n",
			made->id, proposal->action == ESCALATION_FOLLOW_UP ? "reminds" : "asks",
			provider, ids, proposal->report_id, stands(made));
	}
	if (made && made->state == REPORT_HELD) {
		log_warning("R%" G_GINT64_FORMAT " is held: %s", made->id,
			made->reason ? made->reason : "no reason was kept");
		preparing->held = TRUE;
		preparing->status = EXIT_PART;
	}
}

static gboolean
say_all(struct preparing *preparing, const GPtrArray *proposals, GError **error)
{
	struct store *store = preparing->needs->store;

	for (guint i = 0; i < proposals->len; i++) {
		struct proposal *proposal = g_ptr_array_index(proposals, i);
		gint64 made = g_array_index(preparing->made, gint64, i);
		g_autoptr(Report) report = NULL;

		if (g_hash_table_contains(preparing->failed, proposal))
			continue;
		if (proposal->routes->len &&
			!find_made(store, proposal, preparing->needs->newest, &made, error))
			return FALSE;
		report = made ? store_report_get(store, made, error) : NULL;
		if (made && !report)
			return FALSE;
		say(preparing, proposal, report);
	}
	return TRUE;
}

static gboolean
prepare_all(struct preparing *preparing, const GPtrArray *proposals, GError **error)
{
	for (guint i = 0; i < proposals->len;)
		if (!prepare_together(preparing, proposals, &i, error))
			return FALSE;
	return compose_rungs(preparing, proposals, error) && say_all(preparing, proposals, error);
}

int
prepare_run(const struct prepare_needs *needs, const GPtrArray *proposals)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(PluginHost) plugins = plugin_host_new(needs->config, &error);
	g_autoptr(Composer) composer = plugins ? composer_new(needs->config, needs->profiles,
							 plugins, needs->store, &error)
					       : NULL;
	g_autoptr(GArray) made = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GHashTable) failed = g_hash_table_new(NULL, NULL);
	struct preparing preparing = {
		.needs = needs, .composer = composer, .made = made, .failed = failed
	};

	if (!composer || !prepare_all(&preparing, proposals, &error))
		return command_failed(error);
	/* Where nobody is there to be reminded, the next contact is asked. */
	if (preparing.held &&
		!next_contact_run(needs->global, needs->config, needs->store, 0, &error))
		return command_failed(error);
	if (!needs->global->json && proposals->len)
		printf("\nnothing has gone out: `abate preview` shows it, `abate send` asks and "
		       "sends\n");
	return preparing.status;
}
