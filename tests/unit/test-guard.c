#include <glib.h>

#include "net/net.h"

static void
test_refused(void)
{
	static const char *const addresses[] = { "0.0.0.0", "10.1.2.3", "100.64.0.1",
		"100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1",
		"198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
		"240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
		"fdff::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",
		"::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::1",
		"2002:7f00:1::", "2002:c0a8:1::1", "2001::1", "2001:db8::1", "3fff::1", "fec0::1",
		"4000::1", "", "localhost", "8.8.8.8 ", "0x7f.1", "127.1" };

	for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
		if (net_address_is_public(addresses[i]))
			g_error("%s counts as public", addresses[i]);
	}
	g_assert_false(net_address_is_public(NULL));
}

static void
test_allowed(void)
{
	static const char *const addresses[] = { "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
		"172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "198.17.255.255",
		"198.20.0.0", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888",
		"2400:cb00::1", "2606:4700::1111", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
		"2002:808:808::1" };

	for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
		if (!net_address_is_public(addresses[i]))
			g_error("%s counts as private", addresses[i]);
	}
}

static void
test_switch(void)
{
	g_autoptr(Net) closed = net_new(&(struct net_options){ 0 }, NULL);
	g_autoptr(Net) open = net_new(&(struct net_options){ .allow_private = TRUE }, NULL);

	g_assert_false(net_address_allowed(closed, "127.0.0.1"));
	g_assert_true(net_address_allowed(closed, "1.1.1.1"));
	g_assert_true(net_address_allowed(open, "127.0.0.1"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guard/refused", test_refused);
	g_test_add_func("/guard/allowed", test_allowed);
	g_test_add_func("/guard/switch", test_switch);
	return g_test_run();
}
