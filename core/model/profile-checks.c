/* What a string in a profile may be. */
#include "model/profile-fields.h"

#include <string.h>

#include "base/network.h"
#include "base/text.h"

const char *
field_check_line(const char *value)
{
	for (const char *p = value; *p; p++)
		if (g_ascii_iscntrl(*p))
			return "must not have control characters";
	return NULL;
}

const char *
field_check_text(const char *value)
{
	for (const char *p = value; *p; p++)
		if (g_ascii_iscntrl(*p) && *p != '\n' && *p != '\t')
			return "must not have control characters";
	return NULL;
}

const char *
field_check_id(const char *value)
{
	if (strlen(value) > 64 || !g_ascii_isalnum(*value))
		return "must begin with a letter or digit and have at most 64 characters";
	for (const char *p = value; *p; p++)
		if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && !strchr("-.", *p))
			return "may only have a-z, 0-9, - and .";
	return NULL;
}

const char *
field_check_domain(const char *value)
{
	gsize label = 0;

	if (strlen(value) > 253)
		return "is too long for a domain name";
	for (const char *p = value;; p++) {
		if (*p == '.' || !*p) {
			if (label == 0 || label > 63)
				return "is no domain name";
			if (!*p)
				return NULL;
			label = 0;
		} else if (g_ascii_islower(*p) || g_ascii_isdigit(*p) || strchr("-_", *p)) {
			label++;
		} else {
			return "must be a domain name in lower-case A-labels";
		}
	}
}

const char *
field_check_network(const char *value)
{
	struct network network;

	return network_parse(value, &network)
		       ? NULL
		       : "must be a network as 192.0.2.0/24 or 2001:db8::/32";
}

const char *
field_check_mail(const char *value)
{
	return text_is_mail_address(value) ? NULL : "is not one usable mail address";
}

const char *
field_check_url(const char *value)
{
	g_autoptr(GUri) uri = g_uri_parse(value, G_URI_FLAGS_ENCODED, NULL);
	const char *scheme = uri ? g_uri_get_scheme(uri) : "";

	if (strlen(value) > 2000 || strpbrk(value, " \"<>\\^`{|}") || field_check_line(value))
		return "must be one URL of at most 2000 characters, with what is special escaped";
	if ((strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) ||
		g_uri_get_userinfo(uri))
		return "must be an https:// or http:// URL without a user name";
	return g_uri_get_host(uri) && *g_uri_get_host(uri) ? NULL : "must name a host";
}

const char *
field_check_date(const char *value)
{
	gint64 when;

	return strlen(value) == 10 && text_time_parse(value, &when) ? NULL
								    : "must be a date, YYYY-MM-DD";
}

const char *
field_check_language(const char *value)
{
	return g_ascii_islower(value[0]) && g_ascii_islower(value[1]) && !value[2]
		       ? NULL
		       : "must be a language of two letters, as en or ja";
}

const char *
field_check_kind(const char *value)
{
	return g_strv_contains(profile_kinds, value)
		       ? NULL
		       : "must be registrar, registry, hosting, ddns, jprs or neutral";
}

const char *
field_check_evidence(const char *value)
{
	return g_strv_contains(profile_evidence, value)
		       ? NULL
		       : "must be official, whois-or-header, checked-list, public-code, "
			 "third-party or memory";
}

const char *
field_check_time_zone(const char *value)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(value);

	return zone ? NULL : "is no time zone, as Asia/Tokyo";
}

const char *
field_check_hours(const char *value)
{
	return g_regex_match_simple(
		       "^([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-4]):[0-5]\\d$", value, 0, 0)
		       ? NULL
		       : "must be hours as 09:00-18:00";
}

const char *
field_check_days(const char *value)
{
	return g_regex_match_simple("^(mon|tue|wed|thu|fri|sat|sun)"
				    "([-,](mon|tue|wed|thu|fri|sat|sun))*$",
		       value, 0, 0)
		       ? NULL
		       : "must be days as mon-fri or mon,wed,fri";
}
