#include "compose/words.h"

static const struct {
	const char *type, *en, *ja;
} types[] = {
	{ "blocklist", "Listed abuse source", "ブロックリスト掲載の不正利用元" },
	{ "botnet", "Botnet infrastructure", "ボットネットの基盤" },
	{ "brand_infringement", "Brand impersonation", "ブランドのなりすまし" },
	{ "bulk_messaging", "Unsolicited bulk messages", "迷惑メッセージの大量送信" },
	{ "compromised_server", "Compromised server", "侵害されたサーバー" },
	{ "copyright", "Copyright infringement", "著作権侵害" },
	{ "csam", "Child sexual abuse material", "児童の性的虐待コンテンツ" },
	{ "csem", "Child sexual exploitation", "児童の性的搾取" },
	{ "cve", "Exploitable vulnerability", "悪用可能な脆弱性" },
	{ "cyberlocker", "Copyright infringement", "著作権侵害" },
	{ "ddos", "Denial-of-service attack", "DDoS攻撃" },
	{ "exposed_data", "Exposed personal or secret data", "個人情報・機密情報の公開" },
	{ "fraud", "Fraud", "詐欺サイト" },
	{ "infected_host", "Infected host", "マルウェアに感染した端末" },
	{ "link_site", "Links to infringing copies", "著作権侵害コンテンツへのリンク" },
	{ "login_attack", "Attacks on logins", "不正ログインの試行" },
	{ "malware", "Malware distribution", "マルウェアの配布" },
	{ "misconfiguration", "Dangerous misconfiguration", "危険な設定不備" },
	{ "open_service", "Openly reachable service", "外部に公開されたサービス" },
	{ "p2p", "Copyright infringement by file sharing", "ファイル共有による著作権侵害" },
	{ "phishing", "Phishing", "フィッシング" },
	{ "port_scan", "Port scan", "ポートスキャン" },
	{ "reconnaissance", "Reconnaissance", "偵察行為" },
	{ "remote_compromise", "Compromised web site", "侵害されたウェブサイト" },
	{ "scraping", "Scraping", "スクレイピング" },
	{ "spam", "Spam", "迷惑メール" },
	{ "sql_injection", "SQL injection attacks", "SQLインジェクション攻撃" },
	{ "suspicious_registration", "Suspicious registration", "不審なドメイン名登録" },
	{ "threat_intelligence", "Malicious infrastructure", "攻撃基盤" },
	{ "ugc_platform", "Copyright infringement", "著作権侵害" },
	{ "usenet", "Copyright infringement on Usenet", "Usenetでの著作権侵害" },
	{ "vulnerability_scan", "Vulnerability scan", "脆弱性スキャン" },
};

static gboolean
is_japanese(const char *language)
{
	return g_strcmp0(language, "ja") == 0;
}

const char *
words_type(const char *type, const char *language)
{
	for (gsize i = 0; type && i < G_N_ELEMENTS(types); i++)
		if (g_str_equal(types[i].type, type))
			return is_japanese(language) ? types[i].ja : types[i].en;
	return type;
}

const char *
words_indicator(enum indicator_type type, const char *language)
{
	static const char *const en[] = { "URL", "domain name", "IP address", "IP address",
		"mail address" };
	static const char *const ja[] = { "URL", "ドメイン名", "IPアドレス", "IPアドレス",
		"メールアドレス" };
	return is_japanese(language) ? ja[type] : en[type];
}

const char *
words_rung(enum rung rung, const char *language)
{
	static const char *const ja[] = { "ホスティング事業者", "レジストラ", "レジストリ",
		"裁判所" };
	return is_japanese(language) ? ja[rung] : rung_name(rung);
}
