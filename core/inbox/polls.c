#include "inbox/polls.h"

#include "base/log.h"
#include "base/text.h"
#include "inbox/poll-job.h"
#include "inbox/poll-pace.h"

#define TURN_MS 100
/* At once to one provider: an API is asked, not stormed. */
#define PER_PROVIDER 8
/* After so many faults in a row a provider is left alone until the next run. */
#define MAX_FAULTS 3
/* Who asks for patience without saying how much gets this. */
#define PATIENCE_S 300
/* The mark that keeps until when a provider is left alone. */
#define PAUSE "poll-pause"

/* The reports of one provider whose time has come. */
struct line {
	char *provider;
	GArray *ids; /* of gint64 */
	guint at;    /* the next one */
	guint on_wire, faults;
	gint64 until; /* it asked to be left alone until then; 0: it did not */
	gboolean over, warned;
};

struct polls {
	struct exchange_room room;
	const struct polls_options *options;
	struct polls_counts *counts;
	struct net *net;
	GPtrArray *lines;    /* of struct line * */
	GHashTable *line_of; /* provider -> struct line *, borrowed */
	GHashTable *jobs;    /* set of struct poll_job *: on the wire or done */
	GQueue done;	     /* of struct poll_job *, judged and not recorded yet */
	gint64 now, lease;
	guint parallel, on_wire, turn;
};

static void
line_free(void *data)
{
	struct line *line = data;

	g_array_unref(line->ids);
	g_free(line->provider);
	g_free(line);
}

static struct line *
line_for(struct polls *polls, const char *provider)
{
	struct line *line = g_hash_table_lookup(polls->line_of, provider);

	if (line)
		return line;
	line = g_new0(struct line, 1);
	line->provider = g_strdup(provider);
	line->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_ptr_array_add(polls->lines, line);
	g_hash_table_insert(polls->line_of, line->provider, line);
	return line;
}

/* The store knows of the shortest wait only; a provider that takes its time is asked later. */
static void
add_due(const struct poll_due *due, void *user)
{
	struct polls *polls = user;
	const struct profiles *profiles = polls->room.profiles;
	const struct profile *profile = profiles ? profiles_by_id(profiles, due->provider) : NULL;

	if (due->next == 0 && due->sent + poll_base(profile) > polls->now)
		return;
	g_array_append_val(line_for(polls, due->provider)->ids, due->report_id);
	polls->counts->due++;
}

/* ",aws,netcraft,": those that can poll; NULL when there are none. */
static char *
polling_plugins(const struct plugin_host *host)
{
	const GPtrArray *list = plugin_host_list(host);
	g_autoptr(GString) names = g_string_new(",");

	for (guint i = 0; i < list->len; i++) {
		const struct plugin *plugin = list->pdata[i];

		if (!plugin->error && (plugin->api.capabilities & ABATE_CAN_POLL))
			g_string_append_printf(names, "%s,", plugin->name);
	}
	return names->len > 1 ? g_strdup(names->str) : NULL;
}

/* What a run before was asked to wait for. */
static gboolean
read_pauses(struct polls *polls, GError **error)
{
	for (guint i = 0; i < polls->lines->len; i++) {
		struct line *line = polls->lines->pdata[i];
		GError *failure = NULL;
		g_autofree char *mark =
			store_mark_get(polls->room.store, PAUSE, line->provider, &failure);

		if (failure) {
			g_propagate_error(error, failure);
			return FALSE;
		}
		line->until = mark ? g_ascii_strtoll(mark, NULL, 10) : 0;
		line->over = line->until > polls->now;
		if (line->over && !polls->options->dry_run) {
			g_autofree char *time = text_time(line->until);

			log_warning("%s asked for patience: its polls wait until %s",
				line->provider, time);
		}
	}
	return TRUE;
}

static gboolean
stopping(const struct polls *polls)
{
	return polls->options->stop && *polls->options->stop;
}

static void
on_answer(const struct http_answer *answer, void *user)
{
	struct poll_job *job = user;
	struct polls *polls = job->user;

	poll_job_judge(job, answer);
	g_queue_push_tail(&polls->done, job);
}

static void
start(struct polls *polls, struct poll_job *job)
{
	if (!poll_job_start(job, polls->net, on_answer))
		g_queue_push_tail(&polls->done, job);
}

