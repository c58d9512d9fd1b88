#include "inbox/imap-folders.h"

#include <string.h>

#include "base/text.h"

#define TOLD 6
#define MAX_FOLDERS 10000
/* Of a name, what is compared. */
#define COMPARED 60

struct folder {
	char *name;
	guint distance;
};

static void
folder_free(gpointer data)
{
	struct folder *folder = data;

	g_free(folder->name);
	g_free(folder);
}

/* How many letters are to be changed, added or left out. */
static guint
distance(const char *a, const char *b)
{
	const gsize rows = MIN(strlen(a), COMPARED);
	const gsize columns = MIN(strlen(b), COMPARED);
	guint row[COMPARED + 1];

	for (guint i = 0; i <= columns; i++)
		row[i] = i;
	for (gsize i = 0; i < rows; i++) {
		guint diagonal = row[0]++;

		for (gsize k = 0; k < columns; k++) {
			const guint changed = diagonal + (a[i] != b[k]);

			diagonal = row[k + 1];
			row[k + 1] = MIN(changed, MIN(row[k], diagonal) + 1);
		}
	}
	return row[columns];
}

static int
compare(gconstpointer a, gconstpointer b)
{
	const struct folder *first = *(struct folder *const *)a;
	const struct folder *second = *(struct folder *const *)b;

	return first->distance != second->distance ? (first->distance > second->distance) * 2 - 1
						   : strcmp(first->name, second->name);
}

/* A name as it goes over the wire, in words. */
static struct folder *
folder_new(const char *name, const char *wanted)
{
	g_autofree char *text = g_convert(name, -1, "UTF-8", "UTF-7-IMAP", NULL, NULL, NULL);
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct folder *folder = g_new(struct folder, 1);

	folder->name = text_for_terminal(text ? text : name);
	folder->distance = strstr(lower, wanted) ? 0 : distance(lower, wanted);
	return folder;
}

static GPtrArray *
list(struct imap_session *session, const char *wanted)
{
	g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(folder_free);
	const struct imap_answer *answer = &session->answer;

	if (!imap_send(session, NULL, "LIST \"\" \"*\""))
		return NULL;
	for (guint i = 0; i < MAX_FOLDERS && imap_read(session, NULL); i++) {
		if (answer->kind == IMAP_TAGGED)
			return folders->len ? g_steal_pointer(&folders) : NULL;
		if (answer->kind == IMAP_FOLDER)
			g_ptr_array_add(folders, folder_new(answer->text, wanted));
	}
	return NULL;
}

void
imap_folders_tell(struct imap_session *session, const char *mailbox, GError *error)
{
	g_autofree char *plain = g_strndup(mailbox + 1, strlen(mailbox) - 2);
	g_autofree char *wanted = g_ascii_strdown(plain, -1);
	g_autoptr(GPtrArray) folders = list(session, wanted);
	g_autoptr(GString) words = g_string_new(error->message);

	if (!folders)
		return;
	g_ptr_array_sort(folders, compare);
	g_string_append(
		words, folders->len > TOLD ? "; its folders nearest in name: " : "; its folders: ");
	for (guint i = 0; i < MIN(folders->len, TOLD); i++) {
		const struct folder *folder = g_ptr_array_index(folders, i);

		g_string_append_printf(words, i ? ", %s" : "%s", folder->name);
	}
	g_free(error->message);
	error->message = g_string_free(g_steal_pointer(&words), FALSE);
}
