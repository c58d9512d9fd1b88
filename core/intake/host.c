#include "intake/host.h"

#include <idn2.h>
#include <libpsl.h>
#include <string.h>

#include "intake/address.h"

#define NAME_MAX_LENGTH 253

GQuark
intake_error_quark(void)
{
	return g_quark_from_static_string("abate-intake-error");
}

gboolean
intake_refuse(GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (error && !*error)
		*error = g_error_new_valist(INTAKE_ERROR, INTAKE_ERROR_VALUE, format, arguments);
	va_end(arguments);
	return FALSE;
}

/* The list of the system where it is newer than the one built into libpsl. Kept until exit. */
static const psl_ctx_t *
suffix_list(void)
{
	static const psl_ctx_t *list;

	if (g_once_init_enter(&list)) {
		const psl_ctx_t *loaded = psl_latest(NULL);

		g_once_init_leave(&list, loaded ? loaded : psl_builtin());
	}
	return list;
}

static gboolean
label_is_fine(const char *label, gsize length)
{
	if (length == 0 || length > 63)
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isalnum(label[i]) && label[i] != '-' && label[i] != '_')
			return FALSE;
	return TRUE;
}

/* Letters, digits, hyphens and underscores: names below a domain are as wild as their owners. */
static gboolean
labels_are_fine(const char *name)
{
	for (;;) {
		gsize length = strcspn(name, ".");

		if (!label_is_fine(name, length))
			return FALSE;
		if (!name[length])
			return TRUE;
		name += length + 1;
	}
}

/* What a registry lets one register: no underscore, no hyphen at an edge. */
static gboolean
registrable_is_fine(const char *domain)
{
	gsize length = strcspn(domain, ".");

	return domain[0] != '-' && domain[length - 1] != '-' && !memchr(domain, '_', length);
}

/* Symbols such as hearts, which IDNA 2008 refuses and some zones sell all the same. What only looks
 * like another text ("⒈com") is refused, as browsers do. */
static char *
symbols_to_ascii(const char *text)
{
	g_autofree char *plain = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);

	if (!plain || strcmp(plain, text) != 0)
		return NULL;
	for (const char *p = text; *p; p = g_utf8_next_char(p))
		if (g_unichar_type(g_utf8_get_char(p)) == G_UNICODE_FORMAT)
			return NULL;
	return g_hostname_to_ascii(text);
}

/* Lower-case A-labels by IDNA 2008 (UTS #46, as browsers do). An ASCII name is what the DNS holds
 * already, even where its xn-- labels are odd. NULL and error when there is no such name. */
static char *
to_ascii(const char *text, GError **error)
{
	char *found = NULL;
	char *name = NULL;
	int status;

	if (g_str_is_ascii(text))
		return g_ascii_strdown(text, -1);
	status = idn2_to_ascii_8z(text, &found, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (status == IDN2_OK)
		name = g_ascii_strdown(found, -1);
	else if (status == IDN2_DISALLOWED)
		name = symbols_to_ascii(text);
	idn2_free(found);
	if (!name)
		intake_refuse(error, "\"%s\" is no internationalised name: %s", text,
			idn2_strerror(status));
	return name;
}

static gboolean
suffix_is(const char *suffix, int section)
{
	return psl_is_public_suffix2(suffix_list(), suffix, section | PSL_TYPE_NO_STAR_RULE) == 1;
}

gboolean
host_suffix_is_known(const struct indicator *indicator)
{
	static const char *const kept[] = { "test", "example", "invalid" };
	const char *suffix = indicator->suffix;

	for (gsize i = 0; suffix && i < G_N_ELEMENTS(kept); i++)
		if (strcmp(suffix, kept[i]) == 0)
			return TRUE;
	return suffix && suffix_is(suffix, PSL_TYPE_ANY);
}

/* The suffix with the label before it; NULL for a bare suffix. */
static const char *
domain_before(const char *name, const char *suffix)
{
	const char *p = suffix - 1;

	if (suffix <= name + 1)
		return NULL;
	while (p > name && p[-1] != '.')
		p--;
	return p;
}

static gboolean
set_suffix(struct indicator *indicator, GError **error)
{
	const char *name = indicator->host;
	const char *suffix = psl_unregistrable_domain(suffix_list(), name);
	const char *domain = suffix ? domain_before(name, suffix) : NULL;

	if (domain && !registrable_is_fine(domain))
		return intake_refuse(error, "\"%s\" is no name that can be registered", domain);
	indicator->domain = g_strdup(domain);
	indicator->suffix = g_strdup(suffix);
	/* A top-level domain is never private, and most suffixes are one. */
	indicator->suffix_is_private = suffix && strchr(suffix, '.') &&
				       suffix_is(suffix, PSL_TYPE_PRIVATE) &&
				       !suffix_is(suffix, PSL_TYPE_ICANN);
	return TRUE;
}

static gboolean
set_name(struct indicator *indicator, const char *text, GError **error)
{
	g_autofree char *name = to_ascii(text, error);
	const char *dot;

	if (!name)
		return FALSE;
	if (strlen(name) > NAME_MAX_LENGTH)
		return intake_refuse(error, "a name of more than 253 bytes: \"%.60s…\"", name);
	if (!labels_are_fine(name))
		return intake_refuse(error, "\"%s\" is no host name", name);
	dot = strrchr(name, '.');
	if (!dot)
		return intake_refuse(error, "\"%s\" is one word, no domain name", name);
	if (g_ascii_isdigit(dot[1])) /* no top-level domain begins with one */
		return intake_refuse(error, "\"%s\" is no IPv4 address", name);
	indicator->type = INDICATOR_DOMAIN;
	indicator->host = g_steal_pointer(&name);
	return set_suffix(indicator, error);
}

static gboolean
set_address(struct indicator *indicator, enum indicator_type type, const char *address)
{
	indicator->type = type;
	indicator->host = g_strdup(address);
	indicator->host_is_address = TRUE;
	return TRUE;
}

gboolean
host_set(struct indicator *indicator, const char *text, gboolean numbers, GError **error)
{
	gsize length = strlen(text);
	gboolean dotted = length > 1 && text[length - 1] == '.';
	g_autofree char *name = g_strndup(text, dotted ? length - 1 : length);
	char address[64];

	if (address_ipv4(name, numbers, address, sizeof(address)))
		return set_address(indicator, INDICATOR_IPV4, address);
	if (!strchr(name, ':'))
		return set_name(indicator, name, error);
	if (strchr(name, '%'))
		return intake_refuse(
			error, "\"%s\" has a zone: it means something on one machine only", name);
	if (address_ipv6(name, address, sizeof(address)))
		return set_address(indicator, INDICATOR_IPV6, address);
	return intake_refuse(error, "\"%s\" is no URL, name or address", name);
}
