/* The words for people that templates cannot choose themselves, in each language. */
#pragma once

#include "model/indicator.h"
#include "model/route.h"

/* "Phishing", "フィッシング"; the type itself when it is not known. */
const char *words_type(const char *type, const char *language);
/* "URL", "domain name", "ドメイン名" … */
const char *words_indicator(enum indicator_type type, const char *language);
/* "host", "ホスティング事業者" … */
const char *words_rung(enum rung rung, const char *language);
