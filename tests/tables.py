"""What openpyxl finds in a workbook, as JSON: for tests/tables.rs."""
import datetime
import json
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
# `formula` is what openpyxl would hand to whoever computes the sheet; text that begins like one is "s" there.
print(json.dumps({
    "creator": book.properties.creator,
    "title": book.properties.title,
    "sheets": {
        sheet.title: {
            "frozen": sheet.freeze_panes,
            "filter": sheet.auto_filter.ref,
            "heads": sheet.print_title_rows,
            "paper": [sheet.page_setup.paperSize, sheet.page_setup.orientation],
            "footer": sheet.oddFooter.right.text,
            "charts": len(sheet._charts),
            "notes": [cell.comment.text for row in sheet for cell in row if cell.comment],
            "formulas": [cell.coordinate for row in sheet for cell in row if cell.data_type == "f"],
            "rows": [[
                {"date": cell.value.isoformat()} if isinstance(cell.value, datetime.datetime) else cell.value
                for cell in row
            ] for row in sheet],
        } for sheet in book
    },
}, ensure_ascii=False))
