#include "net/whois_labels.h"

#include <glib.h>

/* clang-format off */
/* "section/label" where a label alone means something else elsewhere. */
static const struct {
	const char *label;
	enum whois_meaning meaning;
} meanings[] = {
	{"registrar", WHOIS_REGISTRAR},
	{"registrar name", WHOIS_REGISTRAR},
	{"sponsoring registrar", WHOIS_REGISTRAR},
	{"registrar organization", WHOIS_REGISTRAR},
	{"sponsoring registrar organization", WHOIS_REGISTRAR},
	{"registration service provider", WHOIS_REGISTRAR},
	{"authorized agency", WHOIS_REGISTRAR},
	{"registrar/organization", WHOIS_REGISTRAR},
	{"registrar/organization name", WHOIS_REGISTRAR},
	{"registrar/name", WHOIS_REGISTRAR},
	{"registrar/registrar", WHOIS_REGISTRAR},
	{"current registar", WHOIS_REGISTRAR},
	{"등록대행자", WHOIS_REGISTRAR},
	{"registrar-name", WHOIS_REGISTRAR},
	{"registrar iana id", WHOIS_IANA_ID},
	{"sponsoring registrar iana id", WHOIS_IANA_ID},
	{"registrar id/iana", WHOIS_IANA_ID},
	{"registrar abuse contact email", WHOIS_REGISTRAR_ABUSE},
	{"registrar abuse email", WHOIS_REGISTRAR_ABUSE},
	{"registrar abuse contact", WHOIS_REGISTRAR_ABUSE},
	{"registrar/abuse contact", WHOIS_REGISTRAR_ABUSE},
	{"registrar/abuse email", WHOIS_REGISTRAR_ABUSE},
	{"registrar/abuse", WHOIS_REGISTRAR_ABUSE},
	{"abuse contact email", WHOIS_REGISTRAR_ABUSE},
	{"abuse contacts/email", WHOIS_REGISTRAR_ABUSE},
	{"abuse-mailbox", WHOIS_ABUSE},
	{"abuse-c email", WHOIS_ABUSE},
	{"abuse email", WHOIS_ABUSE},
	{"orgabuseemail", WHOIS_ABUSE},
	{"rabuseemail", WHOIS_ABUSE},
	{"trouble", WHOIS_ABUSE},
	{"registrant email", WHOIS_CONTACT_MAIL},
	{"registrant contact email", WHOIS_CONTACT_MAIL},
	{"registrant e-mail", WHOIS_CONTACT_MAIL},
	{"registrant/email", WHOIS_CONTACT_MAIL},
	{"registrant/e-mail", WHOIS_CONTACT_MAIL},
	{"holder email", WHOIS_CONTACT_MAIL},
	{"holder/email", WHOIS_CONTACT_MAIL},
	{"holder/e-mail", WHOIS_CONTACT_MAIL},
	{"admin email", WHOIS_CONTACT_MAIL},
	{"administrative contact email", WHOIS_CONTACT_MAIL},
	{"contact information/email", WHOIS_CONTACT_MAIL},
	{"公開連絡窓口/email", WHOIS_CONTACT_MAIL},
	{"creation date", WHOIS_CREATED},
	{"creation date (dd/mm/yyyy)", WHOIS_CREATED},
	{"created", WHOIS_CREATED},
	{"created on", WHOIS_CREATED},
	{"created date", WHOIS_CREATED},
	{"created_date", WHOIS_CREATED},
	{"domain created", WHOIS_CREATED},
	{"domain create date", WHOIS_CREATED},
	{"domain registered", WHOIS_CREATED},
	{"domain registration date", WHOIS_CREATED},
	{"domain name commencement date", WHOIS_CREATED},
	{"record created", WHOIS_CREATED},
	{"registered", WHOIS_CREATED},
	{"registered on", WHOIS_CREATED},
	{"registered date", WHOIS_CREATED},
	{"relevant dates/registered on", WHOIS_CREATED},
	{"registration date", WHOIS_CREATED},
	{"registration time", WHOIS_CREATED},
	{"first registration date", WHOIS_CREATED},
	{"등록일", WHOIS_CREATED},
	{"登録年月日", WHOIS_CREATED},
	{"registry expiry date", WHOIS_EXPIRES},
	{"registrar registration expiration date", WHOIS_EXPIRES},
	{"expiration date", WHOIS_EXPIRES},
	{"expiration date (dd/mm/yyyy)", WHOIS_EXPIRES},
	{"domain expiration date", WHOIS_EXPIRES},
	{"expiry date", WHOIS_EXPIRES},
	{"expire date", WHOIS_EXPIRES},
	{"expires", WHOIS_EXPIRES},
	{"expires on", WHOIS_EXPIRES},
	{"expires at", WHOIS_EXPIRES},
	{"expire", WHOIS_EXPIRES},
	{"expire-date", WHOIS_EXPIRES},
	{"expiration time", WHOIS_EXPIRES},
	{"record expires on", WHOIS_EXPIRES},
	{"paid-till", WHOIS_EXPIRES},
	{"renewal date", WHOIS_EXPIRES},
	{"relevant dates/expiry date", WHOIS_EXPIRES},
	{"validity", WHOIS_EXPIRES},
	{"valid until", WHOIS_EXPIRES},
	{"有効期限", WHOIS_EXPIRES},
	{"만료일", WHOIS_EXPIRES},
	{"registrar whois server", WHOIS_REFERRAL},
	{"whois server", WHOIS_REFERRAL},
	{"refer", WHOIS_REFERRAL},
	{"referralserver", WHOIS_REFERRAL},
	{"registrant organization", WHOIS_ORGANISATION},
	{"registrant organisation", WHOIS_ORGANISATION},
	{"registrant contact organization", WHOIS_ORGANISATION},
	{"registrant/organization", WHOIS_ORGANISATION},
	{"registrant/organisation", WHOIS_ORGANISATION},
	{"registrant/name", WHOIS_ORGANISATION},
	{"registrant", WHOIS_ORGANISATION},
	{"registrant name", WHOIS_ORGANISATION},
	{"holder", WHOIS_ORGANISATION},
	{"holder name", WHOIS_ORGANISATION},
	{"owner", WHOIS_ORGANISATION},
	{"organization", WHOIS_ORGANISATION},
	{"organisation", WHOIS_ORGANISATION},
	{"organisation name", WHOIS_ORGANISATION},
	{"org", WHOIS_ORGANISATION},
	{"org-name", WHOIS_ORGANISATION},
	{"orgname", WHOIS_ORGANISATION},
	{"登録者名", WHOIS_ORGANISATION},
	{"組織名", WHOIS_ORGANISATION},
	{"domain status", WHOIS_STATUS},
	{"status", WHOIS_STATUS},
	{"state", WHOIS_STATUS},
	{"eppstatus", WHOIS_STATUS},
	{"registration status", WHOIS_STATUS},
	{"lock status", WHOIS_STATUS},
	{"状態", WHOIS_STATUS},
	{"ロック状態", WHOIS_STATUS},
	{"name server", WHOIS_NAME_SERVER},
	{"name servers", WHOIS_NAME_SERVER},
	{"name servers information", WHOIS_NAME_SERVER},
	{"nameserver", WHOIS_NAME_SERVER},
	{"nameservers", WHOIS_NAME_SERVER},
	{"nserver", WHOIS_NAME_SERVER},
	{"dns servers", WHOIS_NAME_SERVER},
	{"domain nameservers", WHOIS_NAME_SERVER},
	{"domain name servers", WHOIS_NAME_SERVER},
	{"domain servers in listed order", WHOIS_NAME_SERVER},
	{"domain servers", WHOIS_NAME_SERVER},
	{"name servers/hostname", WHOIS_NAME_SERVER},
	{"name servers/dns", WHOIS_NAME_SERVER},
	{"nameservers/hostname", WHOIS_NAME_SERVER},
	{"hostname", WHOIS_NAME_SERVER},
	{"host name", WHOIS_NAME_SERVER},
	{"name servers in the listed order", WHOIS_NAME_SERVER},
	{"ネームサーバ", WHOIS_NAME_SERVER},
	{"네임서버 이름", WHOIS_NAME_SERVER},
	{"primary server", WHOIS_NAME_SERVER},
	{"secondary server", WHOIS_NAME_SERVER},
	{"ネームサーバー", WHOIS_NAME_SERVER},
};
/* clang-format on */

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

enum whois_meaning
whois_meaning_of(const char *section, const char *label)
{
	g_autofree char *both = g_strdup_printf("%s/%s", section ? section : "", label);
	int meaning = GPOINTER_TO_INT(g_hash_table_lookup(table(), both));

	if (meaning == WHOIS_NONE)
		meaning = GPOINTER_TO_INT(g_hash_table_lookup(table(), label));
	return (enum whois_meaning)meaning;
}
