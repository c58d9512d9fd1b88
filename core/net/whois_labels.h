/* Inside of the net room: the words by which WHOIS servers label what they say. */
#pragma once

enum whois_meaning {
	WHOIS_NONE,
	WHOIS_REGISTRAR,
	WHOIS_IANA_ID,
	WHOIS_REGISTRAR_ABUSE,
	WHOIS_ABUSE,
	WHOIS_CONTACT_MAIL,
	WHOIS_CREATED,
	WHOIS_EXPIRES,
	WHOIS_REFERRAL,
	WHOIS_ORGANISATION,
	WHOIS_STATUS,
	WHOIS_NAME_SERVER,
};

/* What a label in lower case means. section: the heading that it stands below; may be NULL. */
enum whois_meaning whois_meaning_of(const char *section, const char *label);
