#!/usr/bin/env python3
"""Follows docs/ru/it.md in a machine that is booted for it, from the package to the first answered mail and on to its end:
every command as it is printed. `guide.py ROOT PACKAGE.deb`. What cannot be done there has its reason in `NOT_HERE`."""

import pathlib
import re
import sys
import time

from machine import Failed, Machine, run, wait_for
from prove import MAILS, PASSWORD, PROJECT, prepare

GUIDE = PROJECT / "docs/ru/it.md"
# The beginnings of commands that want what the machine does not have.
NOT_HERE = {
    "apt-get update": "no network",
    "apt-get install nginx": "no network",
    "cp /usr/share/doc/svodka/nginx.conf": "no nginx",
    "ln -s ../sites-available": "no nginx",
    "printf '%s\\n' 'proxy_http_version": "no nginx",
    "nginx -t": "no nginx",
    "apt-get install ./svodka_0.2.0": "there is no newer one; prove.py upgrades",
    "install -m 644 ca.pem /usr/local/share/ca-certificates": "the other way is gone",
    "svodka outbox resend": "nothing is in doubt",
    "svodka outbox delivered": "nothing is in doubt",
}
# What a person does who reads these lines: values of his own.
FILLED_IN = [
    ('host = ""', 'host = "mail.committee.example"\nca_file = "ca.pem"'),
    ('user = ""', 'user = "committee@committee.example"'),
    ('address = ""', 'address = "committee@committee.example"'),
    ('addresses = [""]', 'addresses = ["staff@committee.example"]\nsummary = []'),
]


def blocks(text):
    """The blocks of code, each with its section."""
    section, block = "", []
    for line in [*text.splitlines(), ""]:
        if line.startswith("    ") or (block and not line.strip()):
            block.append(line[4:])
            continue
        if block:
            yield section, "\n".join(block).strip()
        block = []
        if line.startswith("## "):
            section = line[3:]


def commands(block):
    """The commands of a block, without the remarks behind them; none where it shows a file."""
    joined = block.replace("\\\n", " ")
    lines = [re.split(r"\s{2,}#", line)[0].strip() for line in joined.splitlines()]
    shown = any(re.match(r"\[|\w+ = ", line) for line in lines)
    return [] if shown else [line for line in lines if line]


class Reader:
    """Who follows the guide."""

    def __init__(self, root, package):
        self.machine, self.package, self.done = Machine(root), pathlib.Path(package), 0

    def sh(self, command, text=None, seconds=300):
        done = self.machine.try_run("sh", "-c", f"cd /root && {command}", seconds=seconds, text=text)
        if done.returncode != 0:
            raise Failed(f"{command}\nends with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def follow(self, command):
        """Does what is printed; gives what it prints."""
        for beginning, why in NOT_HERE.items():
            if command.startswith(beginning):
                print(f"guide: left out ({why}): {command}")
                return
        # The machine has no network; what the package recommends is there.
        command = re.sub(r"^apt-get install \./svodka_0\.1\.0-1_amd64\.deb$", "apt-get install -qy --no-install-recommends ./svodka.deb", command)
        command = re.sub(r"^apt-get (remove|purge) ", r"apt-get \1 -qy ", command)
        if "outbox drop" in command:
            command = command.split(";")[0]
        said = self.sh(command, PASSWORD + "\n" if "/dev/stdin" in command else None)
        self.done += 1
        print(f"guide: done: {command}")
        if command == "svodka doctor":
            must_be_well(said)
        if command.startswith("systemctl enable --now") or command == "systemctl restart svodka":
            wait_for("the service", lambda: self.machine.show("svodka", "ActiveState") == "active")

    def before(self, section):
        """What a person does between the commands."""
        machine = self.machine
        if section.startswith("1."):
            machine.put(self.package, "/root/svodka.deb")
            machine.put(PROJECT / "tests/fixtures/letter.docx", "/root/письмо.docx")
            machine.put(machine.root / "etc/mail/ca.pem", "/root/ca.pem")
        if section.startswith("3."):
            text = machine.read("/etc/svodka/svodka.toml")
            for empty, filled in FILLED_IN:
                text = text.replace(empty, filled)
            # No name servers here; and the days of the example are long over.
            machine.write("/etc/svodka/svodka.toml", text + "\n[authentication]\nverify = false\n")
            # Two ways to a campaign were shown: one letter is one campaign.
            machine.chroot("rm", "/etc/svodka/campaigns/pismo.toml")
            self.sh("install -m 644 ca.pem /etc/svodka/ca.pem")

    def send_a_form(self):
        """The mail that he sends himself."""
        self.machine.put(next(MAILS.glob("01-*.eml")), "/srv/01.eml")
        self.machine.run("/opt/mail.py", "send", "01@school.example", "/srv/01.eml")
        wait_for("a reply that waits", lambda: "01@" in self.machine.run("svodka", "outbox", "list"))

    def read(self):
        self.machine.boot()
        begun, last = time.monotonic(), None
        for section, block in blocks(GUIDE.read_text()):
            if section != last:
                last = section
                self.before(section)
            for command in commands(block):
                if command == "svodka status":
                    self.send_a_form()
                self.follow(command)
                if command.startswith("svodka outbox send"):
                    wait_for("the answer", lambda: self.machine.run("/opt/mail.py", "read", "01@school.example").strip())
                    print(f"guide: the first mail is answered, after {time.monotonic() - begun:.0f} s of commands")
        print(f"guide: {self.done} commands, as printed")


def must_be_well(said):
    if "FAULT" in said:
        raise Failed(said)


def main():
    reader = Reader(*sys.argv[1:3])
    prepare(reader.machine)
    # The guide says where it goes.
    run(["rm", "-f", str(reader.machine.root / "etc/svodka/ca.pem")])
    try:
        reader.read()
    except Failed as failed:
        print(f"guide: FAILED: {failed}", file=sys.stderr)
        sys.exit(1)
    finally:
        reader.machine.off()


if __name__ == "__main__":
    main()
