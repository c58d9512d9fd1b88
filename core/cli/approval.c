#include "cli/approval.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/sending.h"

/* Ready reports that one answer is about. */
struct question {
	char *provider, *words;
	GArray *ids; /* of gint64 */
};

struct asking {
	struct store *store;
	gboolean each; /* one question a report, else one a provider */
	gint64 only;
	GHashTable *questions; /* provider or report -> struct question * */
	GPtrArray *order;      /* the same, borrowed */
	GError *error;
};

static void
question_free(void *data)
{
	struct question *question = data;

	g_free(question->provider);
	g_free(question->words);
	g_array_unref(question->ids);
	g_free(question);
}

/* Mark: kind "provider", key its id, value "approved". */
static gboolean
is_approved(struct asking *asking, const char *provider)
{
	g_autofree char *mark = store_mark_get(asking->store, "provider", provider, &asking->error);

	return g_strcmp0(mark, "approved") == 0;
}

static struct question *
question_for(struct asking *asking, const struct report *report)
{
	g_autofree char *id = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	const char *key = asking->each ? id : report->provider;
	struct question *question = g_hash_table_lookup(asking->questions, key);

	if (question)
		return question;
	g_autofree char *name =
		text_for_terminal(report->provider_name ? report->provider_name : report->provider);
	g_autofree char *to = text_for_terminal(report->to);
	question = g_new0(struct question, 1);
	question->provider = g_strdup(report->provider);
	question->words = asking->each ? g_strdup_printf("%s to %s <%s>", id, name, to)
				       : g_strdup_printf("the first to %s <%s>", name, to);
	question->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_hash_table_insert(asking->questions, g_strdup(key), question);
	g_ptr_array_add(asking->order, question);
	return question;
}

static gboolean
take_report(const struct report *report, void *user)
{
	struct asking *asking = user;

	if (asking->only && report->id != asking->only)
		return TRUE;
	if (asking->each || !is_approved(asking, report->provider)) {
		struct question *question = question_for(asking, report);
		g_array_append_val(question->ids, report->id);
	}
	return asking->error == NULL;
}

static gboolean
hold_all(struct store *store, const GArray *ids, GError **error)
{
	for (guint i = 0; i < ids->len; i++)
		if (!store_report_set_state(store, g_array_index(ids, gint64, i), REPORT_HELD,
			    "not approved", error))
			return FALSE;
	return TRUE;
}

static gboolean
says_yes(const struct question *question)
{
	char answer[16] = "";

	fprintf(stderr, "Send %s (%u)? [y/N] ", question->words, question->ids->len);
	fflush(stderr);
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static gboolean
settle(struct asking *asking, const struct question *question, gboolean yes, GError **error)
{
	if (!yes)
		return hold_all(asking->store, question->ids, error);
	return asking->each ||
	       store_mark_set(asking->store, "provider", question->provider, "approved", error);
}

static gboolean
settle_all(struct asking *asking, gboolean yes, GError **error)
{
	for (guint i = 0; i < asking->order->len; i++) {
		const struct question *question = g_ptr_array_index(asking->order, i);

		if (!settle(asking, question, yes || says_yes(question), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
ask_in_parts(struct asking *asking, gint64 case_id, gboolean yes, GError **error)
{
	const struct report_filter filter = { .case_id = case_id, .state = "ready" };

	if (!store_reports_each(asking->store, &filter, take_report, asking, error))
		return FALSE;
	if (asking->error) {
		g_propagate_error(error, g_steal_pointer(&asking->error));
		return FALSE;
	}
	if (asking->order->len > 0 && !yes && !isatty(STDIN_FILENO)) {
		log_error("nobody is there to say yes: nothing was sent; add --yes to send");
		return FALSE;
	}
	return settle_all(asking, yes, error);
}

gboolean
approval_ask(const struct config *config, struct store *store, gint64 case_id, gint64 report_id,
	gboolean yes, GError **error)
{
	const char *level = config_string(config, "send", "approval");
	const struct report_filter filter = { .case_id = case_id, .state = "ready" };
	struct asking asking = {
		.store = store, .each = strcmp(level, "report") == 0, .only = report_id
	};
	gint64 ready = 0;
	gboolean good;

	if (strcmp(level, "none") == 0 || (yes && strcmp(level, "provider") != 0))
		return TRUE;
	if (strcmp(level, "batch") == 0) {
		if (!store_reports_count(store, &filter, &ready, error))
			return FALSE;
		return ready == 0 || sending_ask(config, report_id ? 1 : ready);
	}
	asking.questions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, question_free);
	asking.order = g_ptr_array_new();
	good = ask_in_parts(&asking, case_id, yes, error);
	g_ptr_array_unref(asking.order);
	g_hash_table_unref(asking.questions);
	return good;
}
