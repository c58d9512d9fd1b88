#include "inbox/dsn.h"

#include <string.h>

void
dsn_free(struct dsn *dsn)
{
	if (!dsn)
		return;
	g_free(dsn->action);
	g_free(dsn->recipient);
	g_free(dsn->status);
	g_free(dsn->diagnostic);
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

	return g_strstrip(g_strdup(typed ? semicolon + 1 : value));
}

/* The first "d.d.d" of a value; NULL when there is none. */
static char *
status_of(const char *value)
{
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GRegex) regex =
		g_regex_new("\\b([245]\\.\\d{1,3}\\.\\d{1,3})\\b", G_REGEX_OPTIMIZE, 0, NULL);

	return g_regex_match(regex, value, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

static void
keep(char **slot, char *value)
{
	if (*slot)
		g_free(value);
	else
		*slot = value;
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
		keep(&dsn->status, status_of(value));
	else if (g_ascii_strcasecmp(name, "diagnostic-code") == 0)
		keep(&dsn->diagnostic, words_of(value));
}

/* One group of fields, unfolded. */
static struct dsn *
read_group(const char *group)
{
	struct dsn *dsn = g_new0(struct dsn, 1);
	g_autoptr(GRegex) fold = g_regex_new("\\n[ \\t]+", 0, 0, NULL);
	g_autofree char *flat = g_regex_replace_literal(fold, group, -1, 0, " ", 0, NULL);
	g_auto(GStrv) lines = g_strsplit(flat, "\n", 256);

	for (char **line = lines; *line; line++) {
		char *colon = strchr(*line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		take_field(dsn, g_strstrip(*line), g_strstrip(colon + 1));
	}
	if (dsn->status || !dsn->diagnostic)
		return dsn;
	dsn->status = status_of(dsn->diagnostic);
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

struct dsn *
dsn_parse(const char *text)
{
	g_autofree char *clean = g_strdup(text);
	g_auto(GStrv) groups = NULL;
	g_autoptr(Dsn) best = NULL;

	g_strdelimit(clean, "\r", ' ');
	g_autoptr(GRegex) blank = g_regex_new("\\n[ \\t]*\\n", 0, 0, NULL);
	groups = g_regex_split_full(blank, clean, -1, 0, 0, 256, NULL);
	for (char **group = groups; group && *group; group++) {
		g_autoptr(Dsn) dsn = read_group(*group);
		if (weight(dsn) > weight(best)) {
			dsn_free(best);
			best = g_steal_pointer(&dsn);
		}
	}
	return g_steal_pointer(&best);
}
