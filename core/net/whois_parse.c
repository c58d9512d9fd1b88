/* Reading WHOIS answers. Each line is brought to a label and a value, whatever the server's style,
 * and one table says what a label means. */
#include <string.h>

#include "net/answer.h"
#include "net/whois.h"
#include "net/whois_date.h"

#define MAX_LIST 100

enum meaning {
	NONE,
	REGISTRAR,
	IANA_ID,
	REGISTRAR_ABUSE,
	ABUSE,
	CONTACT_MAIL,
	CREATED,
	REFERRAL,
	ORGANISATION,
	STATUS,
	NAME_SERVER,
};

/* "section/label" where a label alone means something else elsewhere. */
static const struct {
	const char *label;
	enum meaning meaning;
} meanings[] = {
	{ "registrar", REGISTRAR },
	{ "registrar name", REGISTRAR },
	{ "sponsoring registrar", REGISTRAR },
	{ "registrar organization", REGISTRAR },
	{ "sponsoring registrar organization", REGISTRAR },
	{ "registration service provider", REGISTRAR },
	{ "authorized agency", REGISTRAR },
	{ "registrar/organization", REGISTRAR },
	{ "registrar/organization name", REGISTRAR },
	{ "registrar/name", REGISTRAR },
	{ "registrar/registrar", REGISTRAR },
	{ "current registar", REGISTRAR },
	{ "등록대행자", REGISTRAR },
	{ "registrar iana id", IANA_ID },
	{ "sponsoring registrar iana id", IANA_ID },
	{ "registrar id/iana", IANA_ID },
	{ "registrar abuse contact email", REGISTRAR_ABUSE },
	{ "registrar abuse email", REGISTRAR_ABUSE },
	{ "registrar abuse contact", REGISTRAR_ABUSE },
	{ "registrar/abuse contact", REGISTRAR_ABUSE },
	{ "registrar/abuse email", REGISTRAR_ABUSE },
	{ "registrar/abuse", REGISTRAR_ABUSE },
	{ "abuse contact email", REGISTRAR_ABUSE },
	{ "abuse contacts/email", REGISTRAR_ABUSE },
	{ "abuse-mailbox", ABUSE },
	{ "abuse-c email", ABUSE },
	{ "abuse email", ABUSE },
	{ "orgabuseemail", ABUSE },
	{ "rabuseemail", ABUSE },
	{ "trouble", ABUSE },
	{ "registrant email", CONTACT_MAIL },
	{ "registrant contact email", CONTACT_MAIL },
	{ "registrant e-mail", CONTACT_MAIL },
	{ "registrant/email", CONTACT_MAIL },
	{ "registrant/e-mail", CONTACT_MAIL },
	{ "holder email", CONTACT_MAIL },
	{ "holder/email", CONTACT_MAIL },
	{ "holder/e-mail", CONTACT_MAIL },
	{ "admin email", CONTACT_MAIL },
	{ "administrative contact email", CONTACT_MAIL },
	{ "contact information/email", CONTACT_MAIL },
	{ "公開連絡窓口/email", CONTACT_MAIL },
	{ "creation date", CREATED },
	{ "creation date (dd/mm/yyyy)", CREATED },
	{ "created", CREATED },
	{ "created on", CREATED },
	{ "created date", CREATED },
	{ "created_date", CREATED },
	{ "domain created", CREATED },
	{ "domain create date", CREATED },
	{ "domain registered", CREATED },
	{ "domain registration date", CREATED },
	{ "domain name commencement date", CREATED },
	{ "record created", CREATED },
	{ "registered", CREATED },
	{ "registered on", CREATED },
	{ "registered date", CREATED },
	{ "relevant dates/registered on", CREATED },
	{ "registration date", CREATED },
	{ "registration time", CREATED },
	{ "first registration date", CREATED },
	{ "registered date", CREATED },
	{ "등록일", CREATED },
	{ "登録年月日", CREATED },
	{ "registrar whois server", REFERRAL },
	{ "whois server", REFERRAL },
	{ "refer", REFERRAL },
	{ "referralserver", REFERRAL },
	{ "registrant organization", ORGANISATION },
	{ "registrant organisation", ORGANISATION },
	{ "registrant contact organization", ORGANISATION },
	{ "registrant/organization", ORGANISATION },
	{ "registrant/organisation", ORGANISATION },
	{ "registrant/name", ORGANISATION },
	{ "registrant", ORGANISATION },
	{ "registrant name", ORGANISATION },
	{ "holder", ORGANISATION },
	{ "holder name", ORGANISATION },
	{ "owner", ORGANISATION },
	{ "organization", ORGANISATION },
	{ "organisation", ORGANISATION },
	{ "organisation name", ORGANISATION },
	{ "org", ORGANISATION },
	{ "org-name", ORGANISATION },
	{ "orgname", ORGANISATION },
	{ "登録者名", ORGANISATION },
	{ "組織名", ORGANISATION },
	{ "domain status", STATUS },
	{ "status", STATUS },
	{ "state", STATUS },
	{ "eppstatus", STATUS },
	{ "registration status", STATUS },
	{ "lock status", STATUS },
	{ "状態", STATUS },
	{ "ロック状態", STATUS },
	{ "name server", NAME_SERVER },
	{ "name servers", NAME_SERVER },
	{ "name servers information", NAME_SERVER },
	{ "nameserver", NAME_SERVER },
	{ "nameservers", NAME_SERVER },
	{ "nserver", NAME_SERVER },
	{ "dns", NAME_SERVER },
	{ "dns servers", NAME_SERVER },
	{ "domain nameservers", NAME_SERVER },
	{ "domain name servers", NAME_SERVER },
	{ "domain servers in listed order", NAME_SERVER },
	{ "domain servers", NAME_SERVER },
	{ "name servers/hostname", NAME_SERVER },
	{ "nameservers/hostname", NAME_SERVER },
	{ "hostname", NAME_SERVER },
	{ "host name", NAME_SERVER },
	{ "name servers in the listed order", NAME_SERVER },
	{ "ネームサーバ", NAME_SERVER },
	{ "네임서버 이름", NAME_SERVER },
};

