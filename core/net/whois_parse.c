/* Reading WHOIS answers. Each line is brought to a label and a value, whatever the server's style,
 * and one table says what a label means. */
#include <string.h>

#include "net/answer.h"
#include "net/whois.h"
#include "net/whois_date.h"
#include "net/whois_labels.h"

#define MAX_LIST 100

struct reader {
	struct whois_object *object;
	char *section; /* the last label without a value */
	char *label;   /* what lines below without a label belong to; NULL for none */
	gboolean used; /* a value was found below the label */
};

void
whois_object_free(struct whois_object *object)
{
	if (!object)
		return;
	g_free(object->registrar_name);
	g_free(object->registrar_iana_id);
	g_free(object->registrar_abuse);
	g_free(object->abuse);
	g_free(object->contact_mail);
	g_free(object->registration);
	g_free(object->expires);
	g_free(object->referral);
	g_free(object->organisation);
	g_ptr_array_unref(object->status);
	g_ptr_array_unref(object->name_servers);
	g_free(object);
}

static gboolean
is_host(const char *text)
{
	return strchr(text, '.') && strlen(text) < 254 && g_ascii_isalnum(*text) &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen(text) &&
	       strspn(text, "0123456789.") != strlen(text);
}

static void
add_once(GPtrArray *list, char *text)
{
	if (list->len >= MAX_LIST ||
		g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
		g_free(text);
	else
		g_ptr_array_add(list, text);
}

/* "NS1.EXAMPLE.COM. 192.0.2.1" and "1) ns1.example.com": the first word that is a host name. */
static char *
host_in(const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t,;[]()/", -1);

	for (guint i = 0; words[i]; i++) {
		g_autofree char *word = g_ascii_strdown(words[i], -1);
		gsize length = strlen(word);

		if (length > 0 && word[length - 1] == '.')
			word[length - 1] = '\0';
		if (is_host(word))
			return g_steal_pointer(&word);
	}
	return NULL;
}

/* "clientHold https://icann.org/epp#clientHold", "Connected (2015/03/31)", "ok -- …". */
static void
add_status(GPtrArray *list, const char *value)
{
	g_autofree char *text = g_strdup(value);
	static const char *const ends[] = { " http", " (", " --", ";" };

	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
		char *end = strstr(text, ends[i]);

		if (end)
			*end = '\0';
	}
	g_strstrip(text);
	if (*text && strlen(text) < 100)
		add_once(list, g_steal_pointer(&text));
}

static void
set_once(char **field, char *text)
{
	if (*field || !text)
		g_free(text);
	else
		*field = text;
}

static char *
number(const char *value)
{
	return strspn(value, "0123456789") == strlen(value) && strlen(value) < 10 ? g_strdup(value)
										  : NULL;
}

static void
take(struct whois_object *object, enum whois_meaning meaning, const char *value)
{
	char *host;

	switch (meaning) {
	case WHOIS_REGISTRAR:
		set_once(&object->registrar_name, g_strdup(value));
		break;
	case WHOIS_IANA_ID:
		set_once(&object->registrar_iana_id, number(value));
		break;
	case WHOIS_REGISTRAR_ABUSE:
		set_once(&object->registrar_abuse, answer_mail(value, "", NULL));
		break;
	case WHOIS_ABUSE:
		set_once(&object->abuse, answer_mail(value, "", NULL));
		break;
	case WHOIS_CONTACT_MAIL:
		set_once(&object->contact_mail, answer_mail(value, "", NULL));
		break;
	case WHOIS_CREATED:
		set_once(&object->registration, whois_date(value));
		break;
	case WHOIS_EXPIRES:
		set_once(&object->expires, whois_date(value));
		break;
	case WHOIS_REFERRAL:
		set_once(&object->referral, host_in(value));
		break;
	case WHOIS_ORGANISATION:
		/* RIPE's "organisation:" is a handle, its name is in "org-name:". */
		if (!g_str_has_prefix(value, "ORG-") || strchr(value, ' '))
			set_once(&object->organisation, g_strdup(value));
		break;
	case WHOIS_STATUS:
		add_status(object->status, value);
		break;
	case WHOIS_NAME_SERVER:
		if ((host = host_in(value)))
			add_once(object->name_servers, host);
		break;
	case WHOIS_NONE:
		break;
	}
}

/* Lower case, without the dots that pad it ("Registrar......:") and marks before it. */
static char *
label_of(const char *text, gsize length)
{
	g_autofree char *copy = g_strndup(text, length);
	char *label;

	g_strstrip(copy);
	for (gsize n = strlen(copy); n > 0 && strchr(". \t", copy[n - 1]); n--)
		copy[n - 1] = '\0';
	label = copy + strspn(copy, "*> ");
	return g_utf8_strdown(label, -1);
}

static void
set_text(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text);
}

static void
take_pair(struct reader *reader, const char *label, const char *value)
{
	if (*value) {
		take(reader->object, whois_meaning_of(reader->section, label), value);
		reader->used = TRUE;
		/* Only lists go on below a first value ("Nameservers: a" and "b" under it). */
		set_text(&reader->label,
			whois_meaning_of(reader->section, label) == WHOIS_NAME_SERVER ? label
										      : NULL);
	} else {
		set_text(&reader->section, label);
		set_text(&reader->label, label);
		reader->used = FALSE;
	}
}

/* "[Label] value" and "a. [Label] value" of JPRS. */
static gboolean
take_jprs(struct reader *reader, const char *line)
{
	const char *open =
		g_ascii_isalpha(*line) && strncmp(line + 1, ". ", 2) == 0 ? line + 3 : line;
	const char *close = *open == '[' ? strchr(open, ']') : NULL;
	g_autofree char *label = NULL;
	g_autofree char *value = NULL;

	/* The banner's lines are "[ text ]". */
	if (!close || open[1] == ' ')
		return FALSE;
	label = label_of(open + 1, (gsize)(close - open - 1));
	value = answer_line(close + 1);
	if (value)
		take(reader->object, whois_meaning_of(reader->section, label), value);
	return TRUE;
}

