/* What the tests of the store share. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

#include "base/reference.h"
#include "base/text.h"
#include "store/store.h"

/* A store in a folder of its own. */
struct fixture {
	char *folder, *file, *url;
	struct store *store;
};

static inline void
fixture_set_up(struct fixture *fixture, gconstpointer data)
{
	GError *error = NULL;

	(void)data;
	fixture->folder = g_dir_make_tmp("abate-store-XXXXXX", NULL);
	fixture->file = g_build_filename(fixture->folder, "abate.db", NULL);
	fixture->url = g_strconcat("sqlite:", fixture->file, NULL);
	fixture->store = store_open(fixture->url, TRUE, &error);
	g_assert_no_error(error);
}

static inline void
fixture_tear_down(struct fixture *fixture, gconstpointer data)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	(void)data;
	store_close(fixture->store);
	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autofree char *name = g_strconcat(fixture->file, ends[i], NULL);

		g_unlink(name);
	}
	g_rmdir(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture->file);
	g_free(fixture->url);
}

static inline gint64
add_case(struct store *store, const char *title)
{
	g_autoptr(AbuseCase) abuse_case = abuse_case_new();
	GError *error = NULL;

	abuse_case->title = g_strdup(title);
	abuse_case->type = g_strdup("phishing");
	abuse_case->nature = NATURE_MALICIOUS;
	abuse_case->tlp = TLP_AMBER;
	store_case_add(store, abuse_case, &error);
	g_assert_no_error(error);
	return abuse_case->id;
}

static inline struct indicator *
make_url(gint64 case_id, const char *value)
{
	struct indicator *indicator = indicator_new();

	indicator->case_id = case_id;
	indicator->type = INDICATOR_URL;
	indicator->value = g_strdup(value);
	indicator->original = g_strdup(value);
	indicator->host = g_strdup("www.example.org");
	indicator->domain = g_strdup("example.org");
	indicator->suffix = g_strdup("org");
	return indicator;
}

static inline gint64
add_url(struct store *store, gint64 case_id, const char *value)
{
	g_autoptr(Indicator) indicator = make_url(case_id, value);
	GError *error = NULL;

	store_indicator_add(store, indicator, NULL, &error);
	g_assert_no_error(error);
	return indicator->id;
}

static inline gint64
add_report(struct store *store, gint64 case_id, gint64 indicator_id, const char *provider,
	enum report_state state)
{
	g_autoptr(Report) report = report_new();
	GError *error = NULL;

	report->case_id = case_id;
	report->provider = g_strdup(provider);
	report->kind = g_strdup("registrar");
	report->plugin = g_strdup("registrar");
	report->channel = CHANNEL_MAIL;
	report->rung = RUNG_REGISTRAR;
	report->to = g_strdup("abuse@example.net");
	report->state = state;
	report->reference = reference_new();
	g_array_append_val(report->indicators, indicator_id);
	store_report_add(store, report, &error);
	g_assert_no_error(error);
	return report->id;
}
