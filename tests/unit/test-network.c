/* Networks: what is one, and which addresses it holds. */
#include "base/network.h"

static gboolean
holds(const char *network_text, const char *address_text)
{
	struct network network;
	struct address address;

	g_assert_true(network_parse(network_text, &network));
	g_assert_true(address_parse(address_text, &address));
	return network_holds(&network, &address);
}

static void
test_holds(void)
{
	g_assert_true(holds("192.0.2.0/24", "192.0.2.255"));
	g_assert_false(holds("192.0.2.0/24", "192.0.3.0"));
	g_assert_true(holds("192.0.2.128/25", "192.0.2.129"));
	g_assert_false(holds("192.0.2.128/25", "192.0.2.127"));
	g_assert_true(holds("192.0.2.1/32", "192.0.2.1"));
	g_assert_false(holds("192.0.2.1/32", "192.0.2.0"));
	g_assert_true(holds("0.0.0.0/0", "203.0.113.7"));
	g_assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
	g_assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
	g_assert_true(holds("2001:db8::1/128", "2001:db8:0::1"));
	/* Of another family, whatever the bits. */
	g_assert_false(holds("0.0.0.0/0", "::"));
	g_assert_false(holds("::/0", "0.0.0.0"));
}

static void
test_is_none(void)
{
	static const char *const wrong[] = { "", "/", "192.0.2.0", "192.0.2.0/", "192.0.2.0/33",
		"192.0.2/24", "192.0.2.0/-1", "192.0.2.0/+1", "192.0.2.0/24x", "2001:db8::/129",
		"fe80::1%eth0/64", "host/8",
		"0000000000000000000000000000000000000000000000000000000/8" };
	struct network network;

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		if (network_parse(wrong[i], &network))
			g_error("\"%s\" was taken for a network", wrong[i]);
}

static void
test_loopback(void)
{
	g_assert_true(host_is_loopback("localhost"));
	g_assert_true(host_is_loopback("127.0.0.1"));
	g_assert_true(host_is_loopback("127.9.9.9"));
	g_assert_true(host_is_loopback("::1"));
	g_assert_true(host_is_loopback("[::1]"));
	g_assert_false(host_is_loopback("127.0.0.1.example.org"));
	g_assert_false(host_is_loopback("localhost.example.org"));
	g_assert_false(host_is_loopback("192.0.2.127"));
	g_assert_false(host_is_loopback("::2"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/network/holds", test_holds);
	g_test_add_func("/network/is-none", test_is_none);
	g_test_add_func("/network/loopback", test_loopback);
	return g_test_run();
}
