/* The TLS context of one SMTP lane, with the guards that libesmtp lacks. */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

/*
 * Verifies the chain and that the certificate names host (libesmtp would compare with the DNS
 * canonical name), and says the name in the handshake (SNI). *injected is looked at during the
 * handshake: when it is set, plain text came after the STARTTLS reply and the handshake fails.
 * ca_file NULL: the system's. Free with SSL_CTX_free(). host and injected must outlive it.
 */
SSL_CTX *
smtp_tls_context(const char *host, const char *ca_file, const gboolean *injected, GError **error);
