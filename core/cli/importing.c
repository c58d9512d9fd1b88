#include "cli/importing.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define MAX_EVIDENCE (64 << 20)

GOptionEntry *
import_option_entries(struct import_options *options)
{
	const GOptionEntry entries[] = {
		{ "case", 0, 0, G_OPTION_ARG_STRING, &options->title,
			"Title of the case; one of that title is carried on", "TITLE" },
		{ "type", 0, 0, G_OPTION_ARG_STRING, &options->type,
			"Kind of abuse, as in X-ARF v4 (default: phishing)", "TYPE" },
		{ "nature", 0, 0, G_OPTION_ARG_STRING, &options->nature,
			"malicious (registered for abuse), compromised, or unknown (default)",
			"NATURE" },
		{ "tlp", 0, 0, G_OPTION_ARG_STRING, &options->tlp,
			"Traffic light: clear (default), green, amber, amber+strict, red", "TLP" },
		{ "description", 0, 0, G_OPTION_ARG_STRING, &options->description,
			"Why it is abuse, in your words: it goes into the reports", "TEXT" },
		{ "evidence", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->evidence,
			"A file to attach; may be given more than once", "FILE" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &options->format,
			"csv, jsonl, xarf, text or auto (default)", "FORMAT" },
		{ "column", 0, 0, G_OPTION_ARG_STRING, &options->column,
			"CSV: the column that holds the indicator", "NAME" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	return g_memdup2(entries, sizeof entries);
}

void
import_options_clear(struct import_options *options)
{
	g_free(options->title);
	g_free(options->type);
	g_free(options->nature);
	g_free(options->tlp);
	g_free(options->description);
	g_free(options->format);
	g_free(options->column);
	g_strfreev(options->evidence);
}

static gboolean
usage_error(GError **error, const char *option, const char *value, const char *wants)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s %s: it wants %s", option,
		value, wants);
	return FALSE;
}

/* Puts what the command line says into the case. */
static gboolean
apply_options(struct abuse_case *abuse_case, const struct import_options *options, GError **error)
{
	if (options->nature && !nature_parse(options->nature, &abuse_case->nature))
		return usage_error(
			error, "nature", options->nature, "malicious, compromised or unknown");
	if (options->tlp && !tlp_parse(options->tlp, &abuse_case->tlp))
		return usage_error(
			error, "tlp", options->tlp, "clear, green, amber, amber+strict or red");
	if (options->type && !xarf_category(options->type))
		return usage_error(error, "type", options->type,
			"an X-ARF v4 type, as phishing, malware, fraud, botnet, spam or "
			"suspicious_registration (abate(1) lists them)");
	if (options->type) {
		g_free(abuse_case->type);
		abuse_case->type = g_strdup(options->type);
	}
	if (options->description) {
		g_free(abuse_case->description);
		abuse_case->description = g_utf8_make_valid(options->description, -1);
	}
	return TRUE;
}

static char *
default_title(char **files)
{
	g_autofree char *name = strcmp(files[0], "-") == 0 ? g_strdup("standard input")
							   : g_path_get_basename(files[0]);
	g_autofree char *valid = g_utf8_make_valid(name, -1);
	g_autofree char *now = text_time(text_now());

	now[10] = '\0'; /* the day is enough */
	return g_strdup_printf("%s %s", valid, now);
}

/* Asked before anything is stored: a mistyped name leaves no empty case behind. */
static gboolean
files_are_readable(char **files, GError **error)
{
	for (; files && *files; files++) {
		gboolean is_input = strcmp(*files, "-") == 0;
		int problem = is_input || access(*files, R_OK) == 0 ? 0 : errno;

		if (!problem && g_file_test(*files, G_FILE_TEST_IS_DIR) && !is_input)
			problem = EISDIR;
		if (problem) {
			g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(problem),
				"%s: cannot be read: %s", *files, g_strerror(problem));
			return FALSE;
		}
	}
	return TRUE;
}

static struct abuse_case *
open_case(struct store *store, const struct import_options *options, char **files, GError **error)
{
	g_autofree char *title =
		options->title ? g_utf8_make_valid(options->title, -1) : default_title(files);
	g_autoptr(GError) failure = NULL;
	g_autoptr(AbuseCase) abuse_case = store_case_by_title(store, title, &failure);
	gboolean is_new = !abuse_case;

	if (failure) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	if (is_new) {
		abuse_case = abuse_case_new();
		abuse_case->title = g_steal_pointer(&title);
	}
	if (!apply_options(abuse_case, options, error) || !files_are_readable(files, error) ||
		!files_are_readable(options->evidence, error))
		return NULL;
	if (!(is_new ? store_case_add(store, abuse_case, error)
		     : store_case_update(store, abuse_case, error)))
		return NULL;
	return g_steal_pointer(&abuse_case);
}

/* By the file's ending; what is not known stays a plain stream of bytes. */
static const char *
media_type(const char *name)
{
	static const char *const types[][2] = {
		{ ".png", "image/png" },
		{ ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" },
		{ ".gif", "image/gif" },
		{ ".webp", "image/webp" },
		{ ".pdf", "application/pdf" },
		{ ".txt", "text/plain" },
		{ ".log", "text/plain" },
		{ ".csv", "text/csv" },
		{ ".html", "text/html" },
		{ ".json", "application/json" },
		{ ".eml", "message/rfc822" },
		{ ".pcap", "application/vnd.tcpdump.pcap" },
	};
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_has_suffix(lower, types[i][0]))
			return types[i][1];
	return "application/octet-stream";
}

