#include "inbox/converter.h"

#include <errno.h>

/* The C library unloads a converter that nobody holds, and loads it again for the next mail, which
 * takes longer than the mail does. */
static void
hold_converters(void)
{
	static const char *const names[] = { "ISO-2022-JP", "CP932", "EUC-JP-MS", "CP1252" };
	static GIConv held[G_N_ELEMENTS(names)];

	for (gsize i = 0; i < G_N_ELEMENTS(names) && !held[i]; i++)
		held[i] = g_iconv_open("UTF-8", names[i]);
}

static const char replacement[] = "\xef\xbf\xbd";

GString *
converter_run(const char *bytes, gsize size, const char *charset, guint *bad)
{
	char *in = (char *)bytes, buffer[4096];
	GIConv converter;
	GString *text;
	gboolean flushed = FALSE;

	hold_converters();
	converter = g_iconv_open("UTF-8", charset);
	if (converter == (GIConv)-1)
		return NULL;
	text = g_string_sized_new(size + size / 2 + 1);
	while (!flushed) {
		char *out = buffer;
		gsize room = sizeof buffer, done;

		/* A converter may keep a character back until it knows that none joins it. */
		flushed = size == 0;
		done = g_iconv(converter, flushed ? NULL : &in, &size, &out, &room);
		g_string_append_len(text, buffer, out - buffer);
		if (flushed || done != (gsize)-1 || errno == E2BIG)
			continue;
		g_string_append(text, replacement);
		(*bad)++;
		in++;
		size = errno == EINVAL ? 0 : size - 1;
	}
	g_iconv_close(converter);
	return text;
}
