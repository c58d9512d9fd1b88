/* Mails that several threads read ahead; they come out in the order in which they went in. */
#pragma once

#include "inbox/arrival.h"

struct arrivals;

/* reading is borrowed. */
struct arrivals *arrivals_new(const struct arrival_reading *reading);
/* Waits for the threads; forgets what is left. */
void arrivals_free(struct arrivals *arrivals);
/* Takes arrival. */
void arrivals_push(struct arrivals *arrivals, struct arrival *arrival);
/* How many wait. */
guint arrivals_count(const struct arrivals *arrivals);
/* Forgets what waits. */
void arrivals_forget(struct arrivals *arrivals);
/* The first that went in, once it is read; there must be one. The caller's. */
struct arrival *arrivals_pop(struct arrivals *arrivals);
