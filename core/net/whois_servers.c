/* The table of WHOIS servers by suffix. */
#include <string.h>

#include "net/whois.h"

#define SERVERS_ERROR g_quark_from_static_string("abate-whois-servers")

struct server {
	char *name, *format;
};

struct whois_servers {
	GHashTable *by_suffix;
};

static void
free_server(void *data)
{
	struct server *server = data;

	g_free(server->name);
	g_free(server->format);
	g_free(server);
}

void
whois_servers_free(struct whois_servers *servers)
{
	if (!servers)
		return;
	g_hash_table_unref(servers->by_suffix);
	g_free(servers);
}

static gboolean
is_format(const char *format)
{
	const char *percent = strchr(format, '%');

	return percent && percent[1] == 's' && !strchr(percent + 1, '%');
}

/* Takes the next word off *rest. */
static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	gsize length = strcspn(word, " \t");

	*rest = word + length + (word[length] != '\0');
	word[length] = '\0';
	return word;
}

static gboolean
add_line(struct whois_servers *servers, char *line)
{
	struct server *server;
	char *suffix, *name, *format;

	if (strchr(line, '#'))
		*strchr(line, '#') = '\0';
	g_strstrip(line);
	if (!*line)
		return TRUE;
	suffix = next_word(&line);
	name = next_word(&line);
	format = g_strstrip(line);
	if (!*name || (*format && !is_format(format)))
		return FALSE;
	server = g_new(struct server, 1);
	server->name = g_strdup(name);
	server->format = g_strdup(*format ? format : "%s");
	g_hash_table_insert(
		servers->by_suffix, g_ascii_strdown(suffix + (*suffix == '.'), -1), server);
	return TRUE;
}

struct whois_servers *
whois_servers_load(const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct whois_servers *servers;

	if (!g_file_get_contents(file, &text, NULL, error))
		return NULL;
	servers = g_new0(struct whois_servers, 1);
	servers->by_suffix = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_server);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		if (add_line(servers, lines[i]))
			continue;
		g_set_error(error, SERVERS_ERROR, 0,
			"%s:%u: not of the form \"suffix server [query-format with one %%s]\"",
			file, i + 1);
		whois_servers_free(servers);
		return NULL;
	}
	return servers;
}

gboolean
whois_servers_find(
	const struct whois_servers *servers, const char *domain, const char **server, char **query)
{
	g_autofree char *name = g_ascii_strdown(domain, -1);

	for (const char *suffix = name; suffix;) {
		const struct server *found = g_hash_table_lookup(servers->by_suffix, suffix);
		const char *dot = strchr(suffix, '.');

		if (found) {
			const char *percent = strchr(found->format, '%');

			*server = found->name;
			*query = g_strdup_printf("%.*s%s%s", (int)(percent - found->format),
				found->format, name, percent + 2);
			return TRUE;
		}
		suffix = dot ? dot + 1 : NULL;
	}
	return FALSE;
}
