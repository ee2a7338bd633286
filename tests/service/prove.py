#!/usr/bin/env python3
"""Proves of the installed service what a service must do; each proof is a line. `prove.py ROOT PACKAGE.deb [FAULTY]`."""

import json
import pathlib
import re
import sys
import time

from machine import HERE, Failed, Machine, run, succeeded, wait_for

PROJECT = HERE.parent.parent
MAILS = PROJECT / "tests/fixtures/mails"
UNIT = "svodka.service"
STATE = "/var/lib/private/svodka"
RUNTIME = "/run/private/svodka"
PASSWORD = "letmein"
DROP_IN = f"/etc/systemd/system/{UNIT}.d"


def must(true, what):
    if not true:
        raise Failed(what)


class Proofs:
    """The proofs, in the order in which the life of a service brings them."""

    def __init__(self, root, package, faulty):
        self.machine, self.package, self.faulty = Machine(root), pathlib.Path(package), faulty
        self.schools = []

    # What is used by many.

    def sends(self, sample, document=None):
        """A school of its own sends this sample; gives its address."""
        school = f"{sample}@school.example"
        self.machine.put(next(MAILS.glob(f"{sample}-*.eml")), f"/srv/{sample}.eml")
        self.machine.run("/opt/mail.py", "send", school, f"/srv/{sample}.eml", *([document] if document else []))
        self.schools.append(school)
        return school

    def delivered(self, sample):
        """The same past the mail server that takes mails from outside."""
        school = f"{sample}@school.example"
        self.machine.put(next(MAILS.glob(f"{sample}-*.eml")), f"/srv/{sample}.eml")
        self.machine.run("/opt/mail.py", "deliver", school, f"/srv/{sample}.eml")
        self.schools.append(school)
        return school

    def replies(self, address):
        return self.machine.run("/opt/mail.py", "read", address).splitlines()

    def answered(self, address, words, seconds=60):
        [subject] = wait_for(f"the answer to {address}", lambda: self.replies(address), seconds)
        must(words in subject, f"{address} was answered: {subject}")

    def state(self):
        """What is known of each school and of the mails."""
        status = json.loads(self.machine.run("svodka", "status", "--json"))
        del status["as_of"]
        return status

    def pid(self):
        return int(self.machine.show(UNIT, "MainPID"))

    def restarts(self):
        return int(self.machine.show(UNIT, "NRestarts"))

    def wait_restarted(self, before, seconds=90):
        """Waits until it runs again after having been restarted."""
        active = lambda: self.restarts() > before and self.machine.show(UNIT, "ActiveState") == "active"
        wait_for("the service to be started again", active, seconds)

    def settings(self, change=lambda text: text):
        text = (HERE / "inside/svodka.toml").read_text()
        self.machine.write("/etc/svodka/svodka.toml", change(text))

    def wait_logged(self, since, words, seconds=60):
        wait_for(f"{words!r} in the journal", lambda: words in self.machine.journal(UNIT, since), seconds)

    # The proofs.

    def is_installed_and_starts_nothing(self):
        self.machine.boot()
        self.machine.put(self.package, "/root/svodka.deb")
        said = self.machine.run("apt-get", "install", "-qy", "--no-install-recommends", "/root/svodka.deb", seconds=300)
        must("/etc/svodka/svodka.toml" in said, f"the package does not say what to do next:\n{said}")
        state = self.machine.show(UNIT, "ActiveState", "UnitFileState", "LoadState")
        must(state == {"ActiveState": "inactive", "UnitFileState": "disabled", "LoadState": "loaded"}, f"{state}")
        version = self.machine.run("svodka", "--version").strip()
        return f"the package installs {version} and starts nothing"

    def is_not_started_unfilled(self):
        since = self.machine.now()
        must(self.machine.try_run("systemctl", "start", UNIT).returncode != 0, "it starts before anybody has filled it in")
        said = self.machine.journal(UNIT, since)
        must("/etc/svodka/svodka.toml" in said, f"the journal does not name the file to fill in:\n{said}")
        must(self.machine.show(UNIT, "NRestarts") == "0", "it is started again and again")
        self.machine.run("systemctl", "reset-failed", UNIT)
        return "started before it is filled in, it ends at once, names the file, and is not tried again"

    def starts_and_is_ready(self):
        self.settings()
        sample = (PROJECT / "config/campaigns/500plus-2022.toml").read_text()
        later = [line if "2022-11-01" in line else line.replace("2022-11-", "2099-11-") for line in sample.splitlines()]
        self.machine.write("/etc/svodka/campaigns/500plus-2022.toml", "\n".join(later))
        for name in ("imap", "smtp"):
            self.machine.write(f"/etc/svodka/{name}.password", PASSWORD + "\n", 0o600)
        said = self.machine.run("svodka", "doctor")
        must("FAULT" not in said, said)
        begun = time.monotonic()
        self.machine.run("systemctl", "enable", "--now", UNIT)
        took = time.monotonic() - begun
        shown = self.machine.show(UNIT, "SubState", "StatusText", "Type")
        must(shown["SubState"] == "running" and shown["Type"] == "notify", f"{shown}")
        must("last pass" in shown["StatusText"], f"ready before the first pass: {shown}")
        return f"started, and ready after its first pass, in {took:.1f} s; its status: {shown['StatusText']}"

    def is_confined(self):
        said = self.machine.run("systemd-analyze", "security", UNIT, "--no-pager")
        [level] = re.findall(r"Overall exposure level for svodka.service: ([\d.]+)", said)
        must(float(level) <= 1.2, f"systemd-analyze security: {level}")
        status = self.machine.run("cat", f"/proc/{self.pid()}/status")
        user = int(re.search(r"^Uid:\s*(\d+)", status, re.M).group(1))
        must(re.search(r"^Seccomp:\s*2$", status, re.M), "no filter of system calls is in force")
        must(re.search(r"^CapEff:\s*0+$", status, re.M), "it has capabilities")
        must(61184 <= user <= 65519, f"it runs as {user}, which is no dynamic user")
        return f"systemd-analyze security: {level}; a dynamic user without any capability, its system calls filtered"

    def answers(self):
        begun = time.monotonic()
        school = self.sends("04")
        self.answered(school, "требуется дополнить")
        return f"a mail with a form is answered, after {time.monotonic() - begun:.1f} s"

    def reads_old_formats(self):
        self.machine.run("python3", "-c", EXTRACT, text=(MAILS / "05-vazhiny-invalid.eml").read_text())
        self.machine.run("soffice", "--headless", "--convert-to", "doc", "--outdir", "/srv", "/srv/form.docx", seconds=180)
        school = self.sends("05", "/srv/form.doc")
        self.answered(school, "требуется дополнить", 120)
        must("is not converted" not in self.machine.journal(UNIT), "the .doc was not converted")
        schools = self.state()["schools"]
        [form] = [one["form"] for one in schools if one["last_message"] and "Важин" in one["name"]]
        must(form["invalid"], f"of the .doc's answers is known: {form}")
        return "a .doc is converted inside the running service, read, and answered by field"

    def keeps_its_secrets(self):
        pid = self.pid()
        [folder] = self.machine.run("sh", "-c", "ls -d /run/credentials/svodka.service").split()
        closed = [f"/etc/svodka/imap.password", f"{folder}/imap", f"{STATE}/svodka.db", f"/proc/{pid}/environ", f"/proc/{pid}/mem"]
        for path in closed:
            must(self.machine.try_run("test", "-e", path).returncode == 0, f"{path} is not there")
            tried = self.machine.try_run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "head", "--bytes=1", path)
            must("Permission denied" in tried.stderr, f"{path} can be read by anybody: {tried}")
        found = self.machine.try_run("sh", "-c", f"grep -rl {PASSWORD} {STATE} {RUNTIME} /run/log/journal /var/log; "
                                     f"tr '\\0' '\\n' </proc/{pid}/environ | grep {PASSWORD}; tr '\\0' ' ' </proc/{pid}/cmdline | grep {PASSWORD}")
        must(found.stdout == "", f"the password lies in {found.stdout}")
        return f"passwords and data cannot be read by another user ({len(closed)} places), and the password lies in no file, log or variable"

    def writes_only_where_it_may(self):
        user = self.machine.run("stat", "--format=%u", f"/proc/{self.pid()}").strip()
        owned = self.machine.run("find", "/", "-xdev", "-uid", user, "-not", "-path", "/proc/*").split()
        mounts = self.machine.run("find", "/run", "/tmp", "/dev/shm", "-uid", user).split()
        outside = [path for path in owned + mounts if not path.startswith((STATE, RUNTIME, "/run/credentials/svodka.service"))]
        must(not outside, f"it has written outside its folders: {outside}")
        inner = self.machine.run("cat", f"/proc/{self.pid()}/mountinfo")
        for place in ("/etc", "/usr", "/var", "/srv", "/opt"):
            tried = self.machine.try_run("nsenter", f"--target={self.pid()}", "--mount", "touch", f"{place}/written-by-svodka")
            must("Read-only file system" in tried.stderr, f"where the service lives, root itself can write to {place}: {tried}")
        must(" /home " in inner, "it sees /home")
        return f"it has written to {STATE} and {RUNTIME} alone; where it lives, all else is read-only even for root"

    def is_backed_up_and_restored(self):
        self.machine.run("systemctl", "start", "svodka-backup.service")
        [backup] = self.machine.run("sh", "-c", "ls -d /var/lib/svodka/backups/svodka-*").split()
        self.machine.run("svodka", "restore", backup, "--into", "/root/drill")
        settings = self.machine.read("/etc/svodka/svodka.toml").replace("/var/lib/svodka/", "/root/drill/")
        self.machine.write("/etc/svodka/drill.toml", settings)
        restored = json.loads(self.machine.run("svodka", "status", "--json", "--config", "/etc/svodka/drill.toml"))
        del restored["as_of"]
        must(restored == self.state(), f"restored, it is another: {restored}")
        self.machine.run("svodka", "audit", "verify", "--config", "/etc/svodka/drill.toml")
        self.machine.run("rm", "-r", "/root/drill", "/etc/svodka/drill.toml")
        return "the backup's unit makes a backup while the service runs; restored elsewhere, it holds the same, and its audit log is whole"

    def tells_how_it_does(self):
        said = {path: self.machine.run("python3", "-c", FETCH, path) for path in ("health", "ready", "metrics")}
        must("svodka_mailbox_last_pass_timestamp_seconds" in said["metrics"], f"no metrics:\n{said['metrics']}")
        plugin = self.machine.run("svodka", "doctor", "--nagios")
        must(plugin.startswith("SVODKA OK"), plugin)
        way = self.machine.run("journalctl", "--no-pager", "--output=cat", f"--unit={UNIT}", "SVODKA_MAIL=1")
        must("decided" in way, f"the journal does not find a mail's way by its number: {way}")
        return f"health, readiness, {said['metrics'].count(chr(10))} lines of metrics; doctor --nagios: {plugin.splitlines()[0].split('|')[0]}"

    def is_restarted_by_the_watchdog(self):
        before = self.restarts()
        begun = time.monotonic()
        self.machine.run("kill", "-STOP", str(self.pid()))
        school = self.sends("02")
        self.wait_restarted(before, 150)
        took = time.monotonic() - begun
        systemd = self.machine.run("journalctl", "--no-pager", "--output=cat", "_PID=1")
        must("svodka.service: Watchdog timeout" in systemd, f"systemd does not say that it was the watchdog:\n{systemd}")
        self.answered(school, "требуется дополнить")
        return f"the whole process stopped (SIGSTOP): the watchdog starts it anew after {took:.0f} s; the mail of meanwhile is answered"

    def is_restarted_where_its_pipeline_hangs(self):
        if not self.faulty:
            return None
        self.machine.put(self.faulty, "/opt/svodka-faulty", 0o755)
        self.machine.write(f"{DROP_IN}/hang.conf", "[Service]\nEnvironment=SVODKA_FAULT=hang:decide::reading\nWatchdogSec=10s\n"
                           "ExecStart=\nExecStart=/opt/svodka-faulty run --config /etc/svodka/svodka.toml\n")
        self.settings(lambda text: text + '\n[times]\npatience = "5s"\n')
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "restart", UNIT)
        before, since = self.restarts(), self.machine.now()
        school = self.sends("12")
        self.wait_logged(since, "nothing is heard of it any more")
        self.machine.run("rm", f"{DROP_IN}/hang.conf")
        self.settings()
        self.machine.run("systemctl", "daemon-reload")
        self.wait_restarted(before)
        self.answered(school, "требуется дополнить")
        return "a pipeline that hangs in a process that lives: it says so itself, the watchdog starts it anew, the mail is answered"

    def survives_kill(self):
        before = self.restarts()
        school = self.sends("24")
        self.machine.run("kill", "-KILL", str(self.pid()))
        self.wait_restarted(before)
        since = self.machine.now()
        self.answered(school, "требуется дополнить")
        before = self.restarts()
        self.machine.run("kill", "-KILL", str(self.pid()))
        self.wait_restarted(before)
        self.wait_logged(since, "it has failed before")
        return "kill -9 in the middle of a mail: started again by itself, answered once; with each failure it pauses longer"

    def reloads(self):
        pid, since = self.pid(), self.machine.now()
        self.settings(lambda text: text.replace('"send"', '"hold"'))
        self.machine.run("systemctl", "reload", UNIT)
        self.wait_logged(since, "the new configuration is in force")
        school = self.sends("08")
        wait_for("the letter that is held", lambda: "08@school" in self.machine.run("svodka", "outbox", "list"))
        self.settings(lambda text: text.replace('"send"', '"sometimes"'))
        self.machine.run("systemctl", "reload", UNIT)
        self.wait_logged(since, "the configuration is wrong: the former stays in force")
        must(self.replies(school) == [], "what is held has left")
        self.settings()
        self.machine.run("systemctl", "reload", UNIT)
        self.answered(school, "письмо получено")
        must(self.pid() == pid, "it was restarted")
        return "reload takes over the settings without a restart; with a mistake in them the former stay in force"

    def stops_in_time(self):
        begun = time.monotonic()
        self.machine.run("systemctl", "stop", UNIT)
        idle = time.monotonic() - begun
        self.machine.run("systemctl", "start", UNIT)
        # A server that has stopped answering, in the middle of a letter.
        self.machine.run("pkill", "-STOP", "-x", "(master|smtpd)")
        school = self.delivered("30")
        wait_for("the letter to be sent", lambda: f"{school}" in self.machine.run("svodka", "outbox", "list"))
        begun = time.monotonic()
        self.machine.run("systemctl", "stop", UNIT)
        busy = time.monotonic() - begun
        self.machine.run("pkill", "-CONT", "-x", "(master|smtpd)")
        self.machine.run("systemctl", "start", UNIT)
        result = self.machine.show(UNIT, "Result")
        must(idle <= 30 and busy <= 30 and result == "success", f"{idle} s, {busy} s, {result}")
        self.answered(school, "требуется дополнить", 120)
        return f"stops within its limit of 30 s: {idle:.1f} s at rest, {busy:.1f} s while a server does not answer"

    def is_upgraded(self):
        newer = run(["dpkg-deb", "--field", str(self.package), "Version"]).stdout.strip() + "+next"
        tree = self.machine.root / "root/next"
        run(["dpkg-deb", "--raw-extract", str(self.package), str(tree)])
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"^Version: .*$", f"Version: {newer}", control.read_text(), flags=re.M))
        run(["dpkg-deb", "-Zgzip", "-z1", "--build", "--root-owner-group", str(tree), str(self.machine.root / "root/next.deb")])
        pid, before = self.pid(), self.state()
        self.machine.run("apt-get", "install", "-qy", "--no-install-recommends", "/root/next.deb", seconds=300)
        must(newer in self.machine.run("dpkg-query", "--show", "svodka"), "the newer package is not installed")
        active = lambda: self.machine.show(UNIT, "ActiveState") == "active" and self.pid() != pid
        wait_for("the newer service", active)
        must(self.state() == before, "its data are others than before")
        must('"send"' in self.machine.read("/etc/svodka/svodka.toml"), "the settings were replaced")
        self.answered(self.sends("01"), "получена")
        return "upgraded while it ran: restarted, settings and data as before, mail answered"

    def is_removed_and_comes_back(self):
        before = self.state()
        self.machine.run("apt-get", "remove", "-qy", "svodka")
        must(self.machine.try_run("test", "-s", f"{STATE}/svodka.db").returncode == 0, "removing it takes the data")
        must(self.machine.try_run("pgrep", "-x", "svodka").returncode == 1, "it runs although it is removed")
        self.machine.run("apt-get", "install", "-qy", "--no-install-recommends", "/root/next.deb", seconds=300)
        self.machine.run("systemctl", "enable", "--now", UNIT)
        must(self.state() == before, "its data are others than before")
        return "removed, it is gone and its data stay; installed again, it goes on"

    def survives_a_reboot(self):
        self.machine.reboot()
        wait_for("the service", lambda: self.machine.show(UNIT, "ActiveState") == "active")
        self.answered(self.sends("23"), "требуется дополнить")
        return "after a reboot it is there by itself and answers"

    def has_done_nothing_twice(self):
        for school in self.schools:
            must(len(self.replies(school)) == 1, f"{school} has {len(self.replies(school))} answers")
        wait_for("0 unaccounted", lambda: " 0 unaccounted" in self.machine.try_run("svodka", "mailbox", "reconcile").stdout)
        journal = self.machine.run("journalctl", "--no-pager", "--output=json", f"--unit={UNIT}")
        must("@" not in journal.replace("svodka@", ""), "an address stands in the journal")
        return f"{len(self.schools)} schools have one answer each; every message on the server is accounted for; no address in the journal"


