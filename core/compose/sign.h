/* OpenPGP signing through GMime and gpg. */
#pragma once

#include <gmime/gmime.h>

struct signer;

/* Checks by signing a word that key can sign; NULL and error telling what to do when it cannot. */
struct signer *signer_new(const char *key, GError **error);
void signer_free(struct signer *signer);
/* multipart/signed around the entity; NULL and error. Unref with g_object_unref. */
GMimeObject *signer_sign(struct signer *signer, GMimeObject *entity, GError **error);
