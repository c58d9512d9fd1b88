/* What libesmtp lacks, by libcurl: TLS from the first byte (port 465) and XOAUTH2. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "outbox/carrier-types.h"

struct smtps {
	CURL *curl;
	char *url, *sender, *user, *password, *ca_file;
	gboolean is_token; /* the password is an access token */
	long timeout_s;
	char refusal[400]; /* the server's last line that refuses, for messages */
};

struct upload {
	const char *bytes;
	gsize left;
};

static void
close_smtps(void *state)
{
	struct smtps *smtps = state;

	if (smtps->curl)
		curl_easy_cleanup(smtps->curl);
	g_free(smtps->url);
	g_free(smtps->sender);
	g_free(smtps->user);
	if (smtps->password)
		memset(smtps->password, 0, strlen(smtps->password));
	g_free(smtps->password);
	g_free(smtps->ca_file);
	g_free(smtps);
}

static void *
open_smtps(const struct config *config, const char *password, GError **error)
{
	const char *sender = carrier_sender(config, error);
	const char *own = config_string(config, "mail", "hostname");
	struct smtps *smtps;

	if (!sender)
		return NULL;
	if (strcmp(config_string(config, "mail", "auth"), "xoauth2") == 0 &&
		(!password || !config_string(config, "mail", "user"))) {
		g_set_error(error, CONFIG_ERROR, 0,
			"[mail] auth = xoauth2 wants user, and password_command to print the "
			"access token");
		return NULL;
	}
	smtps = g_new0(struct smtps, 1);
	smtps->curl = curl_easy_init();
	smtps->url = g_strdup_printf("%s://%s/%s", config_string(config, "mail", "carrier"),
		config_string(config, "mail", "server"), own ? own : g_get_host_name());
	smtps->is_token = strcmp(config_string(config, "mail", "auth"), "xoauth2") == 0;
	smtps->sender = g_strdup(sender);
	smtps->user = g_strdup(config_string(config, "mail", "user"));
	smtps->password = g_strdup(password);
	smtps->ca_file = config_path(config, "mail", "ca_file");
	smtps->timeout_s = (long)config_integer(config, "mail", "timeout");
	return smtps;
}

static size_t
on_read(char *buffer, size_t size, size_t count, void *user)
{
	struct upload *upload = user;
	gsize length = MIN(size * count, upload->left);

	memcpy(buffer, upload->bytes, length);
	upload->bytes += length;
	upload->left -= length;
	return length;
}

static size_t
discard(char *buffer G_GNUC_UNUSED, size_t size, size_t count, void *user G_GNUC_UNUSED)
{
	return size * count;
}

/* The replies of the server, line by line. */
static size_t
on_reply(char *line, size_t size, size_t count, void *user)
{
	struct smtps *smtps = user;
	gsize length = MIN(size * count, sizeof smtps->refusal - 1);

	if (length > 3 && (*line == '4' || *line == '5')) {
		memcpy(smtps->refusal, line, length);
		smtps->refusal[length] = '\0';
	}
	return size * count;
}

static void
prepare(struct smtps *smtps, struct upload *upload, struct curl_slist *recipients)
{
	CURL *curl = smtps->curl;

	curl_easy_reset(curl); /* keeps the connection */
	curl_easy_setopt(curl, CURLOPT_URL, smtps->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	/* With smtp:// it means STARTTLS, and nothing goes out without. */
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, smtps->sender);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, upload);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)upload->left);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_reply);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, smtps);
	*smtps->refusal = '\0';
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, smtps->timeout_s);
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, smtps->timeout_s);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, smtps->timeout_s);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (smtps->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, smtps->ca_file);
	if (smtps->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, smtps->user);
		curl_easy_setopt(curl, smtps->is_token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
			smtps->password);
	}
	if (smtps->is_token) {
		/* In one line, as those who invented it document it. */
		curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
		curl_easy_setopt(curl, CURLOPT_SASL_IR, 1L);
	}
}

static gboolean
is_session_fault(CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_LOGIN_DENIED:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CACERT_BADFILE:
		return TRUE;
	default:
		return FALSE;
	}
}

/* The server's own where it refused with that status. */
static char *
words_of(const struct smtps *smtps, long status, CURLcode code)
{
	if (status >= 400 && strtol(smtps->refusal, NULL, 10) == status)
		return g_strdup(smtps->refusal);
	return g_strdup_printf("%ld %s", status, code ? curl_easy_strerror(code) : "");
}

/* FALSE with *trouble when the server could not be used. */
static gboolean
send_one(struct smtps *smtps, struct delivery *delivery, char **trouble)
{
	gsize size;
	const char *bytes = g_bytes_get_data(delivery->bytes, &size);
	struct upload upload = { bytes, size };
	struct curl_slist *recipients = curl_slist_append(NULL, delivery->to);
	g_autofree char *words = NULL;
	long status = 0;
	CURLcode code;

	prepare(smtps, &upload, recipients);
	code = curl_easy_perform(smtps->curl);
	curl_easy_getinfo(smtps->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(recipients);
	if (is_session_fault(code)) {
		*trouble = g_strdup_printf("%s: %s", smtps->url, curl_easy_strerror(code));
		return FALSE;
	}
	words = words_of(smtps, status, code);
	if (code == CURLE_OK)
		delivery_set(delivery, VERDICT_ACCEPTED, words);
	else if (status / 100 == 5)
		delivery_set(delivery, VERDICT_REFUSED, words);
	else if (status / 100 == 4 || upload.left > 0)
		delivery_set(delivery, VERDICT_DEFERRED, words);
	else
		delivery_set(delivery, VERDICT_IN_DOUBT, words);
	return TRUE;
}

static gboolean
send_smtps(void *state, GPtrArray *deliveries, char **trouble)
{
	for (guint i = 0; i < deliveries->len; i++) {
		struct delivery *delivery = g_ptr_array_index(deliveries, i);

		if (!text_is_mail_address(delivery->to))
			delivery_set(
				delivery, VERDICT_REFUSED, "the recipient is not one mail address");
		else if (!delivery_may_go(delivery))
			return TRUE;
		else if (!send_one(state, delivery, trouble))
			return FALSE;
		delivery_settle(delivery);
	}
	return TRUE;
}

const struct carrier_type carrier_smtps = {
	.open = open_smtps,
	.send = send_smtps,
	.close = close_smtps,
};