/* The next line with something to ask, each in its turn; NULL when there is none now. */
static struct line *
next_line(struct polls *polls)
{
	for (guint i = 0; i < polls->lines->len; i++) {
		struct line *line = polls->lines->pdata[polls->turn++ % polls->lines->len];

		if (!line->over && line->on_wire < PER_PROVIDER && line->at < line->ids->len)
			return line;
	}
	return NULL;
}

/* Adds the line's next report to jobs, unless another process has it. */
static gboolean
take_one(struct polls *polls, struct line *line, GPtrArray *jobs, GError **error)
{
	const gint64 id = g_array_index(line->ids, gint64, line->at++);
	const gint64 now = text_now();
	struct report *report;
	struct poll_job *job;
	gboolean taken;

	if (!store_poll_take(polls->room.store, id, now, now + polls->lease, &taken, error))
		return FALSE;
	report = taken ? store_report_get(polls->room.store, id, error) : NULL;
	if (!report)
		return !taken;
	job = poll_job_new(&polls->room, report);
	job->user = polls;
	line->on_wire++;
	polls->on_wire++;
	g_hash_table_add(polls->jobs, job);
	g_ptr_array_add(jobs, job);
	return TRUE;
}

/* Fills the wire; one commit for all that start. */
static gboolean
feed(struct polls *polls, GError **error)
{
	g_autoptr(GPtrArray) jobs = g_ptr_array_new();
	struct line *line = next_line(polls);

	if (!line)
		return TRUE;
	if (!store_begin(polls->room.store, error))
		return FALSE;
	for (; line; line = polls->on_wire < polls->parallel ? next_line(polls) : NULL)
		if (!take_one(polls, line, jobs, error)) {
			store_rollback(polls->room.store);
			return FALSE;
		}
	if (!store_commit(polls->room.store, error))
		return FALSE;
	for (guint i = 0; i < jobs->len; i++)
		start(polls, jobs->pdata[i]);
	return TRUE;
}

static guint
left(const struct line *line)
{
	return line->ids->len - line->at;
}

/* One warning a provider, however many of its polls fail. */
static void
warn_once(struct line *line, const struct poll_job *job)
{
	if (!line->warned)
		log_warning("%s, asked about R%" G_GINT64_FORMAT ": %s", line->provider,
			job->report->id,
			job->words ? job->words : "the answer does not tell how the report stands");
	line->warned = TRUE;
}

static gboolean
pause_line(struct polls *polls, struct line *line, const struct poll_job *job, GError **error)
{
	const gint64 wait = job->wait_s ? job->wait_s : PATIENCE_S;
	const gint64 until = text_now() + wait * G_USEC_PER_SEC;
	g_autofree char *time = text_time(until);
	g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, until);

	if (!line->over)
		log_warning("%s asks for patience (%s): its polls wait until %s", line->provider,
			job->words, time);
	line->over = TRUE;
	if (until < line->until + G_USEC_PER_SEC)
		return TRUE;
	line->until = until;
	return store_mark_set(polls->room.store, PAUSE, line->provider, value, error);
}

/* What the answer means for the provider's other reports. */
static gboolean
judge_line(struct polls *polls, struct line *line, const struct poll_job *job, GError **error)
{
	switch (job->outcome) {
	case POLL_TOLD:
		line->faults = 0;
		polls->counts->told++;
		return TRUE;
	case POLL_PAUSE:
		polls->counts->waiting++;
		return pause_line(polls, line, job, error);
	case POLL_LOGIN:
		line->over = TRUE;
		break;
	case POLL_FAULT:
		line->over = line->over || ++line->faults >= MAX_FAULTS;
		break;
	}
	polls->counts->faults++;
	warn_once(line, job);
	return TRUE;
}

static gboolean
record(struct polls *polls, struct poll_job *job, GError **error)
{
	struct line *line = g_hash_table_lookup(polls->line_of, job->report->provider);
	enum poll_news news;
	gboolean is_final;

	if (job->goes_on)
		return TRUE;
	if (!judge_line(polls, line, job, error) ||
		!poll_job_record(job, line->until, &news, &is_final, error))
		return FALSE;
	polls->counts->news += news == POLL_NEWS;
	polls->counts->finished += is_final;
	return TRUE;
}