EXTRACT = """
import email, email.policy, sys
mail = email.message_from_string(sys.stdin.read(), policy=email.policy.default)
open('/srv/form.docx', 'wb').write(next(mail.iter_attachments()).get_content())
"""


FETCH = """
import sys, urllib.request
print(urllib.request.urlopen('http://127.0.0.1:8026/' + sys.argv[1]).read().decode())
"""


def prepare(machine):
    """Makes mail servers of the machine's Dovecot and Postfix, before it is switched on."""
    inside = HERE / "inside"
    machine.put(inside / "dovecot.conf", "/etc/dovecot/dovecot.conf")
    machine.put(inside / "main.cf", "/etc/postfix/main.cf")
    master = machine.read("/etc/postfix/master.cf")
    machine.write("/etc/postfix/master.cf", re.sub(r"^(\S+\s+(?:inet|unix|fifo|unix-dgram)\s+\S+\s+\S+\s+)y", r"\1n", master, flags=re.M)
                  + (inside / "submissions").read_text())
    machine.put(inside / "mail.py", "/opt/mail.py", 0o755)
    machine.write("/etc/hosts", "127.0.0.1 localhost mail.committee.example\n")
    machine.write("/etc/hostname", "svodka-test\n")
    for folder in ("/etc/mail", "/etc/svodka", "/srv/mail"):
        machine.chroot("mkdir", "--parents", folder)
    machine.chroot("chown", "mail:mail", "/srv/mail")
    machine.chroot("sh", "-c", CERTIFICATES)


