"""Working days and deadlines: ours against PyPI's chinesecalendar and holidays, day by day.

No difference is known (2026-11-25, chinesecalendar 1.11.0 and holidays 0.109, each day from 2010 to 2026). Should a version
differ, the notice of the State Council decides: mend the table, or list the day here with the notice and compare the list exactly.
"""
import csv
import datetime
import sys

import chinese_calendar
import holidays

folder = sys.argv[1]
first, last = datetime.date(2010, 1, 1), datetime.date(2026, 12, 31)
# A notice may work a weekend of the December before, and our deadlines end within these years.
china = holidays.country_holidays("CN", years=range(first.year, last.year + 2))


def rows(name):
    with open(f"{folder}/{name}", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def compare(name, ours, theirs):
    wrong = [f"{day}: ours {ours[day]}, theirs {theirs[day]}" for day in ours if ours[day] != theirs[day]]
    assert not wrong, f"{name}: {len(wrong)} of {len(ours)} differ: {wrong[:10]}"
    print(f"{name}: {len(ours)} agree")


ours = {datetime.date.fromisoformat(row["date"]): row["working"] == "true" for row in rows("days.csv")}
every_day = [first + datetime.timedelta(days) for days in range((last - first).days + 1)]
assert list(ours) == every_day, "not every day from 2010 to 2026, each once"
compare("days, chinesecalendar", ours, {day: chinese_calendar.is_workday(day) for day in ours})
compare("days, holidays", ours, {day: china.is_working_day(day) for day in ours})

ends = {(row["start"], int(row["working_days"])): row["end"] for row in rows("deadlines.csv")}
assert len(ends) > 18_000, f"only {len(ends)} deadlines"
compare("deadlines, holidays", ends, {key: str(china.get_nth_working_day(*key)) for key in ends})
