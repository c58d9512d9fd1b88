/* The outbox's pure parts, and the Maildir. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/config.h"
#include "outbox/backoff.h"
#include "outbox/carrier.h"
#include "outbox/owner.h"

static void
test_backoff(void)
{
	const gint64 base = BACKOFF_BASE;

	g_assert_cmpint(backoff_next(1000, base, 1, 0.5), ==, 1000 + base);
	g_assert_cmpint(backoff_next(1000, base, 3, 0.5), ==, 1000 + 9 * base);
	g_assert_cmpint(backoff_next(0, base, 2, 0), ==, (gint64)((double)(4 * base) * 0.9));
	g_assert_cmpint(backoff_next(0, base, 2, 1), ==, (gint64)((double)(4 * base) * 1.1));
	g_assert_cmpint(backoff_next(0, base, BACKOFF_TRIES + 1, 0.5), ==, 0);
	g_assert_cmpint(backoff_next(0, base, BACKOFF_TRIES, 1), <,
		G_GINT64_CONSTANT(5) * 86400 * G_USEC_PER_SEC);
}

static void
test_owner(void)
{
	g_autofree char *own = owner_name();
	g_autofree char *gone = g_strdup_printf("%s:1:1", g_get_host_name());

	g_assert_true(owner_is_alive(own));
	g_assert_false(owner_is_alive(gone));
	g_assert_false(owner_is_alive("nonsense"));
	g_assert_true(owner_is_alive("another-host:1:1"));
}

static struct config *
config_of(const char *folder, const char *text)
{
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);
	g_autoptr(GError) error = NULL;
	struct config *config;

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	config = config_load(file, &error);
	g_assert_no_error(error);
	return config;
}

static struct delivery *
delivery_new(const char *to, const char *text)
{
	struct delivery *delivery = g_new0(struct delivery, 1);

	delivery->report_id = 7;
	delivery->to = g_strdup(to);
	delivery->bytes = g_bytes_new(text, strlen(text));
	return delivery;
}

static char *
only_file(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name = g_dir_read_name(dir);
	char *path = name ? g_build_filename(folder, name, NULL) : NULL;

	g_assert_null(g_dir_read_name(dir));
	return path;
}

static void
test_maildir(void)
{
	static const char text[] = "Subject: x\r\n\r\n.dot\r\nFrom here\r\n";
	g_autofree char *folder = g_dir_make_tmp("abate-outbox-XXXXXX", NULL);
	g_autofree char *new = g_build_filename(folder, "out", "new", NULL);
	g_autofree char *conf = g_build_filename(folder, "abate.conf", NULL);
	g_autofree char *file = NULL;
	g_autofree char *got = NULL;
	g_autofree char *trouble = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_of(folder, "[mail]\ncarrier=maildir\nmaildir=out\n");
	g_autoptr(GPtrArray) deliveries =
		g_ptr_array_new_with_free_func((GDestroyNotify)delivery_free);
	struct carrier *carrier = carrier_new(config, NULL, &error);

	g_assert_no_error(error);
	g_ptr_array_add(deliveries, delivery_new("a@example.com", text));
	g_assert_true(carrier_send(carrier, deliveries, &trouble));
	g_assert_cmpint(((struct delivery *)deliveries->pdata[0])->verdict, ==, VERDICT_ACCEPTED);
	file = only_file(new);
	g_assert_true(g_file_get_contents(file, &got, NULL, NULL));
	g_assert_cmpstr(got, ==, text);
	carrier_free(carrier);
	g_unlink(file);
	g_unlink(conf);
}

/* The folder goes away: the mail is deferred with the reason, not lost. */
static void
test_maildir_gone(void)
{
	g_autofree char *folder = g_dir_make_tmp("abate-outbox-XXXXXX", NULL);
	g_autofree char *tmp = g_build_filename(folder, "out", "tmp", NULL);
	g_autofree char *trouble = NULL;
	g_autoptr(Config) config = config_of(folder, "[mail]\ncarrier=maildir\nmaildir=out\n");
	g_autoptr(GPtrArray) deliveries =
		g_ptr_array_new_with_free_func((GDestroyNotify)delivery_free);
	struct carrier *carrier = carrier_new(config, NULL, NULL);
	struct delivery *delivery = delivery_new("a@example.com", "x");

	g_ptr_array_add(deliveries, delivery);
	g_assert_cmpint(g_rmdir(tmp), ==, 0);
	g_assert_true(carrier_send(carrier, deliveries, &trouble));
	g_assert_cmpint(delivery->verdict, ==, VERDICT_DEFERRED);
	g_assert_nonnull(strstr(delivery->words, "No such file"));
	carrier_free(carrier);
}

static void
expect_refused(const char *text, const char *words)
{
	g_autofree char *folder = g_dir_make_tmp("abate-outbox-XXXXXX", NULL);
	g_autoptr(Config) config = config_of(folder, text);
	g_autoptr(GError) error = NULL;

	g_assert_null(carrier_new(config, NULL, &error));
	g_assert_true(error->domain == CONFIG_ERROR);
	g_assert_nonnull(strstr(error->message, words));
}

static void
test_configuration(void)
{
	expect_refused("[mail]\ncarrier=maildir\n", "[mail] maildir must be set");
	expect_refused("[mail]\nserver=mail.example.org:587\n", "[reporter] email must be set");
	expect_refused("[mail]\nserver=mail.example.org\nfrom=a@example.org\n", "host:port");
	expect_refused("[mail]\nfrom=a@example.org, b@example.org\n", "is not one mail address");
	expect_refused("[mail]\nserver=mail.example.org:25\nfrom=a@example.org\nuser=u\ntls=none\n",
		"password in the clear");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox/backoff", test_backoff);
	g_test_add_func("/outbox/owner", test_owner);
	g_test_add_func("/outbox/maildir", test_maildir);
	g_test_add_func("/outbox/maildir-gone", test_maildir_gone);
	g_test_add_func("/outbox/configuration", test_configuration);
	return g_test_run();
}
