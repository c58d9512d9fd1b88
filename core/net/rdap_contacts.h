/* Inside of the net room: all mail addresses of an RDAP answer. */
#pragma once

#include <jansson.h>

#include "net/rdap.h"

/* Fills object->contacts. */
void rdap_contacts_read(struct rdap_object *object, const json_t *root);
