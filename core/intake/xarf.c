/* X-ARF v4 (xarf.org): what every report must have, and the indicator it is about. */
#include <string.h>

#include "base/text.h"
#include "intake/reader.h"

/* The types of X-ARF 4.2. What a type asks for beyond the fields that all have is not checked: a
 * report without it still tells what is bad and where. */
static const char *const types[] = { "connection/ddos", "connection/infected_host",
	"connection/login_attack", "connection/port_scan", "connection/reconnaissance",
	"connection/scraping", "connection/sql_injection", "connection/vulnerability_scan",
	"content/brand_infringement", "content/csam", "content/csem", "content/exposed_data",
	"content/fraud", "content/malware", "content/phishing", "content/remote_compromise",
	"content/suspicious_registration", "copyright/copyright", "copyright/cyberlocker",
	"copyright/link_site", "copyright/p2p", "copyright/ugc_platform", "copyright/usenet",
	"infrastructure/botnet", "infrastructure/compromised_server", "messaging/bulk_messaging",
	"messaging/spam", "reputation/blocklist", "reputation/threat_intelligence",
	"vulnerability/cve", "vulnerability/misconfiguration", "vulnerability/open_service", NULL };

static gboolean
is_text(json_t *report, const char *key)
{
	const char *text = json_string_value(json_object_get(report, key));

	return text && *text;
}

static gboolean
is_time(json_t *report, const char *key)
{
	gint64 time;

	return is_text(report, key) &&
	       strlen(json_string_value(json_object_get(report, key))) > 10 &&
	       text_time_parse(json_string_value(json_object_get(report, key)), &time);
}

/* Who reports, who sends: an organisation with a contact address and a domain. */
static gboolean
is_party(json_t *report, const char *key)
{
	json_t *party = json_object_get(report, key);
	const char *contact = json_string_value(json_object_get(party, "contact"));

	return is_text(party, "org") && contact && strchr(contact, '@') && is_text(party, "domain");
}

static gboolean
is_port_or_absent(json_t *report, const char *key)
{
	json_t *port = json_object_get(report, key);

	return !port || (json_is_integer(port) && json_integer_value(port) >= 1 &&
				json_integer_value(port) <= 65535);
}

static gboolean
is_array_or_absent(json_t *report, const char *key)
{
	json_t *value = json_object_get(report, key);

	return !value || json_is_array(value);
}

static gboolean
is_known_type(json_t *report)
{
	const char *category = json_string_value(json_object_get(report, "category"));
	const char *type = json_string_value(json_object_get(report, "type"));
	g_autofree char *name = g_strdup_printf("%s/%s", category, type ? type : "");

	return g_strv_contains(types, name);
}

static gboolean
is_evidence(json_t *report)
{
	json_t *item;
	size_t i;

	if (!is_array_or_absent(report, "evidence"))
		return FALSE;
	json_array_foreach(json_object_get(report, "evidence"), i, item)
	{
		if (!is_text(item, "content_type") || !is_text(item, "payload"))
			return FALSE;
	}
	return TRUE;
}

/* The name of the first field that is missing or wrong; NULL when all are right. */
static const char *
wrong_field(json_t *report)
{
	const char *version = json_string_value(json_object_get(report, "xarf_version"));
	const char *id = json_string_value(json_object_get(report, "report_id"));

	if (!version || !g_str_has_prefix(version, "4."))
		return "xarf_version (4.x is read)";
	if (!id || !g_uuid_string_is_valid(id))
		return "report_id";
	if (!is_time(report, "timestamp"))
		return "timestamp";
	if (!is_party(report, "reporter"))
		return "reporter";
	if (!is_party(report, "sender"))
		return "sender";
	if (!is_text(report, "source_identifier"))
		return "source_identifier";
	if (!is_text(report, "category"))
		return "category";
	if (!is_known_type(report))
		return "type";
	if (strcmp(json_string_value(json_object_get(report, "category")), "content") == 0 &&
		!is_text(report, "url"))
		return "url";
	if (!is_port_or_absent(report, "source_port"))
		return "source_port";
	if (!is_evidence(report))
		return "evidence";
	return is_array_or_absent(report, "tags") ? NULL : "tags";
}

static const char *
text_of(json_t *report, const char *key)
{
	return json_string_value(json_object_get(report, key));
}

/* A report on content is about its URL; the source then tells where it is served from. */
static const char *
indicator_of(json_t *report)
{
	static const char *const keys[] = { "url", "infringing_url" };

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (is_text(report, keys[i]))
			return text_of(report, keys[i]);
	return text_of(report, "source_identifier");
}

void
xarf_read(struct reader *reader, json_t *report)
{
	const struct intake_sink *sink = reader->sink;
	const char *wrong = wrong_field(report);
	const char *value = indicator_of(report);
	const char *source = text_of(report, "source_identifier");
	const char *seen = is_time(report, "first_seen") ? "first_seen" : "timestamp";
	g_autofree char *note = NULL;

	if (wrong) {
		g_autofree char *reason =
			g_strdup_printf("no X-ARF v4: %s is missing or wrong", wrong);

		reader_fault(reader, reader->line, 0, reason);
		return;
	}
	if (value != source)
		note = g_strdup_printf("source: %s", source);
	if (reader_value(reader, value, 0, text_of(report, seen), note, TRUE) && sink->xarf_type)
		sink->xarf_type(text_of(report, "category"), text_of(report, "type"), sink->user);
}
