#include "inbox/imap-settings.h"

#include <curl/curl.h>
#include <string.h>

#include "base/network.h"
#include "base/password.h"
#include "base/text.h"

typedef CURLU Url; /* for g_autoptr */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Url, curl_url_cleanup)

void
imap_settings_free(struct imap_settings *settings)
{
	if (!settings)
		return;
	g_free(settings->server);
	g_free(settings->name);
	g_free(settings->source);
	g_free(settings->user);
	if (settings->password)
		memset(settings->password, 0, strlen(settings->password));
	g_free(settings->password);
	g_free(settings->mailbox);
	g_free(settings->flag);
	g_free(settings->move);
	g_free(settings->ca_file);
	g_free(settings);
}

char *
imap_quote(const char *mailbox)
{
	g_autofree char *wire = g_convert(mailbox, -1, "UTF-7-IMAP", "UTF-8", NULL, NULL, NULL);
	g_autoptr(GString) quoted = g_string_new("\"");

	if (!wire || !*wire || strlen(wire) > 1000)
		return NULL;
	for (const char *p = mailbox; *p; p++)
		if (g_ascii_iscntrl(*p))
			return NULL;
	for (const char *p = wire; *p; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_c(quoted, '\\');
		g_string_append_c(quoted, *p);
	}
	g_string_append_c(quoted, '"');
	return g_string_free(g_steal_pointer(&quoted), FALSE);
}

static gboolean
fault(GError **error, const char *key, const char *words)
{
	/* The value is not shown: somebody may have written a password into the URL. */
	g_set_error(error, CONFIG_ERROR, 0, "[inbox] %s: %s", key, words);
	return FALSE;
}

/* A part of the URL, decoded; NULL when it has none. Free with g_free. */
static char *
part_of(CURLU *url, CURLUPart what)
{
	char *value = NULL;
	char *copy;

	if (curl_url_get(url, what, &value, CURLU_URLDECODE | CURLU_DEFAULT_PORT) != CURLUE_OK)
		return NULL;
	copy = g_strdup(value);
	curl_free(value);
	return copy;
}

/* On a loopback server where nothing is said, TLS is used when it is there: in the clear would do
 * as well, so a certificate that nobody signed is no reason to stop. */
static gboolean
read_tls(struct imap_settings *settings, const struct config *config, const char *host,
	GError **error)
{
	const char *tls = config_string(config, "inbox", "tls");
	gboolean is_plain = g_str_has_prefix(settings->server, "imap:");
	gboolean is_auto = strcmp(tls, "auto") == 0;

	settings->ca_file = config_path(config, "inbox", "ca_file");
	settings->verify = !is_plain || !is_auto || settings->ca_file || !host_is_loopback(host);
	if (is_auto)
		tls = is_plain && host_is_loopback(host) ? "opportunistic" : "required";
	settings->use_ssl = !is_plain || strcmp(tls, "required") == 0 ? CURLUSESSL_ALL
			    : strcmp(tls, "none") == 0		      ? CURLUSESSL_NONE
								      : CURLUSESSL_TRY;
	if (settings->use_ssl == CURLUSESSL_ALL || host_is_loopback(host))
		return TRUE;
	return fault(error, "tls",
		"it would send the password in the clear; set it to required, or write imaps:// in "
		"imap");
}

static gboolean
is_flag(const char *flag)
{
	gsize start = *flag == '\\' ? 1 : 0;
	gsize length = strspn(flag + start, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					    "0123456789$_.-");

	return length > 0 && length < 100 && !flag[start + length];
}

/* Both quoted; of all names INBOX alone is one in whatever case. */
static gboolean
is_same_mailbox(const char *first, const char *second)
{
	static const char inbox[] = "\"INBOX\"";

	return strcmp(first, second) == 0 ||
	       (g_ascii_strcasecmp(first, inbox) == 0 && g_ascii_strcasecmp(second, inbox) == 0);
}

static gboolean
read_afterwards(struct imap_settings *settings, const struct config *config, GError **error)
{
	const char *flag = config_string(config, "inbox", "imap_flag");
	const char *move = config_string(config, "inbox", "imap_move");

	if (flag && !is_flag(flag))
		return fault(error, "imap_flag", "it wants one flag, as \\Seen or abate");
	if (flag && g_ascii_strcasecmp(flag, "\\Deleted") == 0)
		return fault(error, "imap_flag",
			"nothing is deleted; imap_move takes mails out of the way");
	if (flag && g_ascii_strcasecmp(flag, "\\Recent") == 0)
		return fault(error, "imap_flag", "\\Recent is the server's own, nobody can set it");
	settings->flag = g_strdup(flag);
	settings->move = move ? imap_quote(move) : NULL;
	if (move && !settings->move)
		return fault(error, "imap_move", "it is no name of a folder");
	if (move && is_same_mailbox(settings->move, settings->mailbox))
		return fault(
			error, "imap_move", "it is the mailbox that is read; name another folder");
	return TRUE;
}

