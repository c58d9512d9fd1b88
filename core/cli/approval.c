#include "cli/approval.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/sending.h"
#include "cli/trusted.h"

/* Ready reports that one answer is about. */
struct question {
	char *provider, *words;
	GArray *ids; /* of gint64 */
};

enum level { LEVEL_BATCH, LEVEL_PROVIDER, LEVEL_REPORT };

struct asking {
	const struct config *config;
	struct store *store;
	struct trusted *trusted;
	enum level level; /* one question for all, a provider or a report */
	gint64 only;
	gint64 free; /* reports that need no question */
	gint64 held;
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
	const char *const keys[] = { "", report->provider, id };
	const char *key = keys[asking->level];
	struct question *question = g_hash_table_lookup(asking->questions, key);

	if (question)
		return question;
	g_autofree char *name =
		text_for_terminal(report->provider_name ? report->provider_name : report->provider);
	g_autofree char *to = text_for_terminal(report->to);
	question = g_new0(struct question, 1);
	question->provider = g_strdup(report->provider);
	question->words = asking->level == LEVEL_REPORT
				  ? g_strdup_printf("%s to %s <%s>", id, name, to)
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
	if (trusted_has(asking->trusted, report, &asking->error) ||
		(asking->level == LEVEL_PROVIDER && is_approved(asking, report->provider))) {
		asking->free++;
	} else {
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
says_yes(const struct asking *asking, const struct question *question)
{
	char answer[16] = "";

	if (asking->level == LEVEL_BATCH)
		return sending_ask(asking->config, question->ids->len);
	fprintf(stderr, "Send %s (%u)? [y/N] ", question->words, question->ids->len);
	fflush(stderr);
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static gboolean
settle(struct asking *asking, const struct question *question, gboolean yes, GError **error)
{
	if (!yes) {
		asking->held += question->ids->len;
		return hold_all(asking->store, question->ids, error);
	}
	return asking->level != LEVEL_PROVIDER ||
	       store_mark_set(asking->store, "provider", question->provider, "approved", error);
}

/* ask: somebody is there; else the answer is yes. */
static gboolean
settle_all(struct asking *asking, gboolean ask, gboolean yes, GError **error)
{
	for (guint i = 0; i < asking->order->len; i++) {
		const struct question *question = g_ptr_array_index(asking->order, i);

		if (!settle(asking, question, ask ? says_yes(asking, question) : yes, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
collect(struct asking *asking, gint64 case_id, GError **error)
{
	const struct report_filter filter = { .case_id = case_id, .state = "ready" };

	if (!store_reports_each(asking->store, &filter, take_report, asking, error))
		return FALSE;
	if (!asking->error)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&asking->error));
	return FALSE;
}

static gboolean
ask_collected(struct asking *asking, gboolean yes, GError **error)
{
	if (asking->order->len == 0 || yes)
		return settle_all(asking, FALSE, yes, error);
	if (isatty(STDIN_FILENO)) {
		/* Nothing is held where nothing goes: the batch stays ready. */
		if (asking->level == LEVEL_BATCH && asking->free == 0)
			return says_yes(asking, g_ptr_array_index(asking->order, 0));
		return settle_all(asking, TRUE, FALSE, error);
	}
	if (asking->free == 0) {
		log_error("nobody is there to say yes: nothing was sent; add --yes to send");
		return FALSE;
	}
	log_warning("nobody is there to say yes: only what needs none goes, the rest is held");
	return settle_all(asking, FALSE, FALSE, error);
}

gboolean
approval_ask(const struct config *config, struct store *store, gint64 case_id, gint64 report_id,
	gboolean yes, gint64 *held, GError **error)
{
	const char *level = config_string(config, "send", "approval");
	g_autoptr(Trusted) trusted = NULL;
	struct asking asking = {
		.config = config, .store = store, .level = LEVEL_BATCH, .only = report_id
	};
	gboolean good;

	*held = 0;
	if (strcmp(level, "provider") == 0)
		asking.level = LEVEL_PROVIDER;
	else if (strcmp(level, "report") == 0)
		asking.level = LEVEL_REPORT;
	if (strcmp(level, "none") == 0 || (yes && asking.level != LEVEL_PROVIDER))
		return TRUE;
	trusted = trusted_new(config, store);
	asking.trusted = trusted;
	asking.questions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, question_free);
	asking.order = g_ptr_array_new();
	good = collect(&asking, case_id, error) && ask_collected(&asking, yes, error);
	*held = asking.held;
	g_ptr_array_unref(asking.order);
	g_hash_table_unref(asking.questions);
	return good;
}
