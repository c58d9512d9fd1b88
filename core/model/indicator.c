#include "model/indicator.h"

#include "model/names.h"

static const char *const type_names[] = { "url", "domain", "ipv4", "ipv6", "email", NULL };

struct indicator *
indicator_new(void)
{
	return g_new0(struct indicator, 1);
}

void
indicator_free(struct indicator *indicator)
{
	if (!indicator)
		return;
	g_free(indicator->value);
	g_free(indicator->original);
	g_free(indicator->host);
	g_free(indicator->domain);
	g_free(indicator->suffix);
	g_free(indicator->note);
	g_free(indicator->state);
	g_free(indicator);
}

const char *
indicator_type_name(enum indicator_type type)
{
	return type_names[type];
}

gboolean
indicator_type_parse(const char *name, enum indicator_type *type)
{
	int found = names_find(type_names, name);

	if (found < 0)
		return FALSE;
	*type = (enum indicator_type)found;
	return TRUE;
}
