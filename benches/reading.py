#!/usr/bin/env python3
"""How fast documents are read, and in how much memory: svodka, its jail included, against python-docx and mammoth, on
the same files in one run. Prints a table; `make bench` calls it.

    benches/reading.py TARGET-FOLDER
"""

import email
import email.policy
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS = 5

PYTHON_DOCX = """
import sys, docx
from docx.table import Table
from docx.text.paragraph import Paragraph
documents = characters = 0
for _ in range(int(sys.argv[1])):
    for path in sys.argv[2:]:
        documents += 1
        try:
            document = docx.Document(path)
            for item in document.iter_inner_content():
                if isinstance(item, Paragraph):
                    characters += len(item.text)
                else:
                    for row in item.rows:
                        for cell in row.cells:
                            characters += len(cell.text)
        except Exception:
            pass
print(documents, "documents,", characters, "characters")
"""

MAMMOTH = """
import sys, mammoth
documents = characters = 0
for _ in range(int(sys.argv[1])):
    for path in sys.argv[2:]:
        documents += 1
        try:
            with open(path, "rb") as file:
                characters += len(mammoth.extract_raw_text(file).value)
        except Exception:
            pass
print(documents, "documents,", characters, "characters")
"""


def documents(folder):
    """Every DOCX of the fixtures: by itself or attached to a mail."""
    fixtures = ROOT / "tests/fixtures"
    paths = sorted(fixtures.glob("documents/*.docx"))
    for mail in sorted([*fixtures.glob("mails/*.eml"), *fixtures.glob("corpus/mails/*.eml")]):
        message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
        for part in message.walk():
            content = part.get_payload(decode=True) or b""
            if content.startswith(b"PK\x03\x04") and b"word/document.xml" in content:
                path = folder / f"{len(paths):04}.docx"
                path.write_bytes(content)
                paths.append(path)
    return [str(path) for path in paths]


def measure(command):
    """Seconds by the clock, processor seconds of the process and its children, KiB at the peak, and what it printed."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, said


def main():
    target = pathlib.Path(sys.argv[1])
    venv = target / "bench-python"
    if not (venv / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "python-docx==1.2.0", "mammoth==1.11.0"], check=True)
        (venv / "done").touch()
    python = str(venv / "bin/python")
    with tempfile.TemporaryDirectory() as folder:
        files = documents(pathlib.Path(folder))
        own = str(target / "release/examples/read")
        # How many times each reads every file: about as long as the others.
        contenders = {
            "svodka, in the jail": (10, [own]),
            "svodka, without jail": (10, [own, "--here"]),
            "python-docx": (5, [python, "-c", PYTHON_DOCX]),
            "mammoth": (1, [python, "-c", MAMMOTH]),
        }
        results = {name: [] for name in contenders}
        for _ in range(ROUNDS):
            for name, (times, command) in contenders.items():
                wall, cpu, memory, said = measure([*command, str(times), *files])
                results[name].append((wall / times, cpu / times, memory, said))
    count = len(files)
    print(f"{count} files, {ROUNDS} rounds in turn; medians (least to most)\n")
    print(f"{'':<22}{'documents/s':>24}{'CPU ms a document':>26}{'CPU ratio':>11}{'peak MiB':>10}")
    own = statistics.median(cpu for _, cpu, _, _ in results["svodka, in the jail"])
    for name, rounds in results.items():
        speeds = sorted(count / wall for wall, *_ in rounds)
        costs = sorted(cpu / count * 1000 for _, cpu, *_ in rounds)
        peak = max(memory for *_, memory, _ in rounds) / 1024
        speed = f"{statistics.median(speeds):.0f} ({speeds[0]:.0f} to {speeds[-1]:.0f})"
        cost = f"{statistics.median(costs):.3f} ({costs[0]:.3f} to {costs[-1]:.3f})"
        ratio = statistics.median(cpu for _, cpu, *_ in rounds) / own
        print(f"{name:<22}{speed:>24}{cost:>26}{ratio:>11.1f}{peak:>10.1f}")
    for name, rounds in results.items():
        print(f"{name}: {rounds[0][3]}")


if __name__ == "__main__":
    main()
