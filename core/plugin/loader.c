/*
 * libltdl's own dlopen loader binds lazily, so that a missing function kills the program at its
 * first call, and its reason for a failure is always "file not found". Ours takes its place: it
 * binds at once and keeps what the dynamic linker said.
 */
#include "plugin/loader.h"

#include <dlfcn.h>
#include <ltdl.h>
#include <stdlib.h>

#include "plugin/error.h"

static char *linker_error; /* of the last module_open; libltdl is for one thread anyway */
static guint users;

static lt_module
module_open(lt_user_data data G_GNUC_UNUSED, const char *filename, lt_dladvise advise G_GNUC_UNUSED)
{
	void *module = dlopen(filename, RTLD_NOW | RTLD_LOCAL);

	g_free(linker_error);
	linker_error = module ? NULL : g_strdup(dlerror());
	return module;
}

static int
module_close(lt_user_data data G_GNUC_UNUSED, lt_module module)
{
	return dlclose(module) != 0;
}

static void *
find_symbol(lt_user_data data G_GNUC_UNUSED, lt_module module, const char *name)
{
	return dlsym(module, name);
}

/* libltdl frees the table with free(), so it comes from calloc(). */
static gboolean
replace_loader(void)
{
	lt_dlvtable *ours = calloc(1, sizeof *ours);

	if (!ours)
		return FALSE;
	free(lt_dlloader_remove("lt_dlopen"));
	ours->name = "abate_dlopen";
	ours->module_open = module_open;
	ours->module_close = module_close;
	ours->find_sym = find_symbol;
	/* Last in line: what it says is the last word. */
	ours->priority = LT_DLLOADER_APPEND;
	if (lt_dlloader_add(ours) == 0)
		return TRUE;
	free(ours);
	return FALSE;
}

gboolean
loader_start(GError **error)
{
	if (lt_dlinit() != 0) {
		g_set_error(error, PLUGIN_ERROR, 0, "plugins: libltdl does not start: %s",
			lt_dlerror());
		return FALSE;
	}
	if (users == 0 && !replace_loader()) {
		g_set_error(error, PLUGIN_ERROR, 0, "plugins: libltdl refuses the loader: %s",
			lt_dlerror());
		lt_dlexit();
		return FALSE;
	}
	users++;
	return TRUE;
}

void
loader_stop(void)
{
	lt_dlexit();
	if (--users == 0)
		g_clear_pointer(&linker_error, g_free);
}

gpointer
loader_open(const char *file, GError **error)
{
	lt_dladvise advise;
	lt_dlhandle handle = NULL;

	if (lt_dladvise_init(&advise) == 0 && lt_dladvise_local(&advise) == 0)
		handle = lt_dlopenadvise(file, advise);
	lt_dladvise_destroy(&advise);
	if (!handle) {
		const char *reason = lt_dlerror();

		g_set_error(error, PLUGIN_ERROR, 0, "%s cannot be loaded: %s", file,
			linker_error ? linker_error : reason);
	}
	return handle;
}

void
loader_close(gpointer handle)
{
	if (handle)
		lt_dlclose(handle);
}

gconstpointer
loader_symbol(gpointer handle, const char *name)
{
	return lt_dlsym(handle, name);
}
