/* Mails as bytes: golden file, hostile input, sizes, signatures. */
#include "compose/gmime-auto.h"
#include "compose/mime.h"

#include <glib/gstdio.h>
#include <string.h>

static struct mime_mail
plain_mail(void)
{
	return (struct mime_mail){ .from_name = "Hanako Yamada, Example CSIRT",
		.from = "reports@csirt.example",
		.to = "abuse@registrar.example",
		.reply_to = "reports+abate-abcdefghijklmnop@csirt.example",
		.subject = "Phishing: senate[.]group [abate-abcdefghijklmnop]",
		.text = "Hello,\n\nplease look.\n",
		.message_id = "abate-abcdefghijklmnop@csirt.example",
		.reference = "abcdefghijklmnop",
		.date = 1534723200 * G_GINT64_CONSTANT(1000000) };
}

/* Composes; every line ends with CRLF, none is over 998, all bytes are ASCII. */
static char *
compose(const struct mime_mail *mail)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = mime_compose(mail, &error);
	g_assert_no_error(error);
	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);
	gsize line = 0;
	for (gsize i = 0; i < size; i++) {
		g_assert_cmpint((guchar)text[i], <, 0x80);
		g_assert_cmpint(text[i], !=, '\0');
		if (text[i] == '\n')
			g_assert_true(i > 0 && text[i - 1] == '\r');
		if (text[i] == '\r')
			g_assert_true(i + 1 < size && text[i + 1] == '\n');
		line = text[i] == '\n' ? 0 : line + 1;
		g_assert_cmpuint(line, <=, 999);
	}
	return g_strndup(text, size);
}

static gsize
headers_named(const char *mail, const char *name)
{
	g_autofree char *head = g_strndup(mail, (gsize)(strstr(mail, "\r\n\r\n") - mail));
	g_auto(GStrv) lines = g_strsplit(head, "\r\n", -1);
	gsize count = 0;
	for (char **line = lines; *line; line++)
		count += g_ascii_strncasecmp(*line, name, strlen(name)) == 0;
	return count;
}

static GMimeMessage *
parse(const char *mail)
{
	g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(mail, strlen(mail));
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_assert_nonnull(message);
	return message;
}

static void
assert_golden(const char *mail, const char *name)
{
	g_autofree char *path = g_build_filename(SOURCE_DIR "/tests/data/compose", name, NULL);
	g_autofree char *wanted = NULL;
	if (g_getenv("GOLDEN_WRITE"))
		g_file_set_contents(path, mail, -1, NULL);
	g_assert_true(g_file_get_contents(path, &wanted, NULL, NULL));
	g_assert_cmpstr(mail, ==, wanted);
}

static void
test_plain(void)
{
	struct mime_mail mail = plain_mail();
	g_autofree char *text = compose(&mail);
	g_autofree char *again = compose(&mail);
	g_assert_cmpstr(text, ==, again);
	assert_golden(text, "plain.eml");
	g_assert_cmpuint(headers_named(text, "Auto-Submitted"), ==, 0);
	g_assert_cmpuint(headers_named(text, "Precedence"), ==, 0);
	g_assert_cmpuint(headers_named(text, "Message-Id:"), ==, 1);
	g_assert_cmpuint(headers_named(text, "MIME-Version:"), ==, 1);
}

static void
test_attachments(void)
{
	struct mime_mail mail = plain_mail();
	g_autoptr(GPtrArray) xarf = g_ptr_array_new();
	g_autoptr(GPtrArray) files = g_ptr_array_new();
	struct evidence file = { .name = (char *)"../..\r\nBcc: x@y.example \"画面.png",
		.media_type = (char *)"image/png",
		.sha256 = (char *)"00ff",
		.content = g_bytes_new_static("\x89PNG\r\n\n\r\0x", 10) };
	struct evidence message = { .name = (char *)"mail.eml",
		.media_type = (char *)"message/rfc822",
		.sha256 = (char *)"00aa",
		.content = g_bytes_new_static("", 0) };
	g_ptr_array_add(xarf, (char *)"{\n  \"xarf_version\": \"4.2.0\"\n}");
	g_ptr_array_add(files, &file);
	g_ptr_array_add(files, &message);
	mail.xarf = xarf;
	mail.evidence = files;
	g_autofree char *text = compose(&mail);
	assert_golden(text, "attachments.eml");
	g_assert_null(strstr(text, "\r\nBcc:"));
	g_autoptr(GMimeMessage) parsed = parse(text);
	GMimeMultipart *parts = GMIME_MULTIPART(g_mime_message_get_mime_part(parsed));
	g_assert_cmpint(g_mime_multipart_get_count(parts), ==, 4);
	GMimeObject *first = g_mime_multipart_get_part(parts, 0);
	g_assert_true(g_mime_content_type_is_type(
		g_mime_object_get_content_type(first), "text", "plain"));
	GMimePart *json = GMIME_PART(g_mime_multipart_get_part(parts, 1));
	g_assert_cmpstr(g_mime_part_get_filename(json), ==, "xarf.json");
	GMimePart *image = GMIME_PART(g_mime_multipart_get_part(parts, 2));
	g_assert_cmpstr(g_mime_part_get_filename(image), ==, "_._.. Bcc_ x@y.example _画面.png");
	g_bytes_unref(file.content);
	g_bytes_unref(message.content);
}

