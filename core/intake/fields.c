/* The names under which feeds keep an indicator. */
#include <string.h>

#include "intake/reader.h"

/* The best first: a URL says more than its host, a host more than its address. Spaces, hyphens and
 * underscores in names do not count, nor does case. A "hostname" beside an address is what the
 * address resolves to, so the address comes first. */
static const char *const names[] = { "indicator", "indicatorvalue", "ioc", "iocvalue", "observable",
	"observablevalue", "value", "url", "urls", "uri", "phishingurl", "maliciousurl", "phishurl",
	"sourceurl", "source.url", "link", "fqdn", "source.fqdn", "domain", "domainname", "domains",
	"dnsdomain", "host", "ip", "ipaddress", "ipv4", "ipv6", "source.ip", "sourceip", "srcip",
	"dstip", "dstaddress", "destip", "ipaddr", "hostname", "source.reversedns", "name",
	"address", "mail", "email", "emailaddress", "source.account", NULL };

static const char *const times[] = { "firstseen", "firstseenutc", "dateadded", "timestamp", "time",
	"time.source", "date", "submissiontime", "observed", NULL };

static int
place(const char *const *list, const char *name)
{
	char plain[32];
	gsize length = 0;

	for (; *name; name++) {
		if (*name == ' ' || *name == '_' || *name == '-')
			continue;
		if (length + 1 == sizeof(plain))
			return -1;
		plain[length++] = g_ascii_tolower(*name);
	}
	plain[length] = '\0';
	for (int i = 0; list[i]; i++)
		if (strcmp(list[i], plain) == 0)
			return i;
	return -1;
}

int
field_rank(const char *name)
{
	return place(names, name);
}

gboolean
field_is_time(const char *name)
{
	return place(times, name) >= 0;
}
