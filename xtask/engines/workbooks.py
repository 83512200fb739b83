"""Workbooks: a template of ours filled in by PyPI's openpyxl, as an office would fill it in with a spreadsheet program."""
import datetime
import json
import subprocess
import sys

import openpyxl

folder, program = sys.argv[1], sys.argv[2]
template = f"{folder}/template.xlsx"
subprocess.run([program, "facts", "policies/qianjiang", "--template", template], check=True, stdout=subprocess.DEVNULL)


def fill(name, values, change=None):
    """One applicant under the template's own headers; returns the assessment, or the messages of a refusal."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    header = {}
    for row in sheet.iter_rows(min_row=1, max_row=1):
        for cell in row:
            if cell.value is not None:
                header[str(cell.value)] = cell.column
    for fact, value in values.items():
        assert fact in header, (fact, sorted(header))
        sheet.cell(row=2, column=header[fact]).value = value
    if change:
        change(sheet, header)
    path = f"{folder}/{name}.xlsx"
    book.save(path)
    run = subprocess.run([program, "assess", "policies/qianjiang", "--facts", path, "--format", "json", "--quiet"], capture_output=True, text=True)
    if run.returncode != 0:
        return run.returncode, run.stderr
    return 0, json.loads(run.stdout.splitlines()[0])


firm = {
    "id": "x-1", "year": 2024, "kind": "企业", "注册地在本区": "是", "在本区纳税": True, "近三年列入失信黑名单": "否", "近三年受财政处罚处分": False,
    "电商企业": "是", "从事直播带货且有直播基地": "是", "直播基地面积": 1000, "直播间数": 5, "活跃主播人数": 11,
    "直播机构设立日期": datetime.date(2023, 12, 31), "年带货交易额": 20000000, "应税网络销售额": 12345678.5,
}


def amount(assessment, clause):
    return next(c["amount"] for c in assessment["clauses"] if c["clause"] == clause)


code, found = fill("typed", firm)
assert code == 0, str(found)[:400]
assert amount(found, "6.1") == "123456.79"

# A day later it is not yet a year.
code, found = fill("day", firm | {"直播机构设立日期": datetime.date(2024, 1, 1)})
assert code == 0 and amount(found, "6.1") is None

# A number that a formula left behind, with more decimals than money has, is refused with its cell.
code, found = fill("float", firm | {"应税网络销售额": 100000 / 3})
assert code == 2 and "应税网络销售额" in found, str(found)[:400]

# A formula is refused: its stored result may be stale.
code, found = fill("formula", firm | {"应税网络销售额": "=1+1"})
assert code == 2 and "应税网络销售额" in found, str(found)[:400]

# An empty cell is unknown, not zero.
code, found = fill("empty", {k: v for k, v in firm.items() if k != "年带货交易额"})
assert code == 0, str(found)[:400]
assert next(c for c in found["clauses"] if c["clause"] == "6.1")["missing"] == ["年带货交易额"]
print("5 workbooks agree")
