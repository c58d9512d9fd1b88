/* The words of HTML, for rules to read; nothing of it is kept or shown. */
#pragma once

/* The text as a reader sees it: tags within a line leave no trace, blocks become lines and cells
 * are set apart by a blank; blanks are single, and what has no width, comments, styles, scripts and
 * what is hidden fall away. The html is valid UTF-8. Free with g_free. */
char *html_words(const char *html);
