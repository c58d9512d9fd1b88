/* Which addresses may be reached: the special-purpose registries of IANA (RFC 6890), as a table. */
#include <arpa/inet.h>
#include <string.h>

#include "net/loop.h"

struct block {
	const char *address;
	int bits;
};

static const struct block special4[] = {
	{ "0.0.0.0", 8 },
	{ "10.0.0.0", 8 },
	{ "100.64.0.0", 10 },
	{ "127.0.0.0", 8 },
	{ "169.254.0.0", 16 },
	{ "172.16.0.0", 12 },
	{ "192.0.0.0", 24 },
	{ "192.0.2.0", 24 },
	{ "192.88.99.0", 24 },
	{ "192.168.0.0", 16 },
	{ "198.18.0.0", 15 },
	{ "198.51.100.0", 24 },
	{ "203.0.113.0", 24 },
	{ "224.0.0.0", 4 },
	{ "240.0.0.0", 4 },
};

/* Within 2000::/3, the only part of IPv6 that is given out. */
static const struct block special6[] = {
	{ "2001::", 23 },
	{ "2001:db8::", 32 },
	{ "3fff::", 20 },
};

/* IPv6 forms with an IPv4 address inside, and where it starts. */
static const struct {
	struct block block;
	int offset;
} carriers[] = {
	{ { "::ffff:0:0", 96 }, 12 },
	{ { "64:ff9b::", 96 }, 12 },
	{ { "2002::", 16 }, 2 },
};

gboolean
guard_in_block(const guint8 *address, const guint8 *prefix, int bits)
{
	if (memcmp(address, prefix, bits / 8) != 0)
		return FALSE;
	return bits % 8 == 0 || ((address[bits / 8] ^ prefix[bits / 8]) >> (8 - bits % 8)) == 0;
}

static gboolean
in_named_block(int family, const guint8 *address, const struct block *block)
{
	guint8 prefix[16];

	return inet_pton(family, block->address, prefix) == 1 &&
	       guard_in_block(address, prefix, block->bits);
}

static gboolean
is_public4(const guint8 *address)
{
	for (gsize i = 0; i < G_N_ELEMENTS(special4); i++)
		if (in_named_block(AF_INET, address, &special4[i]))
			return FALSE;
	return TRUE;
}

static gboolean
is_public6(const guint8 *address)
{
	for (gsize i = 0; i < G_N_ELEMENTS(carriers); i++)
		if (in_named_block(AF_INET6, address, &carriers[i].block))
			return is_public4(address + carriers[i].offset);
	if ((address[0] & 0xe0) != 0x20)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(special6); i++)
		if (in_named_block(AF_INET6, address, &special6[i]))
			return FALSE;
	return TRUE;
}

gboolean
net_address_is_public(const char *address)
{
	guint8 bytes[16];

	if (!address)
		return FALSE;
	if (inet_pton(AF_INET, address, bytes) == 1)
		return is_public4(bytes);
	if (inet_pton(AF_INET6, address, bytes) == 1)
		return is_public6(bytes);
	/* What is not understood, a scope ("fe80::1%eth0") too, is not reached. */
	return FALSE;
}

gboolean
guard_is_link_local(const char *address)
{
	static const struct block block4 = { "169.254.0.0", 16 }, block6 = { "fe80::", 10 };
	guint8 bytes[16];

	if (inet_pton(AF_INET, address, bytes) == 1)
		return in_named_block(AF_INET, bytes, &block4);
	if (inet_pton(AF_INET6, address, bytes) != 1)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(carriers); i++)
		if (in_named_block(AF_INET6, bytes, &carriers[i].block))
			return in_named_block(AF_INET, bytes + carriers[i].offset, &block4);
	return in_named_block(AF_INET6, bytes, &block6);
}

gboolean
net_address_allowed(const struct net *net, const char *address)
{
	return net->options.allow_private || net_address_is_public(address);
}
