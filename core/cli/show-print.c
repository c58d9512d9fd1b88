#include "cli/show-print.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/table.h"

/* What a list of objects shows of each, in columns; the rest is in --json. */
static const struct {
	const char *name, *columns[8];
} lists[] = {
	{ "evidence", { "name", "media_type", ">size", "sha256" } },
	{ "reports", { "id", "provider", "channel", "to", "state", "sent" } },
	{ "follow_ups", { "id", "channel", "to", "state", "sent" } },
	{ "indicators", { "id", "type", "~value", "state", "seen_down", "back_up" } },
	{ "routes", { "rung", "provider", "channel", "to", "ask", "~source", "~reason" } },
	{ "outages", { "seen_up", "down", "back_up" } },
	{ "sightings", { "at", "method", "verdict", "vantage", "~detail" } },
	{ "replies", { "id", "received", "class", "match", "ticket", "from", "~subject" } },
	{ "headers", { "name", "value" } },
	{ "events", { ">id", "at", "kind", "~detail" } },
};

/* As shown; NULL for null. Free with g_free. */
static char *
value_text(const json_t *value)
{
	char *dump, *text;

	if (!value || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return g_strdup(json_string_value(value));
	if (json_is_boolean(value))
		return g_strdup(json_is_true(value) ? "yes" : "no");
	dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	text = g_strdup(dump);
	free(dump);
	return text;
}

static void
print_member(const char *key, const json_t *value)
{
	g_autofree char *text = value_text(value);
	g_autofree char *safe = text ? text_for_terminal(text) : NULL;
	g_autofree char *label = g_strdelimit(g_strdup(key), "_", ' ');

	if (safe)
		printf("%-14s %s\n", label, safe);
}

static void
print_row(struct table *table, const char *const *columns, const json_t *object)
{
	const char *cells[8] = { NULL };

	for (gsize i = 0; columns[i]; i++)
		cells[i] =
			value_text(json_object_get(object, columns[i] + strspn(columns[i], ">~")));
	table_row(table, cells);
	for (gsize i = 0; columns[i]; i++)
		g_free((char *)cells[i]);
}

static void
print_list(const char *name, const char *const *columns, const json_t *list)
{
	g_autoptr(Table) table = NULL;

	if (json_array_size(list) == 0)
		return;
	printf("\n%s\n", name);
	table = table_new(columns);
	for (size_t i = 0; i < json_array_size(list); i++)
		print_row(table, columns, json_array_get(list, i));
	table_print(table);
}

/* Lines of a mail's text that are shown; the rest is in --raw. */
#define LINES_MAX 400

static void
print_text(const char *text)
{
	g_autofree char *trimmed = g_strchomp(g_strdup(text ? text : ""));
	g_auto(GStrv) lines = g_strsplit(trimmed, "\n", LINES_MAX + 1);
	const gboolean is_cut = g_strv_length(lines) > LINES_MAX;

	if (!text)
		return;
	printf("\ntext\n");
	for (guint i = 0; i < LINES_MAX && lines[i]; i++) {
		g_autofree char *safe = text_for_terminal(g_strchomp(lines[i]));

		printf("  %s\n", safe);
	}
	if (is_cut)
		printf("  … (`abate show --raw` has the rest)\n");
}

void
show_print(const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		if (!json_is_array(value) && strcmp(key, "text") != 0)
			print_member(key, value);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		print_list(lists[i].name, lists[i].columns, json_object_get(object, lists[i].name));
	print_text(json_string_value(json_object_get(object, "text")));
}
