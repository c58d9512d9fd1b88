/* One record for people. */
#pragma once

#include <jansson.h>

/* Prints the members of an object a line each, then its lists of objects as tables. */
void show_print(const json_t *object);
