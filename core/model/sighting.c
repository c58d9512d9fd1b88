#include "model/sighting.h"

struct sighting *
sighting_new(void)
{
	return g_new0(struct sighting, 1);
}

void
sighting_free(struct sighting *sighting)
{
	if (!sighting)
		return;
	g_free(sighting->method);
	g_free(sighting->verdict);
	g_free(sighting->detail);
	g_free(sighting->vantage);
	g_free(sighting);
}
