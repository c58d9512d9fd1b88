/*
 * Any number of observed times, of several series, put in order: what is too much for memory goes
 * to an unnamed file and is merged from there.
 */
#pragma once

#include <glib.h>

struct observations;
typedef struct observations Observations; /* for g_autoptr */

/* at_once: how many are held in memory. */
struct observations *observations_new(gsize at_once);
void observations_free(struct observations *observations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Observations, observations_free)

/* time_us must not be negative. What fails here is told by observations_each(). */
void observations_add(
	struct observations *observations, guint64 series, gint64 time_us, gboolean happened);
/* Gives them all, ordered by series and time, and is done with them. FALSE and error when the
 * file failed. */
typedef void (*observations_fn)(guint64 series, gint64 time_us, gboolean happened, void *user);
gboolean observations_each(
	struct observations *observations, observations_fn fn, void *user, GError **error);
