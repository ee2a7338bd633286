#!/usr/bin/env python3
"""How fast the board answers with many schools and mails.

usage: benches/board.py PATH/TO/svodka [SCHOOLS [MESSAGES]]

Fills a store with made-up schools, mails, forms and letters, serves it, signs in by a printed link, and asks for every
page a few dozen times. Prints the median and the slowest answer of each, and the median of the first one after a school
has sent something, in milliseconds.
"""

import hashlib
import http.client
import json
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PORT = 18025
TIMES = 30
DAY = 86_400_000_000
START = 1_667_300_000_000_000

CONFIG = f"""campaigns = ["campaign.toml"]
[store]
url = "sqlite://svodka.db"
files = "files"
[[mailbox]]
kind = "maildir"
path = "inbox"
address = "svodka@committee.example"
[smtp]
kind = "file"
path = "outbox"
[replies]
mode = "hold"
[staff]
addresses = ["staff@committee.example"]
[authentication]
verify = false
[reader]
sandbox = "best-effort"
[board]
listen = "127.0.0.1:{PORT}"
"""


def campaign(schools):
    """The sample campaign with other schools: without limits on who owes what."""
    text = (ROOT / "config/campaigns/500plus-2022.toml").read_text(encoding="utf-8")
    head = re.split(r"(?m)^\[\[(?:school|neighbour|person)\]\]", text)[0]
    head = re.sub(r"(?m)^schools = .*\n", "schools = []\n", head)
    for n in range(schools):
        head += (
            f'\n[[school]]\nid = "school-{n}"\nname = "МБОУ «СОШ № {n + 1} посёлка Заречный-{n}»"\n'
            f'district = "Район{n % 18}ский"\nsettlement = "Заречный-{n}"\ndate = 2022-11-{15 + n % 15}\n'
        )
    return head


def fields():
    text = (ROOT / "config/campaigns/500plus-2022.toml").read_text(encoding="utf-8")
    return re.findall(r'(?m)^\[\[form\.field\]\]\nid = "([^"]+)"', text)


def reading(n, sha):
    return {
        "version": 3,
        "message": {
            "message_id": f"m{n}@school.example", "answers": [],
            "from": {"name": "Школа", "address": f"s{n % 300}@school.example"}, "recipients": [],
            "subject": f"Анкета {n}", "date": None, "received": None, "automatic": None,
            "body": {"blocks": [{"paragraph": {"text": "Направляем заполненную форму. " * 10}}]},
            "signature": "С уважением, директор", "quoted": "", "oddities": [],
        },
        "files": [{"name": "анкета.docx", "path": [], "format": "docx", "size": 40000, "sha256": sha,
                   "content": {"Ok": {"blocks": [{"paragraph": {"text": "Ответ " * 200}}]}}}],
    }


