/* Into a Maildir: written whole into tmp/, flushed, then moved into new/. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "outbox/carrier-types.h"

struct maildir {
	char *folder;
	gint64 counter;
};

static void
close_maildir(void *state)
{
	struct maildir *maildir = state;

	g_free(maildir->folder);
	g_free(maildir);
}

static gboolean
make_folders(const char *folder, GError **error)
{
	static const char *const parts[] = { "tmp", "new", "cur" };

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *path = g_build_filename(folder, parts[i], NULL);

		if (g_mkdir_with_parents(path, 0700) != 0) {
			g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
				g_strerror(errno));
			return FALSE;
		}
	}
	return TRUE;
}

static void *
open_maildir(const struct config *config, const char *password G_GNUC_UNUSED, GError **error)
{
	struct maildir *maildir = g_new0(struct maildir, 1);

	maildir->folder = config_path(config, "mail", "maildir");
	if (!maildir->folder)
		g_set_error(error, CONFIG_ERROR, 0,
			"[mail] maildir must be set with carrier = maildir");
	if (maildir->folder && make_folders(maildir->folder, error))
		return maildir;
	close_maildir(maildir);
	return NULL;
}

/* All bytes and the flush, or errno. */
static int
write_whole(const char *path, GBytes *bytes)
{
	gsize left;
	const char *at = g_bytes_get_data(bytes, &left);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int failure = fd < 0 ? errno : 0;

	while (fd >= 0 && left > 0) {
		gssize written = write(fd, at, left);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			failure = written < 0 ? errno : ENOSPC;
			break;
		}
		at += written;
		left -= (gsize)written;
	}
	if (fd >= 0 && !failure && fsync(fd) != 0)
		failure = errno;
	if (fd >= 0)
		close(fd);
	return failure;
}

static void
put(struct maildir *maildir, struct delivery *delivery)
{
	g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT ".P%dQ%" G_GINT64_FORMAT
						".abate-R%" G_GINT64_FORMAT,
		g_get_real_time(), (int)getpid(), ++maildir->counter, delivery->report_id);
	g_autofree char *draft = g_build_filename(maildir->folder, "tmp", name, NULL);
	g_autofree char *final = g_build_filename(maildir->folder, "new", name, NULL);
	g_autofree char *words = NULL;
	int failure = write_whole(draft, delivery->bytes);

	if (!failure && g_rename(draft, final) != 0)
		failure = errno;
	if (!failure) {
		delivery_set(delivery, VERDICT_ACCEPTED, NULL);
		return;
	}
	g_unlink(draft);
	words = g_strdup_printf("%s: %s", draft, g_strerror(failure));
	delivery_set(delivery, VERDICT_DEFERRED, words);
}

static gboolean
send_maildir(void *state, GPtrArray *deliveries, char **trouble G_GNUC_UNUSED)
{
	for (guint i = 0; i < deliveries->len; i++) {
		struct delivery *delivery = g_ptr_array_index(deliveries, i);

		if (!delivery_may_go(delivery))
			return TRUE;
		put(state, delivery);
		delivery_settle(delivery);
	}
	return TRUE;
}

const struct carrier_type carrier_maildir = {
	.open = open_maildir,
	.send = send_maildir,
	.close = close_maildir,
};
