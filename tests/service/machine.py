"""A Debian of its own that is booted with its systemd: commands run in it, and are waited for."""

import pathlib
import shutil
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).parent
CLEAN = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER="]


class Failed(Exception):
    """Something was not as it must be."""


def wait_for(what, found, seconds=60):
    """What `found` gives once that is neither None nor False."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if result := found():
            return result
        time.sleep(0.1)
    raise Failed(f"waited {seconds} s in vain for {what}")


class Machine:
    """The machine in a folder."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.nspawn = None

    def chroot(self, *command, check=True):
        """Runs a command in it while it is switched off."""
        return run(["chroot", str(self.root), *CLEAN, *command], check)

    def put(self, source, place, mode=0o644):
        """Copies a file into it."""
        target = self.root / place.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(mode)

    def write(self, place, text, mode=0o644):
        """Writes a file of it."""
        target = self.root / place.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def read(self, place):
        """The text of a file of it."""
        return (self.root / place.lstrip("/")).read_text()

    def boot(self):
        """Switches it on, and waits until it is up."""
        # systemd-nspawn 252 lets nobody in it confine himself any further: its own list of system calls is older.
        allowed = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
        log = open(self.root.parent / "console", "ab")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--boot", "--quiet", "--register=no", "--keep-unit", "--private-network",
             "--console=pipe", f"--system-call-filter={allowed}", "--machine=svodka-test", f"--directory={self.root}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.wait_up()

    def wait_up(self):
        """Waits until its systemd has started everything that belongs to it."""
        wait_for("the machine to be up", lambda: self.try_run("systemctl", "is-system-running").stdout.strip()
                 in ("running", "degraded"), 120)

    def reboot(self):
        """Has it restart itself, as its own administrator would."""
        self.try_run("systemctl", "reboot")
        status = self.nspawn.wait(120)
        # systemd-nspawn leaves it to whoever has started it to do so again, and says so by this status.
        if status != 133:
            raise Failed(f"the machine ended with {status} in place of being started again")
        self.boot()

    def off(self):
        """Switches it off."""
        if self.nspawn and self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)
            try:
                self.nspawn.wait(20)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()

    def init(self):
        """The process that is its first one, as this machine numbers it."""
        found = subprocess.run(["pgrep", "-P", str(self.nspawn.pid)], capture_output=True, text=True).stdout.split()
        return found[0] if found else None

    def try_run(self, *command, seconds=120, text=None):
        """Runs a command in it; it may fail."""
        init = self.init()
        if not init:
            return subprocess.CompletedProcess(command, 1, "", "the machine is not up")
        enter = ["nsenter", f"--target={init}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd=/"]
        return subprocess.run([*enter, *CLEAN, *command], capture_output=True, text=True, timeout=seconds, input=text)

    def run(self, *command, seconds=120, text=None):
        """Runs a command in it, which must succeed; gives what it prints."""
        return succeeded(self.try_run(*command, seconds=seconds, text=text), command)

    def show(self, unit, *properties):
        """What systemd knows of a unit."""
        shown = self.run("systemctl", "show", unit, *(f"--property={one}" for one in properties))
        values = dict(line.split("=", 1) for line in shown.splitlines())
        return values[properties[0]] if len(properties) == 1 else values

    def journal(self, unit, since=None):
        """What a unit has logged."""
        return self.run("journalctl", "--unit", unit, "--output=cat", "--no-pager", *(["--since", since] if since else []))

    def now(self):
        """Its time, as `journalctl --since` takes it."""
        return self.run("date", "+%Y-%m-%d %H:%M:%S").strip()


def run(command, check=True):
    """Runs a command of this machine."""
    done = subprocess.run(command, capture_output=True, text=True)
    if check:
        succeeded(done, command)
    return done


def succeeded(done, command):
    """What it has printed; where it failed, that is said."""
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
