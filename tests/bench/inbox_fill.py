"""A Maildir of answers of all kinds to the reports of a store, of about 5 kB each.
Usage: inbox_fill.py STORE MAILDIR N. The store's reports are set to accepted first."""
import base64, os, random, sqlite3, sys, time

store, maildir, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
random.seed(4)
db = sqlite3.connect(store)
now = int(time.time() * 1e6)
db.execute("UPDATE reports SET state = 'accepted', sent = ?, created = ?", (now - 3600 * 10**6,) * 2)
reports = db.execute("SELECT id, reference, message_id, address FROM reports ORDER BY id").fetchall()
db.commit()
db.close()
for part in "cur", "new", "tmp":
    os.makedirs(os.path.join(maildir, part))

QUOTED = "".join(f"> Line {i} of the report that you sent us, which names https://login-{i}.example/account/verify?id={i * 7919}\n"
                 for i in range(26))
FOOTER = "".join(f"Paragraph {i}. The information in this message is meant for the person that it was sent to; hosting terms of service apply.\n"
                 for i in range(12))
TRACE = "".join(f"Received: from mx{i}.provider.example (mx{i}.provider.example [192.0.2.{i}])\n\tby relay{i}.example.net (Postfix) with ESMTPS id 4X{i}ABCDEF\n"
                f"\tfor <team@reporter.example>; Wed, 25 Nov 2026 09:0{i}:00 +0000 (UTC)\n" for i in range(5))
DKIM = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=provider.example; s=k1;\n\tbh=" + "A" * 44 + "=;\n\th=From:To:Subject;\n\tb=" + \
    "\n\t ".join("B" * 60 for _ in range(5)) + "\n"


def unique(i, domain="mx.reporter.example"):
    return f"Message-ID: <{i}.{random.getrandbits(64):x}@{domain}>\nDate: Wed, 25 Nov 2026 09:{i % 60:02}:00 +0000\n"


def ticket(r):
    return f"PR-{100000 + r[0]}"


def head(i, report, subject, thread=True, extra=""):
    answers = f"In-Reply-To: <{report[2]}>\nReferences: <{report[2]}>\n" if thread else ""
    return (f"{TRACE}{DKIM}From: Abuse Desk <{report[3]}>\nTo: team@reporter.example\nSubject: {subject}\n"
            f"{unique(i, report[3].split('@')[1])}{answers}{extra}MIME-Version: 1.0\n")


PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def acknowledgement(i, r):
    return head(i, r, f"[{ticket(r)}] We received your report", extra="Auto-Submitted: auto-replied\n") + PLAIN + \
        f"Hello,\n\nthank you for your report. It has been received and got the ticket number {ticket(r)}.\nOur team will review it.\n\n" + FOOTER + QUOTED[:900]


def japanese(i, r):
    text = (f"お問い合わせありがとうございます。\n受付番号: {ticket(r)}\n担当者が確認いたします。\n" + "このメールは自動送信されています。\n" * 40)
    return head(i, r, "=?UTF-8?B?" + base64.b64encode("お問い合わせを受け付けました".encode()).decode() + "?=", extra="Auto-Submitted: auto-replied\n") + \
        "Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(text.encode("iso-2022-jp")).decode()


def staff(i, r):
    return head(i, r, f"Re: [{ticket(r)}] report", thread=i % 2 == 0) + PLAIN + \
        "Hi,\n\nour colleague is looking at this case and we will come back to you when there is more to say.\n\nBest regards\nKim\n\n" + QUOTED + FOOTER[:400]


def actioned(i, r):
    return head(i, r, "Re: report") + "Content-Type: multipart/alternative; boundary=alt\n\n--alt\n" + PLAIN + \
        "Hello,\n\nwe have suspended the domain name. The case is closed.\n\n" + QUOTED[:1800] + "\n--alt\nContent-Type: text/html; charset=utf-8\n\n" + \
        "<html><body><p>Hello,</p><p>we have suspended the domain name. The case is closed.</p>" + "<p>Terms of service apply to this message.</p>\n" * 35 + "</body></html>\n--alt--\n"


def question(i, r):
    return head(i, r, "Re: report") + PLAIN + "Hello,\n\ncould you please provide us with the full URL and a screenshot?\n\n" + FOOTER + QUOTED[:900]


def dsn(i, r):
    return (f"{TRACE}From: MAILER-DAEMON@mx.reporter.example (Mail Delivery System)\nTo: team@reporter.example\nSubject: Undelivered Mail Returned to Sender\n{unique(i)}"
            "Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b/x\"\n\n--b/x\nContent-Type: text/plain\n\n"
            "This is the mail system at host mx.reporter.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n"
            f"<{r[3]}>: host mx.provider.example[192.0.2.1] said: 550 5.1.1 User unknown\n\n--b/x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.reporter.example\n\n"
            f"Final-Recipient: rfc822; {r[3]}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--b/x\nContent-Type: message/rfc822\n\n"
            f"{DKIM}From: team@reporter.example\nTo: {r[3]}\nSubject: report\nMessage-ID: <{r[2]}>\n\n" + QUOTED[:2200] + "\n--b/x--\n")


def qmail(i, r):
    return (f"{TRACE}Return-Path: <>\nFrom: MAILER-DAEMON@mail.provider.example\nTo: team@reporter.example\nSubject: failure notice\n{unique(i)}\n"
            f"Hi. This is the qmail-send program at mail.provider.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
            f"This is a permanent error; I've given up. Sorry it didn't work out.\n\n<{r[3]}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            f"--- Below this line is a copy of the message.\n\nReturn-Path: <team@reporter.example>\nMessage-ID: <{r[2]}>\nSubject: report\n\n" + QUOTED)


def vacation(i, r):
    return head(i, r, "Automatic reply: report", extra="Auto-Submitted: auto-replied\n") + PLAIN + \
        "I am out of the office until Monday and have limited access to mail.\n\n" + FOOTER + QUOTED[:1200]


def newsletter(i, r):
    return f"{TRACE}{DKIM}From: News <news@shop{i % 500}.example>\nTo: team@reporter.example\nSubject: Our offers of week {i % 52}\n{unique(i)}List-Unsubscribe: <https://shop.example/u>\n" \
        "Precedence: bulk\nMIME-Version: 1.0\n" + PLAIN + "See what is new in our shop this week, and what costs less.\n" * 60


kinds = [acknowledgement] * 6 + [japanese] * 2 + [staff] * 4 + [actioned] + [question] + [dsn] * 3 + [qmail] + [vacation] + [newsletter]
size = 0
for i in range(n):
    mail = kinds[i % len(kinds)](i, reports[i // len(kinds) % len(reports)])
    data = mail.encode("utf-8", "surrogateescape")
    size += len(data)
    with open(f"{maildir}/new/{1764000000 + i}.M{i}.bench", "wb") as out:
        out.write(data)
print(f"{n} mails of {size // n} bytes on average")
