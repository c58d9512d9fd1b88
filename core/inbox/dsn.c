#include "inbox/dsn.h"

#include <string.h>

#include "inbox/flow.h"

/* Recipients that are read of one report. */
#define GROUPS_MAX 256

void
dsn_free(struct dsn *dsn)
{
	if (!dsn)
		return;
	g_free(dsn->action);
	g_free(dsn->recipient);
	g_free(dsn->status);
	g_free(dsn->diagnostic);
	g_free(dsn->comment);
	g_free(dsn);
}

/* The address of "rfc822; <user@example.org>": the type and the brackets fall away. */
static char *
address_of(const char *value)
{
	const char *semicolon = strchr(value, ';');
	g_autofree char *address = g_strstrip(g_strdup(semicolon ? semicolon + 1 : value));
	char *open = strchr(address, '<');
	char *start = open ? open + 1 : address;

	start[strcspn(start, "> \t")] = '\0';
	return strchr(start, '@') ? g_strdup(start) : NULL;
}

/* "smtp; 550 No such user" without the type. */
static char *
words_of(const char *value)
{
	const char *semicolon = strchr(value, ';');
	gboolean typed = semicolon && semicolon - value < 16;

	return g_strstrip(flow_line(typed ? semicolon + 1 : value));
}

static gsize
digits(const char *at)
{
	gsize n = 0;

	while (g_ascii_isdigit(at[n]))
		n++;
	return n;
}

/* The length of the "d.d.d" that is there; 0 when it is none. */
static gsize
status_length(const char *at)
{
	gsize subject, detail;

	if (!strchr("245", *at) || !*at || at[1] != '.')
		return 0;
	subject = digits(at + 2);
	if (subject < 1 || subject > 3 || at[2 + subject] != '.')
		return 0;
	detail = digits(at + 3 + subject);
	return detail < 1 || detail > 3 ? 0 : 3 + subject + detail;
}

char *
dsn_status(const char *value)
{
	for (const char *at = value; *at; at++) {
		gsize length = at > value && (g_ascii_isalnum(at[-1]) || at[-1] == '.')
				       ? 0
				       : status_length(at);

		if (length > 0 && at[length] != '.' && !g_ascii_isalnum(at[length]))
			return g_strndup(at, length);
		/* A full stop may end the sentence. */
		if (length > 0 && at[length] == '.' && !g_ascii_isalnum(at[length + 1]))
			return g_strndup(at, length);
	}
	return NULL;
}

static void
keep(char **slot, char *value)
{
	if (*slot)
		g_free(value);
	else
		*slot = value;
}

/* Some say why behind the code: "5.0.0 (over quota)", "553 Too big". */
static void
take_status(struct dsn *dsn, const char *value)
{
	const char *comment = value + strspn(value, "0123456789. \t(");
	g_autofree char *words = g_strndup(comment, strcspn(comment, ")"));

	keep(&dsn->status, dsn_status(value));
	if (*words)
		keep(&dsn->comment, words_of(words));
}

static void
take_field(struct dsn *dsn, const char *name, const char *value)
{
	if (g_ascii_strcasecmp(name, "final-recipient") == 0)
		keep(&dsn->recipient, address_of(value));
	else if (g_ascii_strcasecmp(name, "original-recipient") == 0) {
		/* What we wrote to, where it was sent on. */
		char *address = address_of(value);
		if (address) {
			g_free(dsn->recipient);
			dsn->recipient = address;
		}
	} else if (g_ascii_strcasecmp(name, "action") == 0) {
		g_autofree char *word = g_ascii_strdown(value, -1);
		word[strspn(word, "abcdefghijklmnopqrstuvwxyz")] = '\0';
		keep(&dsn->action, g_steal_pointer(&word));
	} else if (g_ascii_strcasecmp(name, "status") == 0)
		take_status(dsn, value);
	else if (g_ascii_strcasecmp(name, "diagnostic-code") == 0)
		keep(&dsn->diagnostic, words_of(value));
}

/* Folded lines become one. */
static void
unfold(char *group)
{
	for (char *end = strchr(group, '\n'); end; end = strchr(end + 1, '\n'))
		if (end[1] == ' ' || end[1] == '\t')
			*end = ' ';
}

/* What an SMTP reply means: "550 …" has failed, "450 …" waits; NULL: it is none. */
static const char *
action_of_reply(const char *diagnostic)
{
	if (!diagnostic || !g_ascii_isdigit(diagnostic[0]) || !g_ascii_isdigit(diagnostic[1]) ||
		!g_ascii_isdigit(diagnostic[2]) || g_ascii_isalnum(diagnostic[3]))
		return NULL;
	return diagnostic[0] == '5' ? "failed" : diagnostic[0] == '4' ? "delayed" : NULL;
}

/* One group of fields. */
static struct dsn *
read_group(const char *group)
{
	struct dsn *dsn = g_new0(struct dsn, 1);
	g_autofree char *flat = g_strdup(group);
	unfold(flat);
	g_auto(GStrv) lines = g_strsplit(flat, "\n", 256);

	for (char **line = lines; *line; line++) {
		char *colon = strchr(*line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		take_field(dsn, g_strstrip(*line), g_strstrip(colon + 1));
	}
	if (!dsn->diagnostic)
		dsn->diagnostic = g_steal_pointer(&dsn->comment);
	if (!dsn->status && dsn->diagnostic)
		dsn->status = dsn_status(dsn->diagnostic);
	/* Some leave both out: the other server's reply code is left. */
	if (!dsn->status && !dsn->action && dsn->recipient)
		dsn->action = g_strdup(action_of_reply(dsn->diagnostic));
	return dsn;
}

static int
weight(const struct dsn *dsn)
{
	if (!dsn || (!dsn->action && !dsn->status))
		return 0;
	if (g_strcmp0(dsn->action, "failed") == 0)
		return 4;
	if (g_strcmp0(dsn->action, "delayed") == 0)
		return 3;
	return dsn->action ? 2 : 1;
}

/* Lines of white space alone become empty, so that groups are apart by two line ends. */
static char *
clean_lines(const char *text)
{
	GString *clean = g_string_sized_new(strlen(text) + 1);

	while (*text) {
		gsize length = strcspn(text, "\n");

		if (strspn(text, " \t\r") < length)
			g_string_append_len(clean, text, (gssize)length);
		g_string_append_c(clean, '\n');
		text += length;
		text += *text == '\n';
	}
	g_strdelimit(clean->str, "\r", ' ');
	return g_string_free(clean, FALSE);
}

struct dsn *
dsn_parse(const char *text)
{
	g_autofree char *clean = clean_lines(text);
	g_auto(GStrv) groups = g_strsplit(clean, "\n\n", GROUPS_MAX);
	g_autoptr(Dsn) best = NULL;

	for (char **group = groups; *group; group++) {
		g_autoptr(Dsn) dsn = read_group(*group);
		if (weight(dsn) > weight(best)) {
			dsn_free(best);
			best = g_steal_pointer(&dsn);
		}
	}
	return g_steal_pointer(&best);
}
