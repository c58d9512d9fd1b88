/* A Maildir that others deliver into: read in a stable order, never changed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "inbox/fetch-group.h"

struct maildir {
	char *folder; /* absolute */
	DIR *new, *cur;
	GPtrArray *names; /* "new/NAME" or "cur/NAME", by NAME */
	struct fetch_group group;
};

/* What stays of a name when flags change: before ":2,". */
static gsize
base_length(const char *name)
{
	return strcspn(name, ":");
}

static int
compare(gconstpointer a, gconstpointer b)
{
	const char *first = *(const char *const *)a;
	const char *second = *(const char *const *)b;
	int order = strcmp(first + 4, second + 4);

	return order ? order : strcmp(first, second);
}

static void
list(GPtrArray *names, const char *prefix, DIR *folder)
{
	const struct dirent *entry;

	/* cppcheck-suppress readdirCalled; its replacement is deprecated, and the folder is ours */
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			g_ptr_array_add(names, g_strconcat(prefix, entry->d_name, NULL));
}

static DIR *
open_part(const char *folder, const char *part, GError **error)
{
	g_autofree char *path = g_build_filename(folder, part, NULL);
	DIR *opened = opendir(path);

	if (!opened)
		g_set_error(error, CONFIG_ERROR, 0, "maildir %s: %s", path,
			errno == ENOENT ? "it is not there; a Maildir has the folders new and cur"
					: g_strerror(errno));
	return opened;
}

static void
close_maildir(struct maildir *maildir)
{
	if (maildir->new)
		closedir(maildir->new);
	if (maildir->cur)
		closedir(maildir->cur);
	fetch_group_drop(&maildir->group);
	g_clear_pointer(&maildir->names, g_ptr_array_unref);
	g_free(maildir->folder);
}

/* new before cur: a mail moves from the first to the second, so it is not missed. */
static gboolean
open_maildir(struct maildir *maildir, GError **error)
{
	maildir->new = open_part(maildir->folder, "new", error);
	maildir->cur = maildir->new ? open_part(maildir->folder, "cur", error) : NULL;
	if (!maildir->cur)
		return FALSE;
	maildir->names = g_ptr_array_new_with_free_func(g_free);
	list(maildir->names, "new/", maildir->new);
	list(maildir->names, "cur/", maildir->cur);
	g_ptr_array_sort(maildir->names, compare);
	return TRUE;
}

/* Reads at most FETCH_MAX_MAIL bytes; NULL with errno. */
static GBytes *
read_mail(int fd, gsize expected)
{
	gsize space = MIN(expected, FETCH_MAX_MAIL) + 1;
	char *bytes = g_malloc(space);
	gsize length = 0;
	ssize_t count;

	while ((count = read(fd, bytes + length, space - length)) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			g_free(bytes);
			return NULL;
		}
		length += (gsize)count;
		if (length == space && space > FETCH_MAX_MAIL)
			break;
		/* It has grown meanwhile. */
		if (length == space) {
			space = MIN(2 * space, FETCH_MAX_MAIL + 1);
			bytes = g_realloc(bytes, space);
		}
	}
	return g_bytes_new_take(bytes, MIN(length, FETCH_MAX_MAIL));
}

/* Only what is a file itself is read: no link, pipe or device that somebody put there. NULL: told
 * of, and left out. */
static GBytes *
open_mail(const struct maildir *maildir, const char *name, gint64 *received)
{
	DIR *part = name[0] == 'n' ? maildir->new : maildir->cur;
	int fd = openat(dirfd(part), name + 4, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat about;
	GBytes *mail = NULL;

	/* Moved or deleted meanwhile: the next fetch finds what is still there. */
	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd < 0 || fstat(fd, &about) != 0) {
		log_warning("%s/%s: left out: %s", maildir->folder, name,
			errno == ELOOP ? "it is a link" : g_strerror(errno));
	} else if (!S_ISREG(about.st_mode)) {
		log_warning("%s/%s: left out: it is not a file", maildir->folder, name);
	} else {
		*received = (gint64)about.st_mtim.tv_sec * G_USEC_PER_SEC +
			    about.st_mtim.tv_nsec / 1000;
		mail = read_mail(fd, (gsize)about.st_size);
		if (!mail)
			log_warning(
				"%s/%s: left out: %s", maildir->folder, name, g_strerror(errno));
		else if (about.st_size > FETCH_MAX_MAIL)
			log_warning("%s/%s: %" G_GINT64_FORMAT
				    " bytes; the first %d are read and kept",
				maildir->folder, name, (gint64)about.st_size, FETCH_MAX_MAIL);
	}
	if (fd >= 0)
		close(fd);
	return mail;
}

static gboolean
take_one(struct maildir *maildir, const char *name, const char *source, GError **error)
{
	gint64 received = 0;
	g_autoptr(GBytes) mail = open_mail(maildir, name, &received);

	if (!mail)
		return TRUE;
	fetch_group_add(&maildir->group, source, received, mail);
	return !fetch_group_is_full(&maildir->group) || fetch_group_flow(&maildir->group, error);
}

static gboolean
fetch_one(struct maildir *maildir, const char *name, GError **error)
{
	g_autofree char *base = g_strndup(name + 4, base_length(name + 4));
	g_autofree char *path = g_build_filename(maildir->folder, base, NULL);
	g_autofree char *safe = text_for_terminal(path);
	g_autofree char *source = g_strconcat("maildir:", safe, NULL);
	gboolean seen;

	if (!store_reply_seen(maildir->group.store, source, &seen, error))
		return FALSE;
	return seen || take_one(maildir, name, source, error);
}

static gboolean
fetch_all(struct maildir *maildir, GError **error)
{
	gint64 total = maildir->names->len;
	gint64 i;

	for (i = 0; i < total && !fetch_group_is_stopped(&maildir->group); i++) {
		fetch_group_progress(&maildir->group, i, total);
		if (!fetch_one(maildir, g_ptr_array_index(maildir->names, i), error))
			return FALSE;
	}
	if (!fetch_group_commit(&maildir->group, error))
		return FALSE;
	fetch_group_progress(&maildir->group, i, total);
	return TRUE;
}

gboolean
maildir_fetch_from(const char *folder, struct store *store, const struct fetch_options *options,
	GError **error)
{
	struct maildir maildir = {
		.folder = g_canonicalize_filename(folder, NULL),
		.group = { .store = store, .options = options },
	};
	gboolean ok = open_maildir(&maildir, error) && fetch_all(&maildir, error);

	close_maildir(&maildir);
	return ok;
}

gboolean
maildir_fetch(const struct config *config, struct store *store, const struct fetch_options *options,
	GError **error)
{
	g_autofree char *folder = config_path(config, "inbox", "maildir");

	return !folder || maildir_fetch_from(folder, store, options, error);
}
