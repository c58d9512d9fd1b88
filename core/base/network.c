#include "base/network.h"

#include <arpa/inet.h>
#include <string.h>

gboolean
address_parse(const char *text, struct address *address)
{
	address->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(address->family, text, address->bytes) == 1;
}

gboolean
network_parse(const char *text, struct network *network)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN];
	guint64 length;

	if (!slash || (gsize)(slash - text) >= sizeof address)
		return FALSE;
	g_strlcpy(address, text, (gsize)(slash - text) + 1);
	if (!address_parse(address, &network->prefix) ||
		!g_ascii_string_to_unsigned(slash + 1, 10, 0,
			network->prefix.family == AF_INET ? 32 : 128, &length, NULL))
		return FALSE;
	network->length = (guint)length;
	return TRUE;
}

gboolean
network_holds(const struct network *network, const struct address *address)
{
	const guint8 *prefix = network->prefix.bytes;
	const guint whole = network->length / 8, rest = network->length % 8;
	const guint8 mask = (guint8)(0xff00 >> rest);

	return network->prefix.family == address->family &&
	       memcmp(prefix, address->bytes, whole) == 0 &&
	       (rest == 0 || ((prefix[whole] ^ address->bytes[whole]) & mask) == 0);
}

gboolean
host_is_loopback(const char *host)
{
	struct address address;

	if (strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
		strcmp(host, "[::1]") == 0)
		return TRUE;
	return address_parse(host, &address) && address.family == AF_INET &&
	       address.bytes[0] == 127;
}
