#include "intake/address.h"

#include <arpa/inet.h>
#include <string.h>

/* One number of the WHATWG IPv4 parser: decimal, 0octal or 0xhexadecimal, at most 32 bits. */
static gboolean
read_number(const char **p, guint64 *number)
{
	guint base = 10;
	const char *start = *p;

	*number = 0;
	if (start[0] == '0' && (start[1] | 0x20) == 'x') {
		base = 16;
		*p += 2;
	} else if (start[0] == '0' && g_ascii_isdigit(start[1])) {
		base = 8;
		*p += 1;
	} else if (!g_ascii_isdigit(*start)) {
		return FALSE;
	}
	for (; g_ascii_isxdigit(**p); ++*p) {
		guint digit = (guint)g_ascii_xdigit_value(**p);

		if (digit >= base)
			return FALSE;
		*number = *number * base + digit;
		if (*number > G_MAXUINT32)
			return FALSE;
	}
	return TRUE;
}

/* "0x7f.1", "2130706433": the last number fills what the others leave. */
static gboolean
read_numbers(const char *text, guint32 *address)
{
	guint64 part;
	guint count = 0;

	*address = 0;
	for (;;) {
		if (!read_number(&text, &part))
			return FALSE;
		if (*text == '\0')
			break;
		if (*text++ != '.' || part > 255 || ++count > 3)
			return FALSE;
		*address = (*address << 8) | (guint32)part;
	}
	if (count > 0)
		*address <<= 8 * (4 - count);
	if (part >= (guint64)1 << (8 * (4 - count)))
		return FALSE;
	*address |= (guint32)part;
	return TRUE;
}

gboolean
address_ipv4(const char *text, gboolean numbers, char *out, gsize size)
{
	struct in_addr address;
	guint32 value;

	if (!g_ascii_isdigit(*text))
		return FALSE;
	if (inet_pton(AF_INET, text, &address) != 1) {
		if (!numbers || !read_numbers(text, &value))
			return FALSE;
		address.s_addr = g_htonl(value);
	}
	return inet_ntop(AF_INET, &address, out, (socklen_t)size) != NULL;
}

gboolean
address_ipv6(const char *text, char *out, gsize size)
{
	struct in6_addr address;

	return strchr(text, ':') && inet_pton(AF_INET6, text, &address) == 1 &&
	       inet_ntop(AF_INET6, &address, out, (socklen_t)size);
}
