#include "model/names.h"

int
names_find(const char *const *names, const char *name)
{
	for (int i = 0; name && names[i]; i++)
		if (g_ascii_strcasecmp(names[i], name) == 0)
			return i;
	return -1;
}
