#include "compose/xarf.h"

#include "base/text.h"
#include "compose/mustache.h"

#include <string.h>

enum {
	MAX_ITEM = 5242880,
	MAX_EVIDENCE = 3 * MAX_ITEM,
	MAX_ITEMS = 50,
	MAX_DESCRIPTION = 1000,
	MAX_ORGANISATION = 200,
};

/* What each type needs beyond the core's fields and how it is filled. "?": a case does not tell it;
 * an invented value would be a false statement, so the type is not made. */
static const struct {
	const char *type, *field, *value;
} needs[] = {
	{ "brand_infringement", "legitimate_site", "?" },
	{ "bulk_messaging", "recipient_count", "?" },
	{ "botnet", "compromise_evidence", "see description and evidence" },
	{ "blocklist", "threat_type", "malicious" },
	{ "compromised_server", "compromise_method", "unknown" },
	{ "csam", "classification", "?" },
	{ "csem", "exploitation_type", "?" },
	{ "cve", "cve_id", "?" },
	{ "cyberlocker", "hosting_service", "@host" },
	{ "ddos", "source_port", "?" },
	{ "exposed_data", "exposure_method", "other" },
	{ "exposed_data", "data_types", "[other" },
	{ "fraud", "fraud_type", "other" },
	{ "infected_host", "bot_type", "unknown" },
	{ "infected_host", "protocol", "tcp" },
	{ "link_site", "site_name", "@host" },
	{ "login_attack", "source_port", "?" },
	{ "misconfiguration", "service", "unknown" },
	{ "open_service", "service", "unknown" },
	{ "p2p", "p2p_protocol", "?" },
	{ "port_scan", "source_port", "?" },
	{ "reconnaissance", "probed_resources", "?" },
	{ "remote_compromise", "compromise_type", "other" },
	{ "scraping", "total_requests", "?" },
	{ "spam", "protocol", "other" },
	{ "sql_injection", "protocol", "tcp" },
	{ "suspicious_registration", "registration_date", "?" },
	{ "threat_intelligence", "threat_type", "malicious" },
	{ "ugc_platform", "platform_name", "@host" },
	{ "usenet", "newsgroup", "?" },
	{ "vulnerability_scan", "scan_type", "mixed" },
	{ "vulnerability_scan", "protocol", "mixed" },
};

gboolean
xarf_can(const char *type, const char **wanted)
{
	*wanted = "type";
	if (!xarf_category(type))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(needs); i++) {
		*wanted = needs[i].field;
		if (g_str_equal(needs[i].type, type) && needs[i].value[0] == '?')
			return FALSE;
	}
	return TRUE;
}

/* Sets a text, made valid and cut to so many characters; nothing when it is empty. */
static void
set_text(json_t *object, const char *key, const char *text, glong most)
{
	if (!text || !*text)
		return;
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	if (g_utf8_strlen(valid, -1) > most)
		*g_utf8_offset_to_pointer(valid, most) = '\0';
	json_object_set_new(object, key, json_string(valid));
}

static json_t *
contact(const struct xarf_input *input)
{
	json_t *object = json_object();
	const char *at = strrchr(input->reporter_email, '@');
	const char *name = input->reporter_organisation && *input->reporter_organisation
				   ? input->reporter_organisation
				   : input->reporter_name;
	set_text(object, "org", name && *name ? name : at + 1, MAX_ORGANISATION);
	json_object_set_new(object, "contact", json_string(input->reporter_email));
	json_object_set_new(object, "domain", json_string(at + 1));
	return object;
}

/* Version 4's form, but out of the report's reference: composed again, the report keeps its id. */
static char *
report_id(const struct xarf_input *input)
{
	g_autofree char *seed =
		g_strdup_printf("abate X-ARF %s %" G_GSIZE_FORMAT, input->reference, input->number);
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
	return g_strdup_printf(
		"%.8s-%.4s-4%.3s-8%.3s-%.12s", hash, hash + 8, hash + 13, hash + 17, hash + 20);
}

/* Whether the host fits the schema's narrow pattern of a domain. */
static gboolean
is_plain_domain(const char *host)
{
	const char *top = strrchr(host, '.');
	if (!top || strlen(top) < 3 ||
		strspn(top + 1, "abcdefghijklmnopqrstuvwxyz") != strlen(top + 1))
		return FALSE;
	for (const char *p = host; *p; p++) {
		gboolean edge = p == host || p[-1] == '.' || p[-1] == '-';
		if (*p == '-' || *p == '.' ? edge || p[1] == '\0'
					   : !g_ascii_islower(*p) && !g_ascii_isdigit(*p))
			return FALSE;
	}
	return TRUE;
}

/* The schemas want a URL where we may have a name, an address or a mail address only. */
static char *
url_of(const struct indicator *indicator)
{
	switch (indicator->type) {
	case INDICATOR_URL:
		return g_strdup(indicator->value);
	case INDICATOR_IPV6:
		return g_strdup_printf("http://[%s]/", indicator->value);
	case INDICATOR_MAIL:
		return g_strdup_printf("mailto:%s", indicator->value);
	default:
		return g_strdup_printf("http://%s/", indicator->value);
	}
}

