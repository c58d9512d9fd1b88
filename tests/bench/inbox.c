/* What came back, read: `inbox parse MAILDIR` reads each mail and parses it with GMime, no more;
 * `inbox fetch CONFIG` is what `abate fetch` does with a Maildir. */
#include <dirent.h>
#include <fcntl.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inbox/fetch.h"
#include "inbox/receive.h"

static gboolean
parse_one(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	GMimeStream *stream = fd < 0 ? NULL : g_mime_stream_fs_new(fd);
	GMimeParser *parser = stream ? g_mime_parser_new_with_stream(stream) : NULL;
	GMimeMessage *message = parser ? g_mime_parser_construct_message(parser, NULL) : NULL;

	if (parser)
		g_object_unref(parser);
	if (stream)
		g_object_unref(stream);
	g_clear_object(&message);
	return parser != NULL;
}

static int
parse(const char *maildir)
{
	g_autofree char *folder = g_build_filename(maildir, "new", NULL);
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int mails = 0;

	while (dir && (entry = readdir(dir))) {
		g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);

		if (entry->d_name[0] != '.')
			mails += parse_one(path);
	}
	if (dir)
		closedir(dir);
	printf("%d mails\n", mails);
	return mails > 0 ? 0 : 3;
}

struct fetching {
	struct receiver *receiver;
	struct received_counts counts;
};

static void
prepare(const char *source, gint64 received, GBytes *mail, void *user)
{
	const struct fetching *fetching = user;

	receiver_prepare(fetching->receiver, source, received, mail);
}

static gboolean
settle(guint leave, void *user, GError **error)
{
	struct fetching *fetching = user;

	return receiver_settle(fetching->receiver, leave, &fetching->counts, error);
}

static void
forget(void *user)
{
	const struct fetching *fetching = user;

	receiver_forget(fetching->receiver);
}

static void
check(gboolean fine, const GError *error)
{
	if (fine)
		return;
	fprintf(stderr, "inbox: %s\n", error ? error->message : "failed");
	exit(3);
}

static int
fetch(const char *file)
{
	struct fetching fetching = { 0 };
	const struct fetch_options options = {
		.prepare = prepare, .settle = settle, .forget = forget, .user = &fetching
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_load(file, &error);
	struct profiles *profiles;

	check(config != NULL, error);
	profiles = profiles_load_configured(config, NULL, &error);
	check(profiles != NULL, error);
	g_autoptr(Store) store = store_open(config_string(config, "store", "url"), FALSE, &error);
	check(store != NULL, error);
	fetching.receiver = receiver_new(config, profiles, store, &error);
	check(fetching.receiver != NULL, error);
	check(maildir_fetch(config, store, &options, &error), error);
	for (gsize i = 0; received_classes[i]; i++)
		printf("%" G_GINT64_FORMAT " %s, ", fetching.counts.classes[i],
			received_classes[i]);
	printf("in %" G_GINT64_FORMAT " mails; %" G_GINT64_FORMAT " matched, %" G_GINT64_FORMAT
	       " weakly, %" G_GINT64_FORMAT " not\n",
		fetching.counts.read, fetching.counts.matched, fetching.counts.weak,
		fetching.counts.unmatched);
	receiver_free(fetching.receiver);
	profiles_free(profiles);
	return 0;
}

int
main(int argc, char **argv)
{
	int status = 2;

	g_mime_init();
	if (argc == 3 && strcmp(argv[1], "parse") == 0)
		status = parse(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "fetch") == 0)
		status = fetch(argv[2]);
	g_mime_shutdown();
	return status;
}
