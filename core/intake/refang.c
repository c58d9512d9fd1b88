#include "intake/refang.h"

#include <string.h>

#include "intake/intake.h"

static const struct {
	const char *text, *meaning;
} words[] = {
	{ "://", "://" },
	{ ".", "." },
	{ "dot", "." },
	{ "punkt", "." },
	{ "punto", "." },
	{ "point", "." },
	{ ",", "." },
	{ "@", "@" },
	{ "at", "@" },
	{ "arroba", "@" },
	{ ":", ":" },
	{ "/", "/" },
	{ "-", "-" },
	{ "et", "@" },
	{ "www", "www" },
};

static const char *
skip_spaces(const char *p)
{
	while (*p == ' ')
		p++;
	return p;
}

static gboolean
is_name_byte(char c)
{
	return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

/* The word at p: its length and meaning; 0 when there is none. */
static gsize
word_at(const char *p, const char **meaning)
{
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		gsize length = strlen(words[i].text);

		if (g_ascii_strncasecmp(p, words[i].text, length) == 0) {
			*meaning = words[i].meaning;
			return length;
		}
	}
	return 0;
}

/* Brackets at p, with spaces between; behind at most `most` of them. */
static const char *
skip_brackets(const char *p, const char *set, gsize most, gsize *found)
{
	*found = 0;
	for (const char *next = skip_spaces(p); *next && *found < most; next = skip_spaces(next)) {
		if (*next == '\\' && next[1] && strchr(set, next[1]))
			next++;
		if (!strchr(set, *next))
			break;
		++*found;
		p = ++next;
	}
	return p;
}

/* "[.]", " ( dot ) ", "{at}", "[[.]]": brackets around a word, with spaces or without. */
static const char *
bracketed(const char *text, const char *p, const char **meaning)
{
	const char *start = skip_spaces(p);
	gboolean in_name = p > text && start == p && is_name_byte(p[-1]);
	const char *inside;
	gsize opened, closed, length;

	if (start > p && p == text)
		return NULL;
	/* Some turn the brackets around: "a].[b". */
	inside = skip_spaces(skip_brackets(start, in_name ? "[({<])}>" : "[({<", 8, &opened));
	length = opened ? word_at(inside, meaning) : 0;
	if (length == 0)
		return NULL;
	inside = skip_brackets(inside + length, in_name ? "[({<])}>" : "])}>", opened, &closed);
	if (closed == 0 || (in_name && !strchr("])}>", inside[-1]) && !is_name_byte(*inside)))
		return NULL;
	/* Spaces behind belong to it only when spaces were in front: "a [.] b", but "a[.] b" ends.
	 */
	return start > p ? skip_spaces(inside) : inside;
}

/* "a[.b", "a(.b", "a.]b", "a\.b", "a[dotb": half a bracket; only inside of a name. */
static const char *
half(const char *text, const char *p, const char **meaning)
{
	const char *after = NULL;

	if (p == text || !is_name_byte(p[-1]))
		return NULL;
	if (*p == '\\') {
		after = p + strspn(p, "\\");
		if (*after != '.')
			return NULL;
		after++;
	} else if (strchr("[({", *p) && p[1] == '.') {
		after = p + 2;
	} else if (strchr("[({", *p) && g_ascii_strncasecmp(p + 1, "dot", 3) == 0) {
		after = p + 4;
	} else if (*p == '[' && p[1] == '/') {
		*meaning = "/";
		return p + 2;
	} else if (*p == '.' && p[1] && strchr("])}", p[1])) {
		after = p + 2;
	}
	if (!after || !is_name_byte(*after))
		return NULL;
	*meaning = ".";
	return after;
}

gsize
refang_mark(const char *text, const char *p, const char **meaning)
{
	const char *after;

	if (!strchr(" [({<])}\\.", *p) || !*p)
		return 0;
	after = bracketed(text, p, meaning);
	if (!after)
		after = half(text, p, meaning);
	return after ? (gsize)(after - p) : 0;
}

