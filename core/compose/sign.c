#include "compose/sign.h"

#include "base/config.h"
#include "compose/gmime-auto.h"

struct signer {
	char *key;
	GMimeCryptoContext *context;
};

/* A gpg that stops at a question would hold up everything: no passwords are asked here. The agent
 * may know the passphrase. */
static gboolean
no_password(GMimeCryptoContext *context, const char *user, const char *prompt, gboolean again,
	GMimeStream *response, GError **error)
{
	(void)context, (void)user, (void)prompt, (void)again, (void)response;
	g_set_error_literal(
		error, CONFIG_ERROR, 0, "the key wants a passphrase that gpg-agent does not have");
	return FALSE;
}

static gboolean
try_key(struct signer *signer, GError **error)
{
	g_autoptr(GMimeStream) in = g_mime_stream_mem_new_with_buffer("abate\r\n", 7);
	g_autoptr(GMimeStream) out = g_mime_stream_mem_new();
	g_autoptr(GError) fault = NULL;
	if (g_mime_crypto_context_sign(signer->context, TRUE, signer->key, in, out, &fault) >= 0)
		return TRUE;
	g_set_error(error, CONFIG_ERROR, 0,
		"the OpenPGP key \"%s\" of [reporter] openpgp_key cannot sign: %s; see `gpg "
		"--list-secret-keys`, or take the key out of abate.conf to send unsigned",
		signer->key, fault ? fault->message : "gpg gave no reason");
	return FALSE;
}

struct signer *
signer_new(const char *key, GError **error)
{
	gmime_start();
	struct signer *signer = g_new0(struct signer, 1);
	signer->key = g_strdup(key);
	signer->context = g_mime_gpg_context_new();
	if (signer->context) {
		g_mime_crypto_context_set_request_password(signer->context, no_password);
		if (try_key(signer, error))
			return signer;
	} else {
		g_set_error_literal(error, CONFIG_ERROR, 0,
			"[reporter] openpgp_key is set, but gpg is not there: install gnupg");
	}
	signer_free(signer);
	return NULL;
}

void
signer_free(struct signer *signer)
{
	if (!signer)
		return;
	g_clear_object(&signer->context);
	g_free(signer->key);
	g_free(signer);
}

GMimeObject *
signer_sign(struct signer *signer, GMimeObject *entity, GError **error)
{
	GMimeMultipartSigned *parts =
		g_mime_multipart_signed_sign(signer->context, entity, signer->key, error);
	if (!parts)
		g_prefix_error(error, "signing with the OpenPGP key \"%s\": ", signer->key);
	return GMIME_OBJECT(parts);
}
