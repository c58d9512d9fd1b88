#include "base/digest.h"

#include <openssl/evp.h>
#include <string.h>

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

/* One of the two is there: OpenSSL's, or what is always there. */
struct sum {
	EVP_MD_CTX *fast;
	GChecksum *slow;
};

static struct sum
sum_begin(void)
{
	struct sum sum = { .fast = sha256() ? EVP_MD_CTX_new() : NULL };

	if (sum.fast && !EVP_DigestInit_ex(sum.fast, sha256(), NULL))
		g_clear_pointer(&sum.fast, EVP_MD_CTX_free);
	if (!sum.fast)
		sum.slow = g_checksum_new(G_CHECKSUM_SHA256);
	return sum;
}

static void
sum_add(struct sum *sum, const void *bytes, gsize size)
{
	if (sum->fast)
		EVP_DigestUpdate(sum->fast, bytes, size);
	else if (size > 0)
		g_checksum_update(sum->slow, bytes, (gssize)size);
}

static void
sum_end(struct sum *sum, char digest[DIGEST_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[EVP_MAX_MD_SIZE];
	gsize length = (DIGEST_SIZE - 1) / 2;

	if (sum->fast)
		EVP_DigestFinal_ex(sum->fast, bytes, NULL);
	else
		g_checksum_get_digest(sum->slow, bytes, &length);
	for (gsize i = 0; i < length; i++) {
		digest[2 * i] = digits[bytes[i] >> 4];
		digest[2 * i + 1] = digits[bytes[i] & 15];
	}
	digest[2 * length] = '\0';
	g_clear_pointer(&sum->fast, EVP_MD_CTX_free);
	g_clear_pointer(&sum->slow, g_checksum_free);
}

void
digest_of(const void *bytes, gsize size, char digest[DIGEST_SIZE])
{
	struct sum sum = sum_begin();

	sum_add(&sum, bytes, size);
	sum_end(&sum, digest);
}

char *
digest_of_bytes(GBytes *bytes)
{
	char digest[DIGEST_SIZE];

	digest_of(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), digest);
	return g_strdup(digest);
}

static gsize
without_last_lines(const char *text, gsize size)
{
	while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
		size--;
	return size;
}

/* Lines that end as they shall are taken together, with no copy of them. Whether all did. */
static gboolean
add_lines(struct sum *sum, const char *from, const char *end, const char *line_end)
{
	const gboolean wants_return = line_end[0] == '\r';
	const char *const begin = from;
	const char *taken = from;

	while ((from = memchr(from, '\n', (gsize)(end - from)))) {
		const gboolean has_return = from > taken && from[-1] == '\r';

		if (has_return != wants_return) {
			sum_add(sum, taken, (gsize)(from - taken) - (has_return ? 1 : 0));
			sum_add(sum, line_end, strlen(line_end));
			taken = from + 1;
		}
		from++;
	}
	sum_add(sum, taken, (gsize)(end - taken));
	return taken == begin;
}

char *
digest_of_lines(GBytes *text, const char *line_end, gboolean *as_is)
{
	gsize size;
	const char *from = g_bytes_get_data(text, &size);
	const gsize length = size ? without_last_lines(from, size) : 0;
	struct sum sum = sum_begin();
	char digest[DIGEST_SIZE];

	*as_is = size == 0;
	if (length > 0) {
		*as_is = add_lines(&sum, from, from + length, line_end) &&
			 size - length == strlen(line_end) &&
			 memcmp(from + length, line_end, strlen(line_end)) == 0;
		sum_add(&sum, line_end, strlen(line_end));
	}
	sum_end(&sum, digest);
	return g_strdup(digest);
}
