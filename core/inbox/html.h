/* The words of HTML, for rules to read; nothing of it is kept or shown. */
#pragma once

/* Tags become spaces, or line ends where a block ends; comments, styles and scripts fall away; the
 * usual entities are read. Free with g_free. */
char *html_words(const char *html);
