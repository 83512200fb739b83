"""Check digits of unified social credit codes: ours against PyPI's python-stdnum."""
import csv
import sys

from stdnum.cn import uscc

folder = sys.argv[1]
compared = 0
with open(f"{folder}/codes.csv", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        assert uscc.is_valid(row["code"]) == (row["valid"] == "true"), row
        compared += 1
assert compared > 10000, f"only {compared} codes compared"
print(f"{compared} codes agree")
