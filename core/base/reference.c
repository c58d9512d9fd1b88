#include "base/reference.h"

#include <string.h>
#include <sys/random.h>

#define REFERENCE_LENGTH 16
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

char *
reference_new(void)
{
	guint8 random[REFERENCE_LENGTH];
	char *reference = g_malloc(REFERENCE_LENGTH + 1);

	/* Without randomness a reference could be guessed, so there is no way on. */
	if (getrandom(random, sizeof random, 0) != (gssize)sizeof random)
		g_error("the kernel gives no random bytes");
	for (gsize i = 0; i < REFERENCE_LENGTH; i++)
		reference[i] = alphabet[random[i] & 31];
	reference[REFERENCE_LENGTH] = '\0';
	return reference;
}

char *
reference_find(const char *text)
{
	for (const char *at = text; at && (at = strstr(at, "abate")); at += 5) {
		const char *token = at + 6;
		gsize length = 0;

		if (at[5] != '-' && at[5] != '+')
			continue;
		while (token[length] && strchr(alphabet, g_ascii_tolower(token[length])))
			length++;
		if (length == REFERENCE_LENGTH)
			return g_ascii_strdown(token, REFERENCE_LENGTH);
	}
	return NULL;
}
