#include "inbox/digest.h"

#include <openssl/evp.h>

char *
digest_of(GBytes *bytes)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	char *text;

	/* OpenSSL's uses the processor's own instructions: mails may be large, and many. */
	if (!EVP_Digest(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), sum, &length,
		    EVP_sha256(), NULL))
		return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	text = g_malloc(2 * (gsize)length + 1);
	for (unsigned int i = 0; i < length; i++) {
		text[2 * i] = digits[sum[i] >> 4];
		text[2 * i + 1] = digits[sum[i] & 15];
	}
	text[2 * length] = '\0';
	return text;
}
