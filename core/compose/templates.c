#include "compose/templates.h"

#include "base/paths.h"

#include <string.h>

enum { MAX_FILE = 1 << 20, MAX_NAME = 64, MAX_LANGUAGE = 16 };

struct templates {
	GStrv folders;
	GHashTable *parsed; /* "language/name" -> struct mustache */
	GHashTable *texts;  /* text -> struct mustache */
};

static void
free_mustache(void *template)
{
	mustache_free(template);
}

struct templates *
templates_new(const char *const *folders)
{
	struct templates *templates = g_new0(struct templates, 1);
	templates->folders = g_strdupv((char **)folders);
	templates->parsed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_mustache);
	templates->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_mustache);
	return templates;
}

struct templates *
templates_new_from_config(const struct config *config)
{
	g_autoptr(GStrvBuilder) folders = g_strv_builder_new();
	g_autofree char *own = g_build_filename(paths_data(), "templates", NULL);
	g_strv_builder_add(folders, own);
	g_auto(GStrv) more = config_list(config, "paths", "templates");
	g_autofree char *base =
		config_file(config) ? g_path_get_dirname(config_file(config)) : g_strdup(".");
	for (char **folder = more; *folder; folder++) {
		g_autofree char *path = g_path_is_absolute(*folder)
						? g_strdup(*folder)
						: g_build_filename(base, *folder, NULL);
		g_strv_builder_add(folders, path);
	}
	g_auto(GStrv) all = g_strv_builder_end(folders);
	return templates_new((const char *const *)all);
}

void
templates_free(struct templates *templates)
{
	if (!templates)
		return;
	g_strfreev(templates->folders);
	g_hash_table_unref(templates->parsed);
	g_hash_table_unref(templates->texts);
	g_free(templates);
}

/* Names come from plugins and profiles: no way out of the folder. */
static gboolean
is_safe(const char *name, gsize most)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	return *name && *name != '.' && strlen(name) <= most && strspn(name, good) == strlen(name);
}

/* The file of the last folder that has it; NULL without error when none has. */
static char *
find_file(const struct templates *templates, const char *language, const char *name)
{
	g_autofree char *file = g_strconcat(name, ".mustache", NULL);
	for (guint i = g_strv_length(templates->folders); i > 0; i--) {
		g_autofree char *path =
			g_build_filename(templates->folders[i - 1], language, file, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			return g_steal_pointer(&path);
	}
	return NULL;
}

static struct mustache *
load(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize length;
	if (!g_file_get_contents(path, &text, &length, error))
		return NULL;
	return mustache_parse(path, text, (gssize)length, error);
}

const struct mustache *
templates_get(struct templates *templates, const char *language, const char *name, GError **error)
{
	language = language && is_safe(language, MAX_LANGUAGE) ? language : "en";
	char key[MAX_LANGUAGE + MAX_NAME + 2] = "";
	if (is_safe(name, MAX_NAME))
		g_snprintf(key, sizeof key, "%s/%s", language, name);
	struct mustache *template = *key ? g_hash_table_lookup(templates->parsed, key) : NULL;
	if (template || !*key) {
		if (!template)
			g_set_error(error, COMPOSE_ERROR, 0,
				"a template's name has a-z, 0-9, - and _ only, not \"%s\"", name);
		return template;
	}
	g_autofree char *path = find_file(templates, language, name);
	if (!path)
		path = find_file(templates, "en", name);
	if (!path) {
		g_set_error(error, COMPOSE_ERROR, 0,
			"there is no template \"%s\" (%s/%s.mustache in the built-in folder or "
			"those "
			"of [paths] templates)",
			name, language, name);
		return NULL;
	}
	template = load(path, error);
	if (template)
		g_hash_table_insert(templates->parsed, g_strdup(key), template);
	return template;
}

struct partial_source {
	struct templates *templates;
	const char *language;
};

static const struct mustache *
get_partial(const char *name, void *user, GError **error)
{
	const struct partial_source *source = user;
	return templates_get(source->templates, source->language, name, error);
}

char *
templates_render(struct templates *templates, const char *language, const char *name,
	const json_t *values, enum mustache_escape escape, GError **error)
{
	struct partial_source source = { templates, language };
	const struct mustache *template = templates_get(templates, language, name, error);
	if (!template)
		return NULL;
	return mustache_render(template, values, escape, get_partial, &source, error);
}

char *
templates_render_text(struct templates *templates, const char *place, const char *text,
	const json_t *values, GError **error)
{
	struct mustache *template = g_hash_table_lookup(templates->texts, text);
	if (!template) {
		template = mustache_parse(place, text, -1, error);
		if (!template)
			return NULL;
		g_hash_table_insert(templates->texts, g_strdup(text), template);
	}
	return mustache_render(template, values, MUSTACHE_TEXT, NULL, NULL, error);
}

char *
templates_take_subject(char *text)
{
	static const char word[] = "Subject: ";
	if (!g_str_has_prefix(text, word))
		return NULL;
	char *end = text + strcspn(text, "\n");
	char *subject = g_strndup(text + strlen(word), (gsize)(end - text) - strlen(word));
	while (*end == '\n')
		end++;
	memmove(text, end, strlen(end) + 1);
	return subject;
}
