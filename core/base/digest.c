#include "base/digest.h"

#include <openssl/evp.h>

/* OpenSSL's uses the processor's own instructions: mails may be large, and many. NULL: not there.
 */
static const EVP_MD *
sha256(void)
{
	static gsize once;
	static const EVP_MD *method;

	if (g_once_init_enter(&once)) {
		/* Kept: to look for it takes longer than to use it. */
		method = EVP_MD_fetch(NULL, "SHA2-256", NULL);
		g_once_init_leave(&once, 1);
	}
	return method;
}

void
digest_of(const void *bytes, gsize size, char digest[DIGEST_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int length = 0;

	if (!sha256() || !EVP_Digest(bytes, size, sum, &length, sha256(), NULL)) {
		g_autofree char *text = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);

		g_strlcpy(digest, text, DIGEST_SIZE);
		return;
	}
	for (unsigned int i = 0; i < length; i++) {
		digest[2 * i] = digits[sum[i] >> 4];
		digest[2 * i + 1] = digits[sum[i] & 15];
	}
	digest[2 * length] = '\0';
}

char *
digest_of_bytes(GBytes *bytes)
{
	char digest[DIGEST_SIZE];

	digest_of(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), digest);
	return g_strdup(digest);
}
