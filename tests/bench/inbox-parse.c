/* The measure of `abate fetch`: reads each mail of a Maildir and parses it with GMime, no more.
 * Usage: inbox-parse MAILDIR */
#include <dirent.h>
#include <fcntl.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <unistd.h>

static gboolean
parse(const char *path)
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

int
main(int argc, char **argv)
{
	g_autofree char *folder = argc == 2 ? g_build_filename(argv[1], "new", NULL) : NULL;
	DIR *dir = folder ? opendir(folder) : NULL;
	const struct dirent *entry;
	int mails = 0;

	if (!dir)
		return 2;
	g_mime_init();
	while ((entry = readdir(dir))) {
		g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);

		if (entry->d_name[0] != '.')
			mails += parse(path);
	}
	closedir(dir);
	g_mime_shutdown();
	printf("%d mails\n", mails);
	return 0;
}