/* RIPE and APNIC: "% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@example.net'". */
static gboolean
take_comment(struct reader *reader, const char *line)
{
	const char *is;
	g_autofree char *address = NULL;

	if (*line != '%' && *line != '#')
		return FALSE;
	is = strstr(line, "Abuse contact for ") ? strstr(line, " is '") : NULL;
	if (is) {
		address = g_strndup(is + 5, strcspn(is + 5, "'"));
		set_once(&reader->object->abuse, answer_mail(address, "", NULL));
	}
	return TRUE;
}

/* "Record created on 2000-08-29 10:22:50 (UTC+8)". */
static gboolean
take_created(struct reader *reader, const char *line)
{
	static const char words[] = "Record created on ";

	if (g_ascii_strncasecmp(line, words, strlen(words)) != 0)
		return FALSE;
	take(reader->object, WHOIS_CREATED, line + strlen(words));
	return TRUE;
}

static gboolean
is_indented(const char *line)
{
	return *line == ' ' || *line == '\t';
}

/* Where the label ends: at ": ", or ":" at the line's end, or followed by a tab. */
static const char *
label_end(const char *line)
{
	const char *colon = strchr(line, ':');

	/* A URL or an IPv6 address is a value. */
	if (!colon || colon == line || strncmp(colon, "://", 3) == 0 || colon - line > 60)
		return NULL;
	if (is_indented(line) && (g_ascii_isxdigit(colon[1]) || colon[1] == ':') &&
		strspn(line, " \t0123456789abcdefABCDEF") == (gsize)(colon - line))
		return NULL;
	return colon;
}

/* "ns1.example [2001:db8::1]" in a list of name servers: its colon ends no label. */
static gboolean
goes_on(const struct reader *reader, const char *text)
{
	g_autofree char *word = g_ascii_strdown(text, (gssize)strcspn(text, " \t"));

	return reader->label && whois_meaning_of(NULL, reader->label) == WHOIS_NAME_SERVER &&
	       is_host(word);
}

static void
take_plain(struct reader *reader, const char *line, const char *text)
{
	enum whois_meaning meaning =
		reader->label ? whois_meaning_of(NULL, reader->label) : WHOIS_NONE;

	if (is_indented(line) || meaning != WHOIS_NONE) {
		take(reader->object, meaning, text);
		reader->used = TRUE;
		/* A name is one line; the address is below it. */
		if (meaning != WHOIS_NAME_SERVER && meaning != WHOIS_STATUS)
			set_text(&reader->label, NULL);
		return;
	}
	/* A heading without a colon, as in .it. */
	g_free(reader->section);
	reader->section = label_of(text, strlen(text));
	set_text(&reader->label, reader->section);
	reader->used = FALSE;
}

static void
take_line(struct reader *reader, const char *line)
{
	g_autofree char *text = answer_line(line);
	const char *end;
	g_autofree char *label = NULL;
	g_autofree char *value = NULL;

	if (!text) {
		/* An empty line may stand between a heading and what is below it. */
		if (reader->used)
			set_text(&reader->label, NULL);
		return;
	}
	if (take_comment(reader, text) || take_jprs(reader, text) || take_created(reader, text))
		return;
	end = goes_on(reader, text) ? NULL : label_end(line);
	if (!end) {
		take_plain(reader, line, text);
		return;
	}
	/* A new pair at the left margin ends the section, unless the section is JPRS's. */
	if (!is_indented(line) && reader->section && !strchr(reader->section, '/'))
		set_text(&reader->section, NULL);
	label = label_of(line, (gsize)(end - line));
	value = answer_line(end + 1);
	/* JPRS: "Contact Information: [公開連絡窓口]" is a heading. */
	take_pair(reader, label, value && *value != '[' ? value : "");
}

static gboolean
says_not_found(const char *text)
{
	return g_regex_match_simple(
		"^\\W*(?:no match|not found|no entries found|no data found|no object found|"
		"nothing found|no found|no information|not registered|no such domain|"
		"domain not found|object does not exist|available$|"
		"the queried object does not exist|%error:103|this domain name has not been "
		"registered|"
		"the domain has not been registered|above domain name is not registered|"
		"we do not have an entry|no domain records were found|domain unknown)|"
		"^(?:domain )?status\\.*:\\s*(?:free|available|not registered|no object found)\\b|"
		"^(?:domain name|domain|object|the domain)?:?\\s*\"?'?[\\w.-]+\"?'?\\s*:?\\s+(?:is "
		")?"
		"(?:not found|not registered|free|available(?: for|$)|no match|does not exist|"
		"was not found|has not been registered|is not registered|no existe)|"
		"^no match!!|^>>> domain .* is available|is available for "
		"(?:registration|purchase)|"
		"no matching record|\\bno se encontr|^% this query returned 0 objects|"
		"domain name not known",
		text, G_REGEX_CASELESS | G_REGEX_MULTILINE, 0);
}

struct whois_object *
whois_parse(const char *text, const char *server G_GNUC_UNUSED)
{
	struct whois_object *object = g_new0(struct whois_object, 1);
	struct reader reader = { .object = object };
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);

	object->status = g_ptr_array_new_with_free_func(g_free);
	object->name_servers = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; lines[i]; i++)
		take_line(&reader, g_strchomp(lines[i]));
	g_free(reader.section);
	g_free(reader.label);
	object->not_found = !object->registrar_name && !object->registration &&
			    object->name_servers->len == 0 && says_not_found(valid);
	return object;
}