def fill(folder, schools, messages):
    base = sqlite3.connect(folder / "svodka.db")
    base.execute("PRAGMA foreign_keys = OFF")
    ids, names, previous = fields(), [f"school-{n}" for n in range(schools)], ""
    versions = dict.fromkeys(names, 0)
    counted = 0
    event = base.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0]
    for n in range(1, messages + 1):
        sha = hashlib.sha256(str(n).encode()).hexdigest()
        school, at = names[counted % schools], START + n * (10 * DAY // messages)
        # Of a hundred mails seventy are about something else, eighteen written by machines, three doubtful; the others are
        # six versions a school.
        kind = "leave" if n % 100 < 70 else "ignore" if n % 100 < 88 else "review" if n % 100 < 91 else "request"
        base.execute(
            "INSERT INTO messages (id, mailbox, cursor, sha256, truncated, received_at, taken_at, state, campaign, sender,"
            " message_id, subject, reading, version, reason, decided_at, marked)"
            " VALUES (?, 'x', ?, ?, 0, ?, ?, ?, '500plus-2022', ?, ?, ?, ?, 3, 'a machine wrote it', ?, 1)",
            (n, str(n), sha, at, at, kind, f"s{n % 300}@school.example", f"m{n}@school.example", f"Анкета {n}",
             json.dumps(reading(n, sha), ensure_ascii=False), at))
        event += 1
        base.execute("INSERT INTO events (id, at, kind, refs, hash) VALUES (?, ?, 'decided', ?, '')",
                     (event, at, json.dumps({"message": n, "action": kind})))
        if kind in ("leave", "ignore"):
            continue
        counted += 1
        version = None
        if kind == "request":
            versions[school] += 1
            version = versions[school]
        row = base.execute(
            "INSERT INTO submissions (message, position, campaign, school, version, action, late, form, draft, information,"
            " candidates, missing, invalid, owed, documents, evidence)"
            " VALUES (?, 0, '500plus-2022', ?, ?, ?, 0, 1, 0, '[]', ?, '[]', '[]', '[]', '[0]', '[]')",
            (n, school if version else None, version, kind, "[]" if version else json.dumps([school]))).lastrowid
        base.execute("INSERT INTO documents (message, position, name, path, format, size, sha256, kind, school)"
                     " VALUES (?, 0, 'анкета.docx', '[]', 'docx', 40000, ?, 'form', ?)", (n, sha, school))
        base.executemany("INSERT INTO answers (submission, field, text, found) VALUES (?, ?, ?, 'таблица 1, строка 1')",
                         [(row, field, f"Ответ {n}") for field in ids])
        if kind == "review":
            base.execute("INSERT INTO reviews (message, submission, campaign, reason, candidates, opened_at, told, decided_at)"
                         " VALUES (?, ?, '500plus-2022', 'ambiguous_school', ?, ?, 1, ?)",
                         (n, row, json.dumps([school]), at, None if n % 1000 < 100 else at))
        else:
            state = "queued" if n > messages - 1000 else "sent"
            letter = base.execute(
                "INSERT INTO outbox (key, message, kind, campaign, sender, recipient, message_id, mime, state, queued_at,"
                " not_before, changed_at) VALUES (?, ?, 'request', '500plus-2022', 'svodka@committee.example', ?, ?, ?, ?, ?, ?, ?)",
                (f"k{n}", n, f"s{n % 300}@school.example", f"o{n}@committee.example",
                 ("From: svodka@committee.example\r\nSubject: Re: Анкета\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                  + "Текст ответа. " * 1500).encode(), state, at, at, at)).lastrowid
            base.execute("INSERT INTO outbox_schools (outbox, school) VALUES (?, ?)", (letter, school))
    base.commit()
    base.close()


def happens(folder):
    """A school sends one more version: what the pages remember no longer holds."""
    base = sqlite3.connect(folder / "svodka.db", timeout=10)
    with base:
        message = base.execute("SELECT max(id) + 1 FROM messages").fetchone()[0]
        at = START + 11 * DAY + message
        base.execute(
            "INSERT INTO messages (id, mailbox, cursor, sha256, truncated, received_at, taken_at, state, campaign, sender,"
            " subject, reason, decided_at, marked)"
            " VALUES (?, 'x', ?, ?, 0, ?, ?, 'request', '500plus-2022', 's7@school.example', 'Анкета', '', ?, 1)",
            (message, str(message), hashlib.sha256(str(message).encode()).hexdigest(), at, at, at))
        base.execute(
            "INSERT INTO submissions (message, position, campaign, school, version, action, late, form, draft, information,"
            " candidates, missing, invalid, owed, documents, evidence)"
            " SELECT ?, 0, '500plus-2022', 'school-7', max(version) + 1, 'request', 0, 1, 0, '[]', '[]', '[]', '[]', '[]',"
            " '[]', '[]' FROM submissions WHERE school = 'school-7'", (message,))
        base.execute("INSERT INTO events (id, at, kind, refs, hash) SELECT max(id) + 1, ?, 'decided', ?, '' FROM events",
                     (at, json.dumps({"message": message, "action": "request"})))
    base.close()


def get(path, cookie):
    link = http.client.HTTPConnection("127.0.0.1", PORT)
    began = time.perf_counter()
    link.request("GET", path, headers={"Cookie": cookie})
    answer = link.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    link.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return took, body


def sign_in(svodka, config):
    printed = subprocess.run([svodka, "sign-in", "staff@committee.example", "--config", config], check=True,
                             capture_output=True, text=True).stdout
    path = re.search(r"/sign-in/[0-9a-f]+", printed).group()
    link = http.client.HTTPConnection("127.0.0.1", PORT)
    link.request("GET", path)
    answer = link.getresponse()
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    token = re.search(r'name="csrf" value="([^"]+)"', answer.read().decode()).group(1)
    link.request("POST", path, f"csrf={token}", {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded",
                                                 "Origin": f"http://127.0.0.1:{PORT}"})
    answer = link.getresponse()
    answer.read()
    return (answer.getheader("Set-Cookie") or cookie).split(";")[0]


def main():
    svodka = str(pathlib.Path(sys.argv[1]).resolve())
    schools, messages = (int(one) for one in (sys.argv[2:] + ["300", "20000"][len(sys.argv) - 2:]))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part in ("new", "cur", "tmp"):
            (folder / "inbox" / part).mkdir(parents=True)
        (folder / "svodka.toml").write_text(CONFIG, encoding="utf-8")
        (folder / "campaign.toml").write_text(campaign(schools), encoding="utf-8")
        config = str(folder / "svodka.toml")
        subprocess.run([svodka, "run", "--once", "--config", config], check=True, stderr=subprocess.DEVNULL)
        fill(folder, schools, messages)
        daemon = subprocess.Popen([svodka, "run", "--config", config, "--as-of", "2022-11-12T09:00:00Z"],
                                  stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    http.client.HTTPConnection("127.0.0.1", PORT).connect()
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.1)
            cookie = sign_in(svodka, config)
            print(f"{schools} schools, {messages} messages; milliseconds: median, slowest, the first after something has come")
            for path in ("/", "/?q=школы&status=incomplete".replace("школы", "%D1%81%D0%BE%D1%88"), "/school/school-7",
                         "/school/school-7/versions", "/review", "/review/1", "/message/95", "/outbox", "/outbox/1",
                         "/other", "/obligations", "/deadlines", "/health", "/journal"):
                get(path, cookie)
                firsts = []
                for _ in range(5):
                    happens(folder)
                    firsts.append(get(path, cookie)[0])
                times = [get(path, cookie)[0] for _ in range(TIMES)]
                print(f"{path.split('?')[0]:28} {statistics.median(times):7.1f} {max(times):7.1f} {statistics.median(firsts):7.1f}")
        finally:
            daemon.terminate()
            daemon.wait()


main()