static void
test_japanese(void)
{
	struct mime_mail mail = plain_mail();
	mail.subject =
		"【ご対応のお願い】フィッシングに関するドメイン名のご報告（senate[.]group 他2件） "
		"[abate-abcdefghijklmnop]";
	mail.from_name = "山田花子";
	mail.text = "株式会社例\n不正利用ご担当者様\n\n突然のご連絡失礼いたします。\n";
	g_autofree char *text = compose(&mail);
	g_assert_nonnull(strstr(text, "Subject: =?"));
	g_autoptr(GMimeMessage) parsed = parse(text);
	g_assert_cmpstr(g_mime_message_get_subject(parsed), ==, mail.subject);
	InternetAddress *from =
		internet_address_list_get_address(g_mime_message_get_from(parsed), 0);
	g_assert_cmpstr(internet_address_get_name(from), ==, mail.from_name);
	g_autofree char *body =
		g_mime_text_part_get_text(GMIME_TEXT_PART(g_mime_message_get_mime_part(parsed)));
	g_autoptr(GString) lines = g_string_new(body);
	g_string_replace(lines, "\r\n", "\n", 0);
	g_assert_cmpstr(lines->str, ==, mail.text);
}

/* No encoded word over 75 characters, none that an indicator could smuggle in. */
static void
test_encoded_words(void)
{
	struct mime_mail mail = plain_mail();
	g_autoptr(GString) subject = g_string_new("plain words 日本 and 日");
	for (int i = 0; i < 60; i++)
		g_string_append(subject, "語");
	g_string_append(subject, " more plain [abate-abcdefghijklmnop]");
	mail.subject = subject->str;
	mail.from_name = subject->str;
	g_autofree char *text = compose(&mail);
	for (const char *at = text; (at = strstr(at, "=?UTF-8?B?")); at++)
		g_assert_cmpint(strstr(at, "?=") + 2 - at, <=, 75);
	g_assert_nonnull(strstr(text, "Subject: plain words =?UTF-8?B?"));
	g_assert_nonnull(strstr(text, " [abate-abcdefghijklmnop]\r\n"));
	g_autoptr(GMimeMessage) parsed = parse(text);
	g_assert_cmpstr(g_mime_message_get_subject(parsed), ==, mail.subject);
	mail.subject = "=?utf-8?q?smuggled?= [abate-abcdefghijklmnop]";
	g_autofree char *second = compose(&mail);
	g_autoptr(GMimeMessage) again = parse(second);
	g_assert_cmpstr(g_mime_message_get_subject(again), ==, mail.subject);
}

static void
test_eight_bit_in_ascii(void)
{
	struct mime_mail mail = plain_mail();
	mail.text =
		"A caf\xc3\xa9 and much plain text that a person can read as it is. .\n.\nFrom x\n";
	g_autofree char *text = compose(&mail);
	g_assert_nonnull(strstr(text, "Content-Transfer-Encoding: quoted-printable"));
	g_assert_nonnull(strstr(text, "caf=C3=A9"));
}

static void
test_injection(void)
{
	struct mime_mail mail = plain_mail();
	mail.subject = "one\r\nBcc: victim@example.net\r\n\r\nbody\xe2\x80\xa8x\xe2\x80\xae";
	mail.from_name = "a\r\nBcc: b@example.net";
	g_autofree char *text = compose(&mail);
	g_assert_cmpuint(headers_named(text, "Bcc"), ==, 0);
	g_assert_nonnull(strstr(text, "Subject: one Bcc: victim@example.net body x\r\n"));
	static const char *const bad[] = { "a@example.net\r\nBcc: b@example.net", "",
		"a@example.net, b@example.net", "a@example.net b@example.net", "no-address",
		"<a@example.net>", "a@example.net\n", "a@exa\tmple.net" };
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		struct mime_mail wrong = plain_mail();
		g_autoptr(GError) error = NULL;
		if (i % 2)
			wrong.reply_to = bad[i];
		else
			wrong.to = bad[i];
		g_assert_null(mime_compose(&wrong, &error));
		g_assert_nonnull(strstr(error->message, "is no mail address"));
		g_assert_null(strpbrk(error->message, "\r\n\t"));
	}
}

static void
test_long_lines(void)
{
	struct mime_mail mail = plain_mail();
	g_autofree char *long_line = g_strnfill(5000, 'x');
	g_autofree char *middle_line = g_strnfill(990, 'y');
	g_autofree char *text = g_strconcat(middle_line, "\n", NULL);
	mail.text = text;
	g_autofree char *first = compose(&mail);
	mail.text = long_line;
	mail.subject = long_line;
	g_autofree char *second = compose(&mail);
	g_assert_null(strstr(second, long_line));
}

