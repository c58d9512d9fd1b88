#include "outbox/smtp-tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/config.h"

struct guard {
	char *host;
	const gboolean *injected;
};

static int guard_index = -1;

static void
free_guard(void *parent G_GNUC_UNUSED, void *data, CRYPTO_EX_DATA *extra G_GNUC_UNUSED,
	int index G_GNUC_UNUSED, long argl G_GNUC_UNUSED, void *argp G_GNUC_UNUSED)
{
	struct guard *guard = data;

	if (guard)
		g_free(guard->host);
	g_free(guard);
}

static int
verify(int fine, X509_STORE_CTX *chain)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct guard *guard = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), guard_index);

	if (!*guard->injected)
		return fine;
	X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

/* libesmtp makes the SSL itself and sets no server name: the first chance is here. */
static void
say_server_name(const SSL *ssl, int where, int value G_GNUC_UNUSED)
{
	const struct guard *guard = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), guard_index);

	if ((where & SSL_CB_HANDSHAKE_START) && !g_hostname_is_ip_address(guard->host))
		SSL_set_tlsext_host_name((SSL *)ssl, guard->host);
}

static gboolean
trust(SSL_CTX *context, const char *ca_file, GError **error)
{
	int fine = ca_file ? SSL_CTX_load_verify_locations(context, ca_file, NULL)
			   : SSL_CTX_set_default_verify_paths(context);

	if (fine == 1)
		return TRUE;
	g_set_error(error, CONFIG_ERROR, 0, "[mail] ca_file %s: %s", ca_file ? ca_file : "",
		ERR_reason_error_string(ERR_get_error()));
	return FALSE;
}

static void
require_name(SSL_CTX *context, const char *host)
{
	X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(context);

	if (g_hostname_is_ip_address(host))
		X509_VERIFY_PARAM_set1_ip_asc(parameters, host);
	else
		X509_VERIFY_PARAM_set1_host(parameters, host, 0);
}

SSL_CTX *
smtp_tls_context(const char *host, const char *ca_file, const gboolean *injected, GError **error)
{
	static gsize once;
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct guard *guard;

	if (g_once_init_enter(&once)) {
		guard_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_guard);
		g_once_init_leave(&once, 1);
	}
	guard = g_new0(struct guard, 1);
	guard->host = g_strdup(host);
	guard->injected = injected;
	SSL_CTX_set_ex_data(context, guard_index, guard);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	/* With TLS 1.3 a server sends session tickets on its own; libesmtp 1.1.0 sees the socket
	 * readable, waits for an answer to what it has not written yet, and times out (seen in most
	 * sessions). */
	SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verify);
	SSL_CTX_set_info_callback(context, say_server_name);
	require_name(context, host);
	if (trust(context, ca_file, error))
		return context;
	SSL_CTX_free(context);
	return NULL;
}
