"""The eight clauses of `crates/population/benches/columns` as variables of OpenFisca-Core, in the manner of its own country packages.
OpenFisca has no unknown: what is not known stands for its default, 0 or no, so that only rows of which everything is known are
compared; it has no reasons beside amounts; its numbers are float32 and int32, so that money is float32 in yuan. What differs is
counted and told, not hidden. Arguments: the folder that the benchmark and `population_numpy.py` wrote."""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from population_numpy import YEAR_AGO, read

Firm = build_entity(key="firm", plural="firms", label="applicant", is_person=True)
YEAR = DateUnit.YEAR


class Sector(Enum):
    farming = "农业"
    industry = "工业"
    trade = "商业"
    services = "服务业"


def variable(name, value_type, formula=None, **more):
    members = {"value_type": value_type, "entity": Firm, "definition_period": YEAR, "label": name, **more}
    if formula is not None:
        members["formula"] = formula
    return type(name, (Variable,), members)


def ratio_capped(firm, period):
    sales = firm("sales", period)
    return (firm("listed", period) * (sales >= 20_000_000)) * np.minimum(sales * 0.01, 500_000)


def tiers(firm, period):
    sales = firm("sales", period)
    tier = np.select([sales >= 50_000_000, sales >= 10_000_000, sales >= 5_000_000], [300_000, 100_000, 50_000], 0)
    return np.logical_not(firm("barred", period)) * tier


def by_area(firm, period):
    area = firm("area", period)
    return ((area >= 1000) * (firm("people", period) > 10)) * np.minimum(area * 30, 200_000)


def rise(firm, period):
    sales, before = firm("sales", period), firm("sales", period.last_year)
    return (sales > before) * np.minimum((sales - before) * 0.02, 300_000)


def by_investment(firm, period):
    founded_before = firm("founded", period) <= np.datetime64("1970-01-01") + int(YEAR_AGO)
    return founded_before * np.minimum(firm("invested", period) * 0.4, 200_000)


def by_sector(firm, period):
    sector = firm("sector", period)
    rate = np.select([sector == Sector.farming, sector == Sector.industry], [0.3, 0.2], 0.1)
    return (firm("people", period) >= 5) * firm("invested", period) * rate


def steps(firm, period):
    sales = firm("sales", period)
    return (sales >= 1_000_000) * np.minimum(np.floor(np.maximum(sales - 1_000_000, 0) / 10_000) * 10, 100_000)


def by_people(firm, period):
    sector = firm("sector", period)
    served = np.logical_not(firm("barred", period)) * ((sector == Sector.farming) + (sector == Sector.services))
    return served * np.minimum(firm("people", period) * 1000, firm("invested", period))


CLAUSES = [ratio_capped, tiers, by_area, rise, by_investment, by_sector, steps, by_people]


def system():
    facts = [variable(name, float) for name in ("sales", "invested", "area")]
    facts += [variable("people", int), variable("listed", bool), variable("barred", bool)]
    facts.append(variable("founded", __import__("datetime").date))
    facts.append(variable("sector", Enum, possible_values=Sector, default_value=Sector.farming))
    made = TaxBenefitSystem([Firm])
    for one in facts + [variable(formula.__name__ + "_amount", float, formula) for formula in CLAUSES]:
        made.add_variable(one)
    return made


def simulation(made, values):
    sales, invested, area, people, listed, barred, founded, sector, before = values
    made = SimulationBuilder().build_default_simulation(made, count=len(sales))
    for name, column in [("sales", sales / 100), ("invested", invested / 100), ("area", area / 10_000)]:
        made.set_input(name, "2024", column.astype(np.float32))
    made.set_input("sales", "2023", (before / 100).astype(np.float32))
    made.set_input("people", "2024", people.astype(np.int32))
    made.set_input("listed", "2024", listed)
    made.set_input("barred", "2024", barred)
    made.set_input("founded", "2024", founded.astype("datetime64[D]"))
    made.set_input("sector", "2024", sector.astype(np.uint8))
    return made


def main():
    folder = Path(sys.argv[1])
    said = json.loads((folder / "said.json").read_text())
    values, known = read(folder)
    exact = np.load(folder / "amounts.npy", mmap_mode="r")
    made, times = system(), []
    for _ in range(3):
        here = simulation(made, values)
        begun = time.process_time_ns()
        amounts = [here.calculate(formula.__name__ + "_amount", "2024") for formula in CLAUSES]
        times.append(time.process_time_ns() - begun)
    ns, rows = min(times), said["rows"]
    title = f"OpenFisca-Core {version('openfisca-core')}"
    print(f"  {title:<38} {rows * 8000 // ns:>6}  {ns / said['columns_ns']:>6.2f}")
    whole = np.logical_and.reduce(known)
    print(f"  OpenFisca on the {int(whole.sum())} rows of which everything is known ({amounts[0].dtype}):")
    for at, (formula, amount) in enumerate(zip(CLAUSES, amounts)):
        fen = np.rint(amount[whole].astype(np.float64) * 100).astype(np.int64)
        apart = fen - exact[at][whole]
        wrong = apart != 0
        paid = int(((fen > 0) != (exact[at][whole] > 0)).sum())
        largest = int(np.abs(apart).max(initial=0))
        print(
            f"    clause {at + 1}: {int(wrong.sum())} rows differ, by up to {largest / 100:.2f} yuan, together {int(apart.sum()) / 100:.2f}; "
            f"{paid} rows paid by one alone"
        )


main()