static gboolean
add_evidence(struct store *store, gint64 case_id, const char *file, GError **error)
{
	g_autoptr(Evidence) evidence = g_new0(struct evidence, 1);
	g_autofree char *base = g_path_get_basename(file);
	char *content = NULL;
	gsize length;

	if (!g_file_get_contents(file, &content, &length, error)) {
		g_prefix_error(error, "evidence: ");
		return FALSE;
	}
	evidence->content = g_bytes_new_take(content, length);
	if (length > MAX_EVIDENCE) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			"evidence: %s: larger than %d MiB, which no mail server takes", file,
			MAX_EVIDENCE >> 20);
		return FALSE;
	}
	evidence->case_id = case_id;
	evidence->name = g_utf8_make_valid(base, -1);
	evidence->media_type = g_strdup(media_type(base));
	evidence->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, evidence->content);
	return store_evidence_add(store, evidence, error);
}

struct import {
	struct store *store;
	struct import_counts *counts;
	gint64 case_id;
	char *xarf_type; /* of the first X-ARF report */
	GError *error;	 /* the store's; ends the reading */
};

static gboolean
on_indicator(const struct indicator *indicator, void *user)
{
	struct import *import = user;
	struct indicator row = *indicator; /* strings stay the sender's */
	gboolean is_new;

	row.case_id = import->case_id;
	import->counts->read++;
	if (!store_indicator_add(import->store, &row, &is_new, &import->error))
		return FALSE;
	if (is_new)
		import->counts->added++;
	else
		import->counts->doubles++;
	return TRUE;
}

static gboolean
on_fault(const char *file, gint64 line, gint64 column, const char *reason, void *user)
{
	struct import *import = user;

	import->counts->faults++;
	if (column)
		log_error("%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ": %s", file, line, column,
			reason);
	else
		log_error("%s:%" G_GINT64_FORMAT ": %s", file, line, reason);
	return TRUE;
}

static void
on_xarf_type(const char *category G_GNUC_UNUSED, const char *type, void *user)
{
	struct import *import = user;

	if (!import->xarf_type && xarf_category(type))
		import->xarf_type = g_strdup(type);
}

/* One event for a file, not one for each of its million lines. */
static gboolean
record_import(
	struct import *import, const char *file, const struct import_counts *before, GError **error)
{
	const struct import_counts *now = import->counts;
	g_autofree char *subject = g_strdup_printf("C%" G_GINT64_FORMAT, import->case_id);
	g_autofree char *name = g_path_get_basename(file);
	g_autofree char *valid = g_utf8_make_valid(name, -1);
	g_autofree char *detail = NULL;

	for (char *c = valid; *c; c++) /* so that it needs no escapes in JSON */
		if (*c == '"' || *c == '\\' || (guchar)*c < 0x20)
			*c = '_';
	detail = g_strdup_printf("{\"file\":\"%s\",\"read\":%" G_GINT64_FORMAT
				 ",\"added\":%" G_GINT64_FORMAT ",\"faults\":%" G_GINT64_FORMAT "}",
		valid, now->read - before->read, now->added - before->added,
		now->faults - before->faults);
	return store_event_add(import->store, subject, "indicators.imported", detail, error);
}

static gboolean
import_file(struct import *import, const char *file, const struct intake_options *intake,
	GError **error)
{
	const struct intake_sink sink = { .indicator = on_indicator,
		.fault = on_fault,
		.xarf_type = on_xarf_type,
		.user = import };
	const struct import_counts before = *import->counts;
	gboolean fine;

	if (!store_begin(import->store, error))
		return FALSE;
	fine = intake_read(file, intake, &sink, error);
	if (fine && import->error) {
		g_propagate_error(error, g_steal_pointer(&import->error));
		fine = FALSE;
	}
	g_clear_error(&import->error);
	if (fine && record_import(import, file, &before, error) &&
		store_commit(import->store, error))
		return TRUE;
	store_rollback(import->store);
	return FALSE;
}

/* The type that nobody named: X-ARF's, else phishing, and the analyst is told. */
static gboolean
settle_type(
	struct store *store, struct abuse_case *abuse_case, const char *from_xarf, GError **error)
{
	if (abuse_case->type)
		return TRUE;
	abuse_case->type = g_strdup(from_xarf ? from_xarf : "phishing");
	if (!from_xarf)
		log_warning("no --type given: the case is taken as phishing");
	return store_case_update(store, abuse_case, error);
}

gboolean
import_files(struct store *store, const struct import_options *options, char **files,
	gint64 *case_id, struct import_counts *counts, GError **error)
{
	struct intake_options intake = { INTAKE_DETECT, options->column };
	struct import import = { .store = store, .counts = counts };
	g_autofree char *xarf_type = NULL;
	g_autoptr(AbuseCase) abuse_case = NULL;
	gboolean fine = TRUE;

	*counts = (struct import_counts){ 0 };
	if (options->format && !intake_format_parse(options->format, &intake.format))
		return usage_error(
			error, "format", options->format, "csv, jsonl, xarf, text or auto");
	abuse_case = open_case(store, options, files, error);
	if (!abuse_case)
		return FALSE;
	*case_id = import.case_id = abuse_case->id;
	for (int i = 0; fine && options->evidence && options->evidence[i]; i++)
		fine = add_evidence(store, abuse_case->id, options->evidence[i], error);
	for (int i = 0; fine && files[i]; i++)
		fine = import_file(&import, files[i], &intake, error);
	xarf_type = import.xarf_type;
	return fine && settle_type(store, abuse_case, xarf_type, error);
}
