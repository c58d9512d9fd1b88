#include "model/case.h"

#include "model/names.h"

static const char *const nature_names[] = { "unknown", "malicious", "compromised", NULL };
static const char *const tlp_names[] = { "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT",
	"TLP:RED", NULL };

struct abuse_case *
abuse_case_new(void)
{
	return g_new0(struct abuse_case, 1);
}

void
abuse_case_free(struct abuse_case *abuse_case)
{
	if (!abuse_case)
		return;
	g_free(abuse_case->title);
	g_free(abuse_case->type);
	g_free(abuse_case->description);
	g_free(abuse_case);
}

void
evidence_free(struct evidence *evidence)
{
	if (!evidence)
		return;
	g_free(evidence->name);
	g_free(evidence->media_type);
	g_free(evidence->sha256);
	g_clear_pointer(&evidence->content, g_bytes_unref);
	g_free(evidence);
}

const char *
nature_name(enum nature nature)
{
	return nature_names[nature];
}

gboolean
nature_parse(const char *name, enum nature *nature)
{
	int found = names_find(nature_names, name);

	if (found < 0)
		return FALSE;
	*nature = (enum nature)found;
	return TRUE;
}

const char *
tlp_name(enum tlp tlp)
{
	return tlp_names[tlp];
}

gboolean
tlp_parse(const char *name, enum tlp *tlp)
{
	g_autofree char *full = NULL;
	int found;

	if (!name)
		return FALSE;
	full = g_ascii_strncasecmp(name, "TLP:", 4) == 0 ? g_strdup(name)
							 : g_strconcat("TLP:", name, NULL);
	if (g_ascii_strcasecmp(full, "TLP:WHITE") == 0) {
		*tlp = TLP_CLEAR;
		return TRUE;
	}
	found = names_find(tlp_names, full);
	if (found < 0)
		return FALSE;
	*tlp = (enum tlp)found;
	return TRUE;
}

/* The pairs of the X-ARF v4 schemas (xarf.org, schemas/v4/types). */
static const struct {
	const char *type, *category;
} xarf_types[] = {
	{ "blocklist", "reputation" },
	{ "botnet", "infrastructure" },
	{ "brand_infringement", "content" },
	{ "bulk_messaging", "messaging" },
	{ "compromised_server", "infrastructure" },
	{ "copyright", "copyright" },
	{ "csam", "content" },
	{ "csem", "content" },
	{ "cve", "vulnerability" },
	{ "cyberlocker", "copyright" },
	{ "ddos", "connection" },
	{ "exposed_data", "content" },
	{ "fraud", "content" },
	{ "infected_host", "connection" },
	{ "link_site", "copyright" },
	{ "login_attack", "connection" },
	{ "malware", "content" },
	{ "misconfiguration", "vulnerability" },
	{ "open_service", "vulnerability" },
	{ "p2p", "copyright" },
	{ "phishing", "content" },
	{ "port_scan", "connection" },
	{ "reconnaissance", "connection" },
	{ "remote_compromise", "content" },
	{ "scraping", "connection" },
	{ "spam", "messaging" },
	{ "sql_injection", "connection" },
	{ "suspicious_registration", "content" },
	{ "threat_intelligence", "reputation" },
	{ "ugc_platform", "copyright" },
	{ "usenet", "copyright" },
	{ "vulnerability_scan", "connection" },
};

const char *
xarf_category(const char *type)
{
	for (gsize i = 0; type && i < G_N_ELEMENTS(xarf_types); i++)
		if (g_strcmp0(xarf_types[i].type, type) == 0)
			return xarf_types[i].category;
	return NULL;
}
