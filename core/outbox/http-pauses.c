#include "outbox/http-pauses.h"

#include "base/text.h"

#define SILENT "the server does not answer"
/* So many requests without an answer in a row, and the provider gets none for so long. */
#define MAX_SILENT 3
#define SILENT_S 300

struct pause {
	gint64 until;
	const char *why;
	guint silent; /* requests without an answer in a row */
};

struct http_pauses {
	struct store *store;
	GHashTable *by_provider; /* -> struct pause * */
};

struct http_pauses *
http_pauses_new(struct store *store)
{
	struct http_pauses *pauses = g_new0(struct http_pauses, 1);

	pauses->store = store;
	pauses->by_provider = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return pauses;
}

void
http_pauses_free(struct http_pauses *pauses)
{
	g_hash_table_unref(pauses->by_provider);
	g_free(pauses);
}

static struct pause *
pause_of(struct http_pauses *pauses, const char *provider)
{
	struct pause *pause = g_hash_table_lookup(pauses->by_provider, provider);

	if (!pause) {
		pause = g_new0(struct pause, 1);
		g_hash_table_insert(pauses->by_provider, g_strdup(provider), pause);
	}
	return pause;
}

static void
add(struct pause *pause, gint64 seconds, const char *why)
{
	const gint64 until = text_now() + seconds * G_USEC_PER_SEC;

	if (until <= pause->until)
		return;
	pause->until = until;
	pause->why = why;
}

void
http_pauses_stall(struct http_pauses *pauses, const char *provider, gint64 seconds)
{
	add(pause_of(pauses, provider), seconds, SILENT);
}

gboolean
http_pauses_are_shared(const struct http_pauses *pauses)
{
	return g_hash_table_size(pauses->by_provider) > 1;
}

static void
note_silence(struct pause *pause)
{
	if (++pause->silent >= MAX_SILENT)
		add(pause, SILENT_S, SILENT);
}

/* It only took its time. */
static void
note_answer(struct pause *pause)
{
	pause->silent = 0;
	if (pause->why && g_str_equal(pause->why, SILENT))
		pause->until = 0;
}

void
http_pauses_note(struct http_pauses *pauses, const struct http_job *job)
{
	struct pause *pause = pause_of(pauses, job->report->provider);

	if (job->answered)
		note_answer(pause);
	else
		note_silence(pause);
	if (job->pause_s)
		add(pause, job->pause_s, "the server asks for patience");
}

gboolean
http_pauses_filter(
	struct http_pauses *pauses, GPtrArray *reports, gint64 *held_back, GError **error)
{
	const gint64 now = text_now();

	for (guint i = 0; i < reports->len;) {
		const struct report *report = g_ptr_array_index(reports, i);
		const struct pause *pause = pause_of(pauses, report->provider);

		if (pause->until <= now) {
			i++;
			continue;
		}
		g_autofree char *time = text_time(pause->until);
		g_autofree char *words =
			g_strdup_printf("held back until %s: %s", time, pause->why);
		if (!store_report_hold_back(pauses->store, report->id, pause->until, words, error))
			return FALSE;
		++*held_back;
		g_ptr_array_remove_index(reports, i);
	}
	return TRUE;
}
