"""Reports of mail that came back, in the shapes in which mail servers write them. Addresses are invented.

postfix(mail)      a report with three parts (RFC 3464) about the mail with these headers
each maker takes the headers of the returned mail, the recipient and, where it matters, status and action
"""

from __future__ import annotations

from collections.abc import Callable

TO = "huyen-a@example.vn"
HEADERS = (
    "From: Theo doi ke hoach <nhacviec@example.vn>\n"
    "To: <huyen-a@example.vn>\n"
    "Subject: =?utf-8?q?Nh=E1=BA=AFc_vi=E1=BB=87c?=\n"
    "Message-ID: <0123456789abcdef0123456789abcdef@example.vn>\n"
    "X-HTX-Key: digest/huyen-a-1/2025-12-15/1\n"
)
Maker = Callable[..., bytes]


def _wire(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def postfix(
    headers: str = HEADERS, to: str = TO, *, status: str = "5.1.1", action: str = "failed", n: int = 1
) -> bytes:
    """Postfix: a part for people, a part for programs, the returned headers."""
    return _wire(f"""Return-Path: <>
Date: Mon, 15 Dec 2025 07:31:00 +0700 (+07)
From: MAILER-DAEMON@mx.example.vn (Mail Delivery System)
Subject: {"Undelivered Mail Returned to Sender" if action == "failed" else "Delayed Mail (still being retried)"}
To: nhacviec@example.vn
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F1A{n}.1765/mx.example.vn"
Message-Id: <20251215003100.4F1A{n}@mx.example.vn>

--4F1A{n}.1765/mx.example.vn
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.vn.

<{to}>: host mail.example.vn said: 550 5.1.1 User unknown (in reply to RCPT TO command)

--4F1A{n}.1765/mx.example.vn
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.vn
X-Postfix-Queue-ID: 4F1A{n}
Arrival-Date: Mon, 15 Dec 2025 07:30:59 +0700 (+07)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.vn
Diagnostic-Code: smtp; 550 {status} <{to}>: Recipient address rejected: User unknown

--4F1A{n}.1765/mx.example.vn
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

{headers}
--4F1A{n}.1765/mx.example.vn--
""")


def exim(headers: str = HEADERS, to: str = TO) -> bytes:
    """Exim of old: one text, the failed address in a header, a copy of the mail below."""
    return _wire(f"""Return-path: <>
X-Failed-Recipients: {to}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.vn>
To: nhacviec@example.vn
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1vUxYz-0001Ab-2C@mx.example.vn>
Date: Mon, 15 Dec 2025 07:31:00 +0700

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    host mail.example.vn [192.0.2.25]
    SMTP error from remote mail server after RCPT TO:<{to}>:
    550 5.1.1 mailbox unavailable

------ This is a copy of the message, including all the headers. ------

{headers}
Kinh gui
""")


def exchange(headers: str = HEADERS, to: str = TO) -> bytes:
    """Exchange: a page for people, a part for programs with a long diagnosis, the returned mail whole."""
    return _wire(f"""From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.vn>
To: <nhacviec@example.vn>
Date: Mon, 15 Dec 2025 07:31:00 +0700
Content-Type: multipart/report; report-type=delivery-status; boundary="ex-1"
X-MS-Exchange-Message-Is-Ndr:
Message-ID: <7b1c@EX01.example.vn>
Subject: Undeliverable: =?utf-8?q?Nh=E1=BA=AFc_vi=E1=BB=87c?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--ex-1
Content-Type: multipart/alternative; boundary="ex-2"

--ex-2
Content-Type: text/plain; charset="us-ascii"

Delivery has failed to these recipients or groups:

{to}
The email address you entered couldn't be found.

--ex-2
Content-Type: text/html; charset="us-ascii"

<html><body><p>Delivery has failed to these recipients or groups: <a href="mailto:{to}">{to}</a></p></body></html>

--ex-2--

--ex-1
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.example.vn
Received-From-MTA: dns;mx.example.vn
Arrival-Date: Mon, 15 Dec 2025 00:30:59 +0000

Final-Recipient: rfc822;{to.upper()}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--ex-1
Content-Type: message/rfc822

{headers}Content-Type: text/plain

Kinh gui

--ex-1--
""")


def gmail(headers: str = HEADERS, to: str = TO) -> bytes:
    """Gmail: related parts nested in the report, X-Failed-Recipients, the mail's Message-ID in References as well."""
    own = headers.split("Message-ID: ")[1].splitlines()[0] if "Message-ID: " in headers else "<khong@example.vn>"
    return _wire(f"""From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: nhacviec@example.vn
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {own}
In-Reply-To: {own}
X-Failed-Recipients: {to}
Message-ID: <693fa1b2.050a0220.1a2b3c.0001.GMR@mx.google.com>
Date: Sun, 14 Dec 2025 16:31:00 -0800 (PST)
MIME-Version: 1.0
Content-Type: multipart/report; boundary="gm-1"; report-type=delivery-status

--gm-1
Content-Type: multipart/related; boundary="gm-2"

--gm-2
Content-Type: multipart/alternative; boundary="gm-3"

--gm-3
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to {to} because the address couldn't be found, or is unable to receive mail.

The response from the remote server was:
550 5.2.1 The email account that you tried to reach is disabled.

--gm-3--

--gm-2--

--gm-1
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Sun, 14 Dec 2025 16:30:59 -0800 (PST)
X-Original-Message-ID: {own}

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.2.1
Diagnostic-Code: smtp; 550-5.2.1 The email account that you tried to reach is disabled.
 550 5.2.1 https://support.example.vn/
Last-Attempt-Date: Sun, 14 Dec 2025 16:31:00 -0800 (PST)

--gm-1
Content-Type: message/rfc822

{headers}
Kinh gui

--gm-1--
""")


def qmail(headers: str = HEADERS, to: str = TO) -> bytes:
    """qmail: plain words, no header for programs, the mail below a line."""
    return _wire(f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.vn
To: nhacviec@example.vn
Subject: failure notice
Message-ID: <1765@mx.example.vn>

Hi. This is the qmail-send program at mx.example.vn.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{to}>:
192.0.2.25 does not like recipient.
Remote host said: 550 mailbox unavailable

--- Below this line is a copy of the message.

Return-Path: <nhacviec@example.vn>
{headers}
Kinh gui
""")


def out_of_office() -> bytes:
    """An answer of a machine for a person: no report."""
    return _wire(f"""From: Nguyen Van Mau <{TO}>
To: nhacviec@example.vn
Subject: Tra loi tu dong: di cong tac
Auto-Submitted: auto-replied
In-Reply-To: <0123456789abcdef0123456789abcdef@example.vn>
Message-ID: <abc@example.vn>

Toi di cong tac den 550 ngay. Lien he 5.1.1 phong.
""")
