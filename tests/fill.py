"""Fills in a form as LibreOffice does, for tests/forms.rs: fill.py FORM.docx ANSWERS.json FILLED.docx FILLED.odt

ANSWERS has, by the number of the question, {"write": text} for what is typed or chosen, {"tick": [numbers]} for boxes and
{"rows": [[cells]]} for a table within the answer."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.awt import KeyEvent
from com.sun.star.awt.Key import SPACE
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {".docx": "MS Word 2007 XML", ".odt": "writer8"}


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + 120
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def children(container):
    found = container.createEnumeration()
    while found.hasMoreElements():
        yield found.nextElement()


def controls(cell):
    for paragraph in children(cell):
        if paragraph.supportsService("com.sun.star.text.Paragraph"):
            for portion in children(paragraph):
                if portion.TextPortionType == "ContentControl":
                    yield portion.ContentControl


def fill(context, document, answers):
    controller = document.CurrentController
    dispatcher = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)

    keyboard = context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", context)

    def press(code, char):
        key = KeyEvent(KeyCode=code, KeyChar=char, Source=controller.Frame.ComponentWindow)
        keyboard.keyPress(key)
        keyboard.keyRelease(key)

    def write(control, text):
        """What is shown is selected, as by a click, and typed over."""
        shown = "".join(portion.getString() for portion in children(control))
        controller.ViewCursor.gotoRange(control.createTextCursor(), False)
        controller.ViewCursor.goRight(len(shown), True)
        dispatcher.executeDispatch(controller.Frame, ".uno:InsertText", "", 0, properties(Text=text))

    tables = [document.TextTables.getByIndex(index) for index in range(document.TextTables.Count)]
    form = max(tables, key=lambda table: table.Rows.Count)
    for number, answer in answers.items():
        places = list(controls(form.getCellByName(f"C{int(number) + 1}")))
        if "write" in answer:
            write(places[0], answer["write"])
        for ticked in answer.get("tick", []):
            controller.ViewCursor.gotoRange(places[ticked - 1].createTextCursor(), False)
            press(SPACE, " ")
        if "rows" in answer:
            table = next(table for table in tables if table != form and table.Columns.Count == len(answer["rows"][0]))
            missing = len(answer["rows"]) + 1 - table.Rows.Count
            if missing > 0:
                table.Rows.insertByIndex(table.Rows.Count, missing)
            for row, cells in enumerate(answer["rows"], 1):
                for column, text in enumerate(cells):
                    table.getCellByPosition(column, row).setString(text)


source, answers, *targets = sys.argv[1:]
with tempfile.TemporaryDirectory() as profile:
    pipe = f"svodka-{os.getpid()}"
    office = subprocess.Popen(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nologo",
         f"--accept=pipe,name={pipe};urp;"], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        context = connect(pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        address = uno.systemPathToFileUrl(os.path.abspath(source))
        document = desktop.loadComponentFromURL(address, "_blank", 0, ())
        with open(answers, encoding="utf-8") as file:
            fill(context, document, json.load(file))
        for target in targets:
            suffix = os.path.splitext(target)[1]
            address = uno.systemPathToFileUrl(os.path.abspath(target))
            document.storeToURL(address, properties(FilterName=FILTERS[suffix]))
        document.close(True)
        try:
            desktop.terminate()
        except Exception:
            pass  # It is gone before it can answer.
        office.wait(60)
    finally:
        try:
            os.killpg(office.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