struct reader {
	struct whois_object *object;
	char *section; /* the last label without a value */
	char *label;   /* what lines below without a label belong to; NULL for none */
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
	g_free(object->referral);
	g_free(object->organisation);
	g_ptr_array_unref(object->status);
	g_ptr_array_unref(object->name_servers);
	g_free(object);
}

static GHashTable *
table(void)
{
	static GHashTable *by_label;

	if (g_once_init_enter(&by_label)) {
		GHashTable *made = g_hash_table_new(g_str_hash, g_str_equal);

		for (gsize i = 0; i < G_N_ELEMENTS(meanings); i++)
			g_hash_table_insert(made, (void *)meanings[i].label,
				GINT_TO_POINTER(meanings[i].meaning));
		g_once_init_leave(&by_label, made);
	}
	return by_label;
}

static enum meaning
meaning_of(const char *section, const char *label)
{
	g_autofree char *both = g_strdup_printf("%s/%s", section ? section : "", label);
	int meaning = GPOINTER_TO_INT(g_hash_table_lookup(table(), both));

	if (meaning == NONE)
		meaning = GPOINTER_TO_INT(g_hash_table_lookup(table(), label));
	return (enum meaning)meaning;
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
take(struct whois_object *object, enum meaning meaning, const char *value)
{
	char *host;

	switch (meaning) {
	case REGISTRAR:
		set_once(&object->registrar_name, g_strdup(value));
		break;
	case IANA_ID:
		set_once(&object->registrar_iana_id, number(value));
		break;
	case REGISTRAR_ABUSE:
		set_once(&object->registrar_abuse, answer_mail(value, "", NULL));
		break;
	case ABUSE:
		set_once(&object->abuse, answer_mail(value, "", NULL));
		break;
	case CONTACT_MAIL:
		set_once(&object->contact_mail, answer_mail(value, "", NULL));
		break;
	case CREATED:
		set_once(&object->registration, whois_date(value));
		break;
	case REFERRAL:
		set_once(&object->referral, host_in(value));
		break;
	case ORGANISATION:
		set_once(&object->organisation, g_strdup(value));
		break;
	case STATUS:
		add_status(object->status, value);
		break;
	case NAME_SERVER:
		if ((host = host_in(value)))
			add_once(object->name_servers, host);
		break;
	case NONE:
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
		take(reader->object, meaning_of(reader->section, label), value);
		/* Only lists go on below a first value ("Nameservers: a" and "b" under it). */
		set_text(&reader->label,
			meaning_of(reader->section, label) == NAME_SERVER ? label : NULL);
	} else {
		set_text(&reader->section, label);
		set_text(&reader->label, label);
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
		take(reader->object, meaning_of(reader->section, label), value);
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

static void
take_plain(struct reader *reader, const char *line, const char *text)
{
	enum meaning meaning = reader->label ? meaning_of(NULL, reader->label) : NONE;

	if (is_indented(line) || meaning == NAME_SERVER) {
		take(reader->object, meaning, text);
		/* A name is one line; the address is below it. */
		if (meaning != NAME_SERVER && meaning != STATUS)
			set_text(&reader->label, NULL);
		return;
	}
	/* A heading without a colon, as in .it. */
	g_free(reader->section);
	reader->section = label_of(text, strlen(text));
	set_text(&reader->label, reader->section);
}

static void
take_line(struct reader *reader, const char *line)
{
	g_autofree char *text = answer_line(line);
	const char *end;
	g_autofree char *label = NULL;
	g_autofree char *value = NULL;

	if (!text) {
		set_text(&reader->label, NULL);
		return;
	}
	if (take_comment(reader, text) || take_jprs(reader, text))
		return;
	end = label_end(line);
	if (!end) {
		take_plain(reader, line, text);
		return;
	}
	/* A new pair at the left margin ends the section, unless the section is JPRS's. */
	if (!is_indented(line) && reader->section && !strchr(reader->section, '/'))
		set_text(&reader->section, NULL);
	label = label_of(line, (gsize)(end - line));
	value = answer_line(end + 1);
	take_pair(reader, label, value ? value : "");
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
		"no matching record|\\bno se encontr",
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
