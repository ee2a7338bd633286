#!/usr/bin/python3
"""A school's mail program: `mail.py send FROM MAIL [FILE]` sends a mail as its own, with this file in place of what is
attached; `mail.py deliver …` does so past the server that takes mail; `mail.py read ADDRESS` prints the subject of each mail in its mailbox, one a line."""

import email.policy
import imaplib
import pathlib
import smtplib
import ssl
import sys

COMMITTEE = "committee@committee.example"


def own(sender, path, document=None):
    mail = email.message_from_bytes(pathlib.Path(path).read_bytes(), policy=email.policy.default)
    for field in ("From", "To", "Cc", "Sender", "Date", "Message-ID", "Return-Path", "Received", "Reply-To"):
        del mail[field]
    mail["From"], mail["To"], mail["Message-ID"] = sender, COMMITTEE, f"<{sender}>"
    if document:
        attached = next(mail.iter_attachments())
        attached.set_content(pathlib.Path(document).read_bytes(), maintype="application", subtype="msword",
                             disposition="attachment", filename=pathlib.Path(document).name)
    return mail.as_bytes()


def send(sender, *mail):
    with smtplib.SMTP("127.0.0.1") as server:
        server.sendmail(sender, [COMMITTEE], own(sender, *mail))


def deliver(sender, *mail):
    with smtplib.LMTP("127.0.0.1", 24) as server:
        server.sendmail(sender, [COMMITTEE], own(sender, *mail))


def read(address):
    trusted = ssl.create_default_context(cafile="/etc/svodka/ca.pem")
    with imaplib.IMAP4_SSL("mail.committee.example", ssl_context=trusted) as server:
        server.login(address, "letmein")
        server.select("INBOX", readonly=True)
        for number in server.search(None, "ALL")[1][0].split():
            raw = server.fetch(number, "(BODY.PEEK[HEADER])")[1][0][1]
            print(str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"]))


{"send": send, "deliver": deliver, "read": read}[sys.argv[1]](*sys.argv[2:])