static void
test_large_evidence(void)
{
	struct mime_mail mail = plain_mail();
	gsize size = 20 << 20;
	struct evidence file = { .name = (char *)"capture.pcap",
		.media_type = NULL,
		.sha256 = (char *)"00",
		.content = g_bytes_new_take(g_malloc0(size), size) };
	g_autoptr(GPtrArray) files = g_ptr_array_new();
	g_ptr_array_add(files, &file);
	mail.evidence = files;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = mime_compose(&mail, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(g_bytes_get_size(bytes), >, size / 3 * 4);
	g_bytes_unref(file.content);
}

/* A keyring of its own with one key that has no passphrase. */
static char *
keyring_new(void)
{
	char *home = g_dir_make_tmp("abate-gnupg-XXXXXX", NULL);
	g_chmod(home, 0700);
	g_setenv("GNUPGHOME", home, TRUE);
	const char *argv[] = { "gpg", "--batch", "--quiet", "--passphrase", "",
		"--quick-generate-key", "reports@csirt.example", "ed25519", "sign", "never", NULL };
	int status = -1;
	gboolean ran = g_spawn_sync(NULL, (char **)argv, NULL,
		G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
		NULL);
	if (ran && status == 0)
		return home;
	g_rmdir(home);
	g_free(home);
	return NULL;
}

static void
keyring_free(char *home)
{
	const char *kill[] = { "gpgconf", "--kill", "gpg-agent", NULL };
	const char *remove[] = { "rm", "-rf", "--", home, NULL };
	g_spawn_sync(
		NULL, (char **)kill, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
		NULL);
	g_unsetenv("GNUPGHOME");
	g_free(home);
}

static void
assert_signed(const char *text)
{
	g_autoptr(GMimeMessage) parsed = parse(text);
	GMimeObject *body = g_mime_message_get_mime_part(parsed);
	g_assert_true(GMIME_IS_MULTIPART_SIGNED(body));
	GMimeSignatureList *signatures = g_mime_multipart_signed_verify(
		GMIME_MULTIPART_SIGNED(body), GMIME_VERIFY_NONE, NULL);
	g_assert_nonnull(signatures);
	g_assert_cmpint(g_mime_signature_list_length(signatures), ==, 1);
	GMimeSignatureStatus status =
		g_mime_signature_get_status(g_mime_signature_list_get_signature(signatures, 0));
	g_assert_cmpint(status & GMIME_SIGNATURE_STATUS_RED, ==, 0);
	g_assert_cmpint(status & GMIME_SIGNATURE_STATUS_VALID, !=, 0);
	g_object_unref(signatures);
}

static void
test_signed(void)
{
	char *home = keyring_new();
	if (!home) {
		g_test_skip("gpg cannot make a key here");
		return;
	}
	g_autoptr(GError) error = NULL;
	struct mime_mail mail = plain_mail();
	g_autoptr(GPtrArray) xarf = g_ptr_array_new();
	g_ptr_array_add(xarf, (char *)"{}");
	mail.xarf = xarf;
	mail.text = "Hello,  \n\nFrom here  \n-- \ncaf\xc3\xa9\n";
	mail.signer = signer_new("reports@csirt.example", &error);
	g_assert_no_error(error);
	g_autofree char *text = compose(&mail);
	g_assert_nonnull(strstr(text, "application/pgp-signature"));
	assert_signed(text);
	signer_free(mail.signer);
	g_assert_null(signer_new("nobody@csirt.example", &error));
	g_assert_nonnull(strstr(error->message, "\"nobody@csirt.example\" of [reporter]"));
	keyring_free(home);
}

static void
test_file_names(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = { { "a.png", "a.png" }, { ".bashrc", "_bashrc" }, { "", "evidence" },
		{ "\r\n\t", "evidence" }, { "C:\\x|y", "C__x_y" }, { "a\xff", "a\xef\xbf\xbd" } };
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = mime_file_name(cases[i].in);
		g_assert_cmpstr(name, ==, cases[i].out);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	gmime_start();
	g_test_add_func("/mime/plain", test_plain);
	g_test_add_func("/mime/attachments", test_attachments);
	g_test_add_func("/mime/japanese", test_japanese);
	g_test_add_func("/mime/encoded-words", test_encoded_words);
	g_test_add_func("/mime/eight-bit", test_eight_bit_in_ascii);
	g_test_add_func("/mime/injection", test_injection);
	g_test_add_func("/mime/long-lines", test_long_lines);
	g_test_add_func("/mime/large-evidence", test_large_evidence);
	g_test_add_func("/mime/signed", test_signed);
	g_test_add_func("/mime/file-names", test_file_names);
	return g_test_run();
}