static void
forget(struct polls *polls, struct poll_job *job)
{
	struct line *line = g_hash_table_lookup(polls->line_of, job->report->provider);

	line->on_wire--;
	polls->on_wire--;
	g_hash_table_remove(polls->jobs, job);
}

/* One commit for all that came in during a turn. */
static gboolean
record_done(struct polls *polls, GError **error)
{
	if (g_queue_is_empty(&polls->done))
		return TRUE;
	if (!store_begin(polls->room.store, error))
		return FALSE;
	for (GList *item = polls->done.head; item; item = item->next)
		if (!record(polls, item->data, error)) {
			store_rollback(polls->room.store);
			return FALSE;
		}
	if (!store_commit(polls->room.store, error))
		return FALSE;
	/* A step that cannot be started comes back into the queue, for the next turn. */
	for (guint n = g_queue_get_length(&polls->done); n > 0; n--) {
		struct poll_job *job = g_queue_pop_head(&polls->done);

		if (job->goes_on)
			start(polls, job);
		else
			forget(polls, job);
	}
	if (polls->options->progress)
		polls->options->progress(polls->counts, polls->options->user);
	return TRUE;
}

static gboolean
run(struct polls *polls, GError **error)
{
	while (TRUE) {
		/* Refilled in groups: a commit for each single one would be slow. */
		if (!stopping(polls) && polls->on_wire <= polls->parallel - polls->parallel / 4 &&
			!feed(polls, error))
			return FALSE;
		if (polls->on_wire == 0)
			return TRUE;
		net_turn(polls->net, TURN_MS);
		if (!record_done(polls, error))
			return FALSE;
	}
}

static void
count_waiting(struct polls *polls)
{
	for (guint i = 0; i < polls->lines->len; i++)
		polls->counts->waiting += left(polls->lines->pdata[i]);
}

/* A line that is left alone waits as a whole. */
static void
count_paused(struct polls *polls)
{
	for (guint i = 0; i < polls->lines->len; i++) {
		const struct line *line = polls->lines->pdata[i];

		polls->counts->waiting += line->over ? left(line) : 0;
	}
}

static gboolean
ask_all(struct polls *polls, const char *plugins, GError **error)
{
	const struct config *config = polls->room.config;
	gboolean fine;

	if (!store_polls_due(
		    polls->room.store, plugins, polls->now, POLL_SHORTEST, add_due, polls, error) ||
		!read_pauses(polls, error))
		return FALSE;
	if (polls->options->dry_run) {
		count_paused(polls);
		return TRUE;
	}
	polls->parallel = (guint)exchange_parallel(config);
	/* Longer than any poll takes, so that after a crash it is asked again soon, but not twice
	 * at once. */
	polls->lease = (CLAMP(config_integer(config, "send", "timeout"), 1, 3600) * 6 + 60) *
		       G_USEC_PER_SEC;
	polls->net = exchange_net(config, polls->parallel, PER_PROVIDER, error);
	if (!polls->net)
		return FALSE;
	fine = run(polls, error);
	count_waiting(polls);
	net_free(polls->net);
	return fine;
}

gboolean
polls_run(struct store *store, const struct config *config, const struct profiles *profiles,
	const struct plugin_host *plugins, const struct polls_options *options,
	struct polls_counts *counts, GError **error)
{
	struct polls polls = { .room = { store, config, profiles, plugins },
		.options = options,
		.counts = counts,
		.now = text_now() };
	g_autofree char *names = polling_plugins(plugins);
	gboolean fine;

	*counts = (struct polls_counts){ 0 };
	if (!names)
		return TRUE;
	polls.room.secrets = secrets_cache_new(config);
	polls.lines = g_ptr_array_new_with_free_func(line_free);
	polls.line_of = g_hash_table_new(g_str_hash, g_str_equal);
	polls.jobs = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)poll_job_free, NULL);
	fine = ask_all(&polls, names, error);
	g_queue_clear(&polls.done);
	g_hash_table_unref(polls.jobs);
	g_hash_table_unref(polls.line_of);
	g_ptr_array_unref(polls.lines);
	secrets_cache_free(polls.room.secrets);
	return fine;
}
