#include "inbox/domain.h"

#include <libpsl.h>
#include <string.h>

static const psl_ctx_t *
suffixes(void)
{
	static gsize once;
	static const psl_ctx_t *list;

	if (g_once_init_enter(&once)) {
		const psl_ctx_t *newest = psl_latest(NULL);

		list = newest ? newest : psl_builtin();
		g_once_init_leave(&once, 1);
	}
	return list;
}

char *
domain_of(const char *address)
{
	const char *at = address ? strrchr(address, '@') : NULL;
	g_autofree char *ascii = NULL;

	if (!at || at == address || !at[1] || strlen(at) > 254)
		return NULL;
	ascii = g_hostname_to_ascii(at + 1);
	if (!ascii)
		return NULL;
	if (g_str_has_suffix(ascii, "."))
		ascii[strlen(ascii) - 1] = '\0';
	return g_ascii_strdown(ascii, -1);
}

char *
domain_registrable(const char *domain)
{
	g_autofree char *lower = NULL;

	if (!domain || *domain == '[' || !strchr(domain, '.') || g_hostname_is_ip_address(domain))
		return NULL;
	lower = g_ascii_strdown(domain, -1);
	return g_strdup(psl_registrable_domain(suffixes(), lower));
}

gboolean
domain_aligned(const char *one, const char *other)
{
	g_autofree char *first = NULL, *second = NULL;

	if (!one || !other)
		return FALSE;
	if (g_ascii_strcasecmp(one, other) == 0)
		return TRUE;
	first = domain_registrable(one);
	second = domain_registrable(other);
	return first && second && strcmp(first, second) == 0;
}

gboolean
domain_is_within(const char *domain, const char *parent)
{
	gsize length = domain ? strlen(domain) : 0, parent_length = parent ? strlen(parent) : 0;

	if (parent_length == 0 || length < parent_length ||
		g_ascii_strcasecmp(domain + length - parent_length, parent) != 0)
		return FALSE;
	return length == parent_length || domain[length - parent_length - 1] == '.';
}
