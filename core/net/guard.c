/* Which addresses may be reached: the special-purpose registries of IANA (RFC 6890), as a table. */
#include <string.h>
#include <sys/socket.h>

#include "base/network.h"
#include "net/loop.h"

static const char *const special4[] = {
	"0.0.0.0/8",
	"10.0.0.0/8",
	"100.64.0.0/10",
	"127.0.0.0/8",
	"169.254.0.0/16",
	"172.16.0.0/12",
	"192.0.0.0/24",
	"192.0.2.0/24",
	"192.88.99.0/24",
	"192.168.0.0/16",
	"198.18.0.0/15",
	"198.51.100.0/24",
	"203.0.113.0/24",
	"224.0.0.0/4",
	"240.0.0.0/4",
};

/* Within 2000::/3, the only part of IPv6 that is given out. */
static const char *const special6[] = {
	"2001::/23",
	"2001:db8::/32",
	"3fff::/20",
};

/* IPv6 forms with an IPv4 address inside, and where it starts. */
static const struct {
	const char *network;
	int offset;
} carriers[] = {
	{ "::ffff:0:0/96", 12 },
	{ "64:ff9b::/96", 12 },
	{ "2002::/16", 2 },
};

#define LINK_LOCAL4 "169.254.0.0/16"
#define LINK_LOCAL6 "fe80::/10"

static gboolean
is_in(const struct address *address, const char *name)
{
	struct network network;

	return network_parse(name, &network) && network_holds(&network, address);
}

static gboolean
is_in_any(const struct address *address, const char *const *names, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (is_in(address, names[i]))
			return TRUE;
	return FALSE;
}

/* An IPv6 address that carries an IPv4 one becomes that. */
static void
unwrap(struct address *address)
{
	for (gsize i = 0; i < G_N_ELEMENTS(carriers); i++)
		if (is_in(address, carriers[i].network)) {
			address->family = AF_INET;
			memmove(address->bytes, address->bytes + carriers[i].offset, 4);
			return;
		}
}

gboolean
net_address_is_public(const char *text)
{
	struct address address;

	/* What is not understood, a scope ("fe80::1%eth0") too, is not reached. */
	if (!text || !address_parse(text, &address))
		return FALSE;
	unwrap(&address);
	if (address.family == AF_INET)
		return !is_in_any(&address, special4, G_N_ELEMENTS(special4));
	return is_in(&address, "2000::/3") &&
	       !is_in_any(&address, special6, G_N_ELEMENTS(special6));
}

gboolean
guard_is_link_local(const char *text)
{
	struct address address;

	if (!address_parse(text, &address))
		return FALSE;
	unwrap(&address);
	return is_in(&address, LINK_LOCAL4) || is_in(&address, LINK_LOCAL6);
}

gboolean
net_address_allowed(const struct net *net, const char *address)
{
	return net->options.allow_private || net_address_is_public(address);
}