static gboolean
read_login(struct imap_settings *settings, const struct config *config, GError **error)
{
	if (!password_read(config, "inbox", &settings->password, error))
		return FALSE;
	settings->is_token = strcmp(config_string(config, "inbox", "auth"), "xoauth2") == 0;
	if (settings->user && settings->password)
		return TRUE;
	return settings->user ? fault(error, "imap",
					"it wants a password; set password_command to print it")
			      : fault(error, "imap",
					"it wants the user in its URL: imaps://user@host/INBOX");
}

/* Names of the mailbox, safe to show and to keep. */
static void
name(struct imap_settings *settings, const char *scheme, const char *host, const char *port,
	const char *mailbox)
{
	const char *user = settings->user ? settings->user : "";
	g_autofree char *source = g_strdup_printf("imap:%s@%s/%s", user, host, mailbox);
	g_autofree char *full =
		g_strdup_printf("%s://%s@%s:%s/%s", scheme, user, host, port, mailbox);

	settings->server = g_strdup_printf("%s://%s:%s/", scheme, host, port);
	settings->source = text_for_terminal(source);
	settings->name = text_for_terminal(full);
}

static gboolean
read_url(struct imap_settings *settings, CURLU *url, char **host, GError **error)
{
	g_autofree char *scheme = part_of(url, CURLUPART_SCHEME);
	g_autofree char *port = part_of(url, CURLUPART_PORT);
	g_autofree char *path = part_of(url, CURLUPART_PATH);
	g_autofree char *password = part_of(url, CURLUPART_PASSWORD);
	const char *mailbox = path && path[0] && path[1] ? path + 1 : path ? "INBOX" : "";

	*host = part_of(url, CURLUPART_HOST);
	if (!*host || !scheme || (strcmp(scheme, "imap") != 0 && strcmp(scheme, "imaps") != 0))
		return fault(error, "imap", "it wants imaps://user@host/INBOX");
	if (password)
		return fault(error, "imap",
			"no password belongs into the URL; set password_command to print it");
	settings->user = part_of(url, CURLUPART_USER);
	settings->mailbox = imap_quote(mailbox);
	if (!settings->mailbox)
		return fault(error, "imap", "the mailbox's name cannot be used");
	name(settings, scheme, *host, port, mailbox);
	return TRUE;
}

/* Users are often mail addresses, and people write them as they are: all but the last "@" become
 * "%40"; and of a mailbox every sign belongs to its name. Free with g_free. */
static char *
encode(const char *text)
{
	const char *start = strstr(text, "://");
	g_autoptr(GString) url = g_string_new(NULL);
	gsize length = start ? strcspn(start + 3, "/") : 0;
	const char *last = start ? g_strrstr_len(start + 3, (gssize)length, "@") : NULL;
	const char *path = start ? start + 3 + length : text;

	for (const char *p = text; *p; p++) {
		if ((last && *p == '@' && p < last) || (p > path && strchr(" ?#", *p)))
			g_string_append_printf(url, "%%%02X", (guint)*p);
		else
			g_string_append_c(url, *p);
	}
	return g_string_free(g_steal_pointer(&url), FALSE);
}

struct imap_settings *
imap_settings_read(const struct config *config, GError **error)
{
	const char *text = config_string(config, "inbox", "imap");
	g_autoptr(ImapSettings) settings = NULL;
	g_autoptr(Url) url = NULL;
	g_autofree char *host = NULL;
	g_autofree char *encoded = NULL;

	if (!text)
		return NULL;
	settings = g_new0(struct imap_settings, 1);
	settings->timeout_s = CLAMP(config_integer(config, "inbox", "timeout"), 1, 3600);
	encoded = encode(text);
	url = curl_url();
	if (curl_url_set(url, CURLUPART_URL, encoded, 0) != CURLUE_OK) {
		fault(error, "imap", "it wants imaps://user@host/INBOX");
		return NULL;
	}
	if (!read_url(settings, url, &host, error) || !read_tls(settings, config, host, error) ||
		!read_afterwards(settings, config, error) || !read_login(settings, config, error))
		return NULL;
	return g_steal_pointer(&settings);
}
