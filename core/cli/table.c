#include "cli/table.h"

#include <libsmartcols.h>
#include <stdio.h>

#include "base/text.h"

/* Widths are found over so many rows; a longer list is printed in parts. */
#define ROWS_MAX 2000

struct table {
	struct libscols_table *rows;
	gsize columns;
	guint filled;
	gboolean printed;
};

static void
add_column(struct table *table, const char *name)
{
	struct libscols_column *column;
	int flags = 0;

	if (*name == '>')
		flags = SCOLS_FL_RIGHT;
	else if (*name == '~')
		flags = SCOLS_FL_TRUNC;
	else if (*name == '|')
		flags = SCOLS_FL_WRAP;
	column = scols_table_new_column(table->rows, flags ? name + 1 : name, 0, flags);
	g_assert(column);
	/* The cells are safe when they get here: smartcols must not escape our escapes. */
	scols_column_set_safechars(column, "\\");
	table->columns++;
}

struct table *
table_new(const char *const *columns)
{
	struct table *table = g_new0(struct table, 1);

	table->rows = scols_new_table();
	/* It fails only without memory, where GLib ends the program too. */
	g_assert(table->rows);
	for (; *columns; columns++)
		add_column(table, *columns);
	return table;
}

void
table_least_width(struct table *table, gsize width)
{
	/* Piped, there is no width at all. */
	if (scols_table_get_termwidth(table->rows) < width)
		scols_table_set_termwidth(table->rows, width);
}

static void
print_part(struct table *table)
{
	if (table->printed)
		scols_table_enable_noheadings(table->rows, 1);
	scols_print_table(table->rows);
	scols_table_remove_lines(table->rows);
	table->filled = 0;
	table->printed = TRUE;
}

void
table_row(struct table *table, const char *const *cells)
{
	struct libscols_line *line;

	if (table->filled == ROWS_MAX)
		print_part(table);
	line = scols_table_new_line(table->rows, NULL);
	g_assert(line);
	for (gsize i = 0; i < table->columns; i++) {
		g_autofree char *safe = text_for_terminal(cells[i] ? cells[i] : "-");

		scols_line_set_data(line, i, safe);
	}
	table->filled++;
}

void
table_print(struct table *table)
{
	if (table->filled > 0)
		print_part(table);
}

void
table_free(struct table *table)
{
	if (!table)
		return;
	scols_unref_table(table->rows);
	g_free(table);
}

void
json_line(json_t *object)
{
	/* ASCII alone: no character of the data reaches a terminal as itself. */
	json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(object);
}

json_t *
json_text(const char *text)
{
	g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

	return valid ? json_string(valid) : json_null();
}

json_t *
json_time(gint64 microseconds)
{
	g_autofree char *text = text_time(microseconds);

	return text ? json_string(text) : json_null();
}

json_t *
json_id(char letter, gint64 id)
{
	return id ? json_sprintf("%c%" G_GINT64_FORMAT, letter, id) : json_null();
}