CERTIFICATES = """
set -e
cd /etc/mail
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout ca.key -out ca.pem -subj '/CN=Committee CA' 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=mail.committee.example' 2>/dev/null
printf 'subjectAltName=DNS:mail.committee.example\\n' >server.ext
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.pem 2>/dev/null
cp ca.pem /etc/svodka/ca.pem
chmod 644 /etc/svodka/ca.pem
"""

ORDER = [
    Proofs.is_installed_and_starts_nothing, Proofs.is_not_started_unfilled, Proofs.starts_and_is_ready, Proofs.is_confined,
    Proofs.answers, Proofs.reads_old_formats, Proofs.keeps_its_secrets, Proofs.writes_only_where_it_may,
    Proofs.is_backed_up_and_restored, Proofs.tells_how_it_does,
    Proofs.is_restarted_by_the_watchdog, Proofs.is_restarted_where_its_pipeline_hangs, Proofs.survives_kill, Proofs.reloads,
    Proofs.stops_in_time, Proofs.is_upgraded, Proofs.is_removed_and_comes_back, Proofs.survives_a_reboot,
    Proofs.has_done_nothing_twice,
]


def main():
    proofs = Proofs(*sys.argv[1:3], *(sys.argv[3:] or [None]))
    prepare(proofs.machine)
    proved, begun = 0, time.monotonic()
    try:
        for proof in ORDER:
            said = proof(proofs)
            if said:
                proved += 1
                print(f"test-service: proved: {said}", flush=True)
            else:
                print(f"test-service: not run: {proof.__name__} needs a build with faults", flush=True)
    except Failed as failed:
        print(f"test-service: FAILED: {proof.__name__}: {failed}", file=sys.stderr)
        if proofs.machine.init():
            print(proofs.machine.try_run("journalctl", "--no-pager", f"--unit={UNIT}", "--lines=60").stdout, file=sys.stderr)
        sys.exit(1)
    finally:
        proofs.machine.off()
    print(f"test-service: {proved} proofs in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
