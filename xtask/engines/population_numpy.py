"""The eight clauses of `crates/population/benches/columns` in NumPy, 64-bit whole numbers and masks for what is not known, as one
would write them by hand; every reason and the sum of every clause must be what the columns said. Argument: the folder that the
benchmark wrote. Leaves the amounts there for `population_openfisca.py`."""

import json
import sys
import time
from pathlib import Path

import numpy as np

GIVEN, CONDITION, NOTHING, MISSING, FAULT = 0, 6, 10, 13, 14
MOST = np.iinfo(np.int64).max
# Days since 1970 of the last day on which a firm may have been founded: a year before 2024-12-31.
YEAR_AGO = (np.datetime64("2023-12-31") - np.datetime64("1970-01-01")).astype(int)


def read(folder):
    kinds = ["i8", "i8", "i8", "i8", "u1", "u1", "i8", "i8", "i8"]
    values = [np.fromfile(folder / f"{at}.values", "<" + kind) for at, kind in enumerate(kinds)]
    values = [column.astype(bool) if kind == "u1" else column for column, kind in zip(values, kinds)]
    return values, [np.fromfile(folder / f"{at}.known", bool) for at in range(len(kinds))]


def result(refused, open_, amount, fault=None):
    reason = np.where(refused, CONDITION, np.where(open_, MISSING, GIVEN)).astype(np.uint8)
    if fault is not None:
        reason[(reason == GIVEN) & fault] = FAULT
    return reason, np.where(reason == GIVEN, amount, 0)


def part(number, numerator, denominator, most=MOST):
    """A part of a number, rounded half up, and where it overflows."""
    fault = number > (MOST - denominator) // numerator
    amount = np.minimum((number * numerator + denominator // 2) // denominator, most)
    return amount, fault if fault.any() else None


def clauses(values, known):
    sales, invested, area, people, listed, barred, founded, sector, before = values
    k_sales, k_invested, k_area, k_people, k_listed, k_barred, k_founded, k_sector, k_before = known

    amount, fault = part(sales, 1, 100, 50_000_000)
    refused = (k_listed & ~listed) | (k_sales & (sales < 2_000_000_000))
    yield result(refused, ~(k_listed & k_sales), amount, fault)

    bad = k_barred & barred
    tier = np.select([sales >= 5_000_000_000, sales >= 1_000_000_000, sales >= 500_000_000], [30_000_000, 10_000_000, 5_000_000], 0)
    reason, amount = result(bad, ~(k_barred & k_sales), tier)
    reason[~bad & k_sales & (tier == 0)] = NOTHING
    yield reason, amount

    amount, fault = part(area, 3000, 10_000, 20_000_000)
    refused = (k_area & (area < 10_000_000)) | (k_people & (people <= 10))
    yield result(refused, ~(k_area & k_people), amount, fault)

    both = k_sales & k_before
    amount, fault = part(np.maximum(sales - before, 0), 2, 100, 30_000_000)
    yield result(both & (sales <= before), ~both, amount, fault)

    amount, fault = part(invested, 40, 100, 20_000_000)
    yield result(k_founded & (founded > YEAR_AGO), ~(k_founded & k_invested), amount, fault)

    percent = np.where(sector == 0, 30, np.where(sector == 1, 20, 10))
    fault = invested > (MOST - 100) // 30
    amount = (invested * percent + 50) // 100
    yield result(k_people & (people < 5), ~(k_people & k_invested & k_sector), amount, fault if fault.any() else None)

    amount = np.minimum(np.maximum(sales - 100_000_000, 0) // 1_000_000 * 1000, 10_000_000)
    yield result(k_sales & (sales < 100_000_000), ~k_sales, amount)

    fault = people > MOST // 100_000
    amount = np.minimum(people * 100_000, invested)
    refused = bad | (k_sector & (sector != 0) & (sector != 3))
    yield result(refused, ~(k_barred & k_sector & k_people & k_invested), amount, fault if fault.any() else None)


def run(values, known, block):
    """Blocks of so many rows: what fits the caches is faster."""
    rows = len(values[0])
    reasons = [np.empty(rows, np.uint8) for _ in range(8)]
    amounts = [np.empty(rows, np.int64) for _ in range(8)]
    for first in range(0, rows, block):
        here = slice(first, first + block)
        for at, (reason, amount) in enumerate(clauses([column[here] for column in values], [column[here] for column in known])):
            reasons[at][here], amounts[at][here] = reason, amount
    return reasons, amounts


def main():
    folder = Path(sys.argv[1])
    said = json.loads((folder / "said.json").read_text())
    values, known = read(folder)
    rows = said["rows"]
    best = {}
    for name, block in [("whole columns", rows), ("blocks of 16,384 rows", 1 << 14)]:
        times = []
        for _ in range(3):
            begun = time.process_time_ns()
            reasons, amounts = run(values, known, block)
            times.append(time.process_time_ns() - begun)
        best[name] = min(times)
        for at, (reason, amount, wanted) in enumerate(zip(reasons, amounts, said["clauses"])):
            counts = np.bincount(reason, minlength=len(wanted["reasons"])).tolist()
            if counts != wanted["reasons"] or str(int(amount.sum())) != wanted["amount"]:
                sys.exit(f"  clause {at + 1}: NumPy {counts} {amount.sum()}, columns {wanted}")
    for name, ns in best.items():
        title = f"NumPy {np.__version__}, {name}"
        print(f"  {title:<38} {rows * 8000 // ns:>6}  {ns / said['columns_ns']:>6.2f}")
    print("  NumPy says the same: every count of reasons, every sum to the fen")
    np.save(folder / "amounts.npy", np.stack(amounts))


if __name__ == "__main__":
    main()
