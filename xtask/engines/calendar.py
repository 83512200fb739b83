"""Working days: ours against PyPI's chinesecalendar, day by day."""
import csv
import datetime
import sys

import chinese_calendar

folder = sys.argv[1]
compared = 0
wrong = []
with open(f"{folder}/days.csv", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        day = datetime.date.fromisoformat(row["date"])
        try:
            theirs = chinese_calendar.is_workday(day)
        except NotImplementedError:
            continue
        compared += 1
        if theirs != (row["working"] == "true"):
            wrong.append(row["date"])
assert compared > 5000, f"only {compared} days compared"
assert not wrong, f"{len(wrong)} days differ: {wrong[:10]}"
print(f"{compared} days agree")