/* The scheme in disguise at p ("hxxp", "h**ps", "fxp"): its length and true name; 0 when none. */
static gsize
scheme_at(const char *p, const char **name)
{
	static const struct {
		const char *disguise, *name;
	} schemes[] = {
		{ "hxxps", "https" },
		{ "hxxp", "http" },
		{ "hxtps", "https" },
		{ "hxtp", "http" },
		{ "htxps", "https" },
		{ "htxp", "http" },
		{ "hxps", "https" },
		{ "hxp", "http" },
		{ "h**ps", "https" },
		{ "h**p", "http" },
		{ "h__ps", "https" },
		{ "h__p", "http" },
		{ "hzzzps", "https" },
		{ "hzzzp", "http" },
		{ "hzzps", "https" },
		{ "hzzp", "http" },
		{ "xxxxs", "https" },
		{ "xxxx", "http" },
		{ "meows", "https" },
		{ "meow", "http" },
		{ "fxps", "ftps" },
		{ "fxp", "ftp" },
		{ "ftx", "ftp" },
		{ "https", "https" },
		{ "http", "http" },
		{ "ftp", "ftp" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
		gsize length = strlen(schemes[i].disguise);

		if (g_ascii_strncasecmp(p, schemes[i].disguise, length) == 0) {
			*name = schemes[i].name;
			return length;
		}
	}
	return 0;
}

/* What stands between scheme and host, in any disguise: "://", "[:]//", ":\\", "[://]", "//". */
static gsize
separator_at(const char *text, const char *p)
{
	const char *start = p;
	const char *meaning;
	gsize slashes = 0;
	gsize needed = 2;
	gsize length;

	if (*p == ']' || *p == ')')
		p++;
	p = skip_spaces(p);
	length = refang_mark(text, p, &meaning);
	if (length && strcmp(meaning, "://") == 0)
		return (gsize)(skip_spaces(p + length) - start);
	if (length && strcmp(meaning, ":") == 0)
		p += length;
	else if (*p == ':')
		p++;
	if (p > start && p[-1] != ' ') /* "http:/evil.example" is what browsers forgive */
		needed = 1;
	while (*p == '/' || *p == '\\' || (refang_mark(text, p, &meaning) && *meaning == '/')) {
		length = refang_mark(text, p, &meaning);
		p += length ? length : 1;
		slashes++;
	}
	return slashes >= needed ? (gsize)(skip_spaces(p) - start) : 0;
}

gsize
refang_scheme(const char *text, const char *p, GString *out)
{
	const char *name = NULL;
	gsize length, between;

	if ((p > text && is_name_byte(p[-1])) || !*p || !strchr("hHxXmMfF", *p))
		return 0;
	length = scheme_at(p, &name);
	between = length ? separator_at(text, p + length) : 0;
	if (between == 0)
		return 0;
	if (out)
		g_string_append_printf(out, "%s://", name);
	return length + between;
}

/* " dot ", " at " and " @ " between two names: "evil dot example dot com". */
static gsize
spelled_out(const char *text, const char *p, const char **meaning)
{
	static const char *const spelled[][2] = { { "dot ", "." }, { "at ", "@" }, { "@", "@" } };
	const char *word = skip_spaces(p);

	if (p == text || !is_name_byte(p[-1]) || (word == p && *p != '@'))
		return 0;
	for (gsize i = 0; i < G_N_ELEMENTS(spelled); i++) {
		gsize length = strlen(spelled[i][0]);
		const char *after = word + length;

		if (g_ascii_strncasecmp(word, spelled[i][0], length) != 0)
			continue;
		after = skip_spaces(after);
		*meaning = spelled[i][1];
		return is_name_byte(*after) ? (gsize)(after - p) : 0;
	}
	return 0;
}

/* Most indicators come as they are: told by a look that costs little. */
static gboolean
is_plain(const char *text)
{
	if (strpbrk(text, "[](){}<>\\ *"))
		return FALSE;
	if (g_str_has_prefix(text, "http://"))
		return text[7] != '/';
	if (g_str_has_prefix(text, "https://"))
		return text[8] != '/';
	return !strstr(text, "//") && !strstr(text, ":");
}

char *
refang(const char *text)
{
	GString *out;

	if (is_plain(text))
		return g_strdup(text);
	out = g_string_new(NULL);
	for (const char *p = text; *p;) {
		const char *meaning = NULL;
		gsize length = refang_scheme(text, p, out);

		if (length == 0) {
			length = refang_mark(text, p, &meaning);
			if (length == 0)
				length = spelled_out(text, p, &meaning);
			if (length)
				g_string_append(out, meaning);
			else
				g_string_append_c(out, *p);
		}
		p += length ? length : 1;
	}
	return g_string_free(out, FALSE);
}
