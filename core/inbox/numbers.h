/* Words that could be a ticket number that was seen before, where no pattern tells which is one. */
#pragma once

#include <glib.h>

/* Adds to words (of char *) those of text that have a digit in them and are long enough, the first
 * ones of a long text; digits alone when they are many or stand behind "#" or a bracket, dates and
 * addresses of hosts never. Full-width ones as plain ones. */
void numbers_collect(const char *text, GPtrArray *words);
