"""Mails that came back and complaints, as mail servers and mailbox providers write them."""


def a_bounce(key, *, action="failed", status="5.1.1", headers_only=False, own="<b1@mx.example>"):
    """RFC 3464."""
    returned = f"From: desk@north.example\r\nTo: ann@example.org\r\nMessage-ID: <{key}@north.example>\r\n\r\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return f"""From: MAILER-DAEMON@mx.example\r
To: desk@north.example\r
Subject: Undelivered Mail Returned to Sender\r
Message-ID: {own}\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=us-ascii\r
\r
I'm sorry to have to inform you that your message could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; ann@example.org\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; 550 {status} <ann@example.org>: no such user\r
\r
--b\r
Content-Type: {kind}\r
\r
{returned}\r
--b--\r
""".encode()


def a_complaint(key, kind="abuse"):
    """RFC 5965, with the recipient blotted out, as the large providers do."""
    return f"""From: complaints@provider.example\r
To: desk@north.example\r
Message-ID: <c1@provider.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
This is an email abuse report.\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: {kind}\r
User-Agent: Provider-FBL/1.0\r
Version: 1\r
\r
--b\r
Content-Type: message/rfc822\r
\r
From: desk@north.example\r
To: redacted@example.org\r
Message-ID: <{key}@north.example>\r
Subject: A word\r
\r
Hello.\r
--b--\r
""".encode()