static void
set_place(json_t *report, const struct xarf_input *input, const char *category)
{
	const struct indicator *indicator = input->indicator;
	gboolean is_mail = indicator->type == INDICATOR_MAIL;
	g_autofree char *url = url_of(indicator);
	json_object_set_new(report, "source_identifier",
		json_string(is_mail || !indicator->host ? indicator->value : indicator->host));
	if (g_str_equal(category, "content"))
		json_object_set_new(report, "url", json_string(url));
	if (g_str_equal(category, "copyright"))
		json_object_set_new(report, "infringing_url", json_string(url));
	if (g_str_equal(category, "content") && !indicator->host_is_address && indicator->host &&
		is_plain_domain(indicator->host))
		json_object_set_new(report, "domain", json_string(indicator->host));
}

static void
set_needs(json_t *report, const struct xarf_input *input, const char *seen)
{
	const char *host =
		input->indicator->host ? input->indicator->host : input->indicator->value;
	for (gsize i = 0; i < G_N_ELEMENTS(needs); i++) {
		const char *value = needs[i].value;
		if (!g_str_equal(needs[i].type, input->abuse_case->type))
			continue;
		if (value[0] == '[')
			json_object_set_new(report, needs[i].field, json_pack("[s]", value + 1));
		else
			json_object_set_new(report, needs[i].field,
				json_string(value[0] == '@' ? host : value));
	}
	if (g_str_equal(xarf_category(input->abuse_case->type), "connection"))
		json_object_set_new(report, "first_seen", json_string(seen));
}

static json_t *
evidence_item(const struct evidence *evidence)
{
	gsize size;
	const guchar *bytes = g_bytes_get_data(evidence->content, &size);
	json_t *item = json_object();
	set_text(item, "content_type",
		evidence->media_type ? evidence->media_type : "application/octet-stream", 200);
	set_text(item, "description", evidence->name, 500);
	g_autofree char *payload = g_base64_encode(bytes, size);
	g_autofree char *hash = g_strdup_printf("sha256:%s", evidence->sha256);
	json_object_set_new(item, "payload", json_string_nocheck(payload));
	json_object_set_new(item, "hash", json_string(hash));
	json_object_set_new(item, "size", json_integer((json_int_t)size));
	return item;
}

/* As many files as fit, in their order. */
static void
set_evidence(json_t *report, const struct xarf_input *input)
{
	json_t *items = json_array();
	gsize left = MIN(input->evidence_limit, (gsize)MAX_EVIDENCE);
	for (guint i = 0; input->evidence && i < input->evidence->len; i++) {
		const struct evidence *evidence = g_ptr_array_index(input->evidence, i);
		gsize size = evidence->content ? g_bytes_get_size(evidence->content) : 0;
		if (!evidence->content || size > left || size > MAX_ITEM ||
			json_array_size(items) >= MAX_ITEMS)
			continue;
		left -= size;
		json_array_append_new(items, evidence_item(evidence));
	}
	if (json_array_size(items))
		json_object_set(report, "evidence", items);
	json_decref(items);
}

static void
set_tags(json_t *report, const struct abuse_case *abuse_case)
{
	g_autofree char *tlp = g_ascii_strdown(tlp_name(abuse_case->tlp), -1);
	g_autofree char *nature = g_strdup_printf("nature:%s", nature_name(abuse_case->nature));
	json_object_set_new(report, "tags", json_pack("[ss]", tlp, nature));
}

static json_t *
build(const struct xarf_input *input, const char *category)
{
	const struct abuse_case *abuse_case = input->abuse_case;
	gint64 at =
		input->indicator->first_seen ? input->indicator->first_seen : abuse_case->created;
	g_autofree char *seen = text_time(at ? at : input->now);
	g_autofree char *id = report_id(input);
	json_t *report = json_object();
	json_object_set_new(report, "xarf_version", json_string("4.2.0"));
	json_object_set_new(report, "report_id", json_string(id));
	json_object_set_new(report, "timestamp", json_string(seen));
	json_object_set_new(report, "reporter", contact(input));
	json_object_set_new(report, "sender", contact(input));
	json_object_set_new(report, "category", json_string(category));
	json_object_set_new(report, "type", json_string(abuse_case->type));
	set_place(report, input, category);
	set_needs(report, input, seen);
	set_text(report, "description",
		abuse_case->description ? abuse_case->description : abuse_case->title,
		MAX_DESCRIPTION);
	/* The messaging and copyright schemas have lists of sources that none of ours fits. */
	if (!g_str_equal(category, "messaging") && !g_str_equal(category, "copyright"))
		json_object_set_new(report, "evidence_source", json_string("researcher_analysis"));
	set_tags(report, abuse_case);
	set_evidence(report, input);
	return report;
}

char *
xarf_build(const struct xarf_input *input, GError **error)
{
	const char *wanted;
	if (!text_is_mail_address(input->reporter_email)) {
		g_set_error(error, COMPOSE_ERROR, 0,
			"X-ARF needs the reporter's address: set [reporter] email in abate.conf");
		return NULL;
	}
	if (!xarf_can(input->abuse_case->type, &wanted)) {
		g_set_error(error, COMPOSE_ERROR, 0,
			"X-ARF v4 needs \"%s\" for the type \"%s\", which a case does not tell",
			wanted, input->abuse_case->type);
		return NULL;
	}
	json_t *report = build(input, xarf_category(input->abuse_case->type));
	/* ASCII only: the reader need not guess, and no mail server has a reason to touch it. */
	char *text = json_dumps(report, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(report);
	char *copy = g_strdup(text);
	free(text); /* jansson's allocator is the C library's */
	return copy;
}
