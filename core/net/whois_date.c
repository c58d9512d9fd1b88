#include "net/whois_date.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int
month_of(const char *text)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++)
		if (g_ascii_strncasecmp(text, months + 3 * i, 3) == 0)
			return i + 1;
	return 0;
}

static char *
date_of(int year, int month, int day)
{
	if (year < 1980 || year > 2200 ||
		!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return NULL;
	return g_strdup_printf("%04d-%02d-%02d", year, month, day);
}

/* Patterns of year, month and day; a name for the month has letters. */
static const struct {
	const char *pattern;
	int year, month, day;
} forms[] = {
	{ "^(\\d{4})[-/.]\\s?(\\d{1,2})[-/.]\\s?(\\d{1,2})", 1, 2, 3 },
	{ "^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})", 3, 2, 1 },
	{ "^(\\d{1,2})[- ./]([A-Za-z]{3})[a-z]*[- ./](\\d{4})", 3, 2, 1 },
	{ "^(?:[A-Za-z]{3},? )?([A-Za-z]{3})[a-z]* +(\\d{1,2})(?:,|(?: [\\d:]{8}(?: [A-Z]+)?))? "
	  "+(\\d{4})",
		3, 1, 2 },
	{ "^(\\d{4})-([A-Za-z]{3})-(\\d{1,2})", 1, 2, 3 },
	{ "^(\\d{4})(\\d{2})(\\d{2})(?:\\D|$)", 1, 2, 3 },
	{ "(\\d{4})年(\\d{1,2})月(\\d{1,2})日", 1, 2, 3 },
	{ "^[A-Za-z]{3} (\\d{1,2}) ([A-Za-z]{3}) (\\d{4})", 3, 2, 1 },
};

static char *
by_form(const char *text, gsize form)
{
	g_autoptr(GRegex) regex = g_regex_new(forms[form].pattern, 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *year = NULL;
	g_autofree char *month = NULL;
	g_autofree char *day = NULL;

	if (!g_regex_match(regex, text, 0, &match))
		return NULL;
	year = g_match_info_fetch(match, forms[form].year);
	month = g_match_info_fetch(match, forms[form].month);
	day = g_match_info_fetch(match, forms[form].day);
	return date_of((int)g_ascii_strtoll(year, NULL, 10),
		g_ascii_isalpha(*month) ? month_of(month) : (int)g_ascii_strtoll(month, NULL, 10),
		(int)g_ascii_strtoll(day, NULL, 10));
}

char *
whois_date(const char *text)
{
	gint64 when;

	if (!text || strlen(text) > 100)
		return NULL;
	if (text_time_parse(text, &when))
		return g_strdup(text);
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		char *date = by_form(text, i);

		if (date)
			return date;
	}
	return NULL;
}
