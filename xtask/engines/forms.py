"""The schema of an application against the reader: what `assess` accepts validates, what it refuses does not.

A pattern cannot know which days the calendar has, nor that two keys name the same value: such mistakes only `assess` finds.
"""

import copy
import json
import random
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

folder, program = Path(sys.argv[1]), sys.argv[2]
SEED = 20231
random.seed(SEED)


def accepted(place, applications):
    """Which of these `assess` reads, judged by the applications it complains of."""
    path = folder / "forms.jsonl"
    path.write_text("".join(json.dumps(a, ensure_ascii=False) + "\n" for a in applications), encoding="utf-8")
    run = subprocess.run(
        [program, "assess", f"policies/{place}", "--facts", str(path), "--format", "json", "--no-trace", "--keep-going", "--annotated", str(folder / "forms.out.jsonl")],
        capture_output=True, text=True,
    )
    assert run.returncode in (0, 2), run.stderr
    read = {json.loads(line)["id"] for line in run.stdout.splitlines() if line.startswith("{")}
    return [a.get("id") in read for a in applications]


def load(path):
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [line.get("application", line) for line in lines]


WRONG = [1.5, -1, "-1", "1e7", "1,000", "二", "", "2000万", True, [], {"甲": 1}, "2024-02-30x", 10**17, "1.2345678", "50",
         "１２３", "99999999999999", "10000000000000", "10000000000000.01", " 7 ", "5.0", "2024年1月5日", "２０２４-01-05", "50%", "５０％", "-3.5%", "0007", "．5", "5."]


def mutants(application, schema):
    """The application with one thing changed; each may be right or wrong."""
    facts = application["facts"]
    for name in facts:
        for wrong in random.sample(WRONG, 7):
            one = copy.deepcopy(application)
            one["facts"][name] = wrong
            yield one
        one = copy.deepcopy(application)
        one["facts"][name + "数"] = one["facts"].pop(name)
        yield one
        one = copy.deepcopy(application)
        value = one["facts"].pop(name)
        one["facts"][f"{name}@{application['year']}"] = value
        yield one
        one = copy.deepcopy(application)
        one["facts"][name] = None
        yield one
    for field, wrong in [("year", "24"), ("year", 2024.5), ("as_of", "2024-13"), ("as_of", "2024年1月5日"), ("applicant", {"kind": "个人"}),
                         ("applicant", {"kind": "个体"}), ("applicant", {"kin": "企业"}), ("facts", []), ("history", [{"clause": "99.9", "year": 2023, "amount": 1}]),
                         ("history", [{"clause": "5.1", "year": 2023, "amount": "1.00"}]), ("history", [{"clause": "5.1", "year": 2023}]),
                         ("decisions", {"99.9": 1}), ("rates", {"GBP": "9"}), ("projects", {"5.1": "甲"}), ("elsewhere", [{"amount": "5"}]),
                         ("elsewhere", [{"name": "甲"}]), ("rank_only", "否"), ("rank_only", 3), ("extra", 1)]:
        one = copy.deepcopy(application)
        one[field] = wrong
        yield one


for place in ["qianjiang", "jiulongpo"]:
    schema = json.loads(subprocess.run([program, "form", f"policies/{place}"], check=True, capture_output=True, text=True).stdout)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    right = [a for f in ["cases.jsonl", "thresholds.jsonl", "rank.jsonl"] for a in load(Path(f"policies/{place}") / f)]
    right += load(Path(f"examples/{place}.jsonl"))
    for application in right:
        errors = [e.message for e in validator.iter_errors(application)]
        assert not errors, (application["id"], errors[:2])
    tried = [m for a in random.sample(right, 25) for m in mutants(a, schema)]
    for number, one in enumerate(tried):
        one["id"] = f"m{number}"
    said = accepted(place, tried)
    valid = [validator.is_valid(one) for one in tried]
    for one, by_program, by_schema in zip(tried, said, valid):
        assert by_program == by_schema, (by_program, by_schema, json.dumps(one, ensure_ascii=False), [e.message for e in validator.iter_errors(one)][:1])
    # A form for one clause asks for that clause alone, and takes its own cases.
    clause = "6.1"
    small = json.loads(subprocess.run([program, "form", f"policies/{place}", "--clause", clause], check=True, capture_output=True, text=True).stdout)
    Draft202012Validator.check_schema(small)
    assert set(small["properties"]["facts"]["properties"]) == set(small["x-order"])
    print(f"{place}: {len(right)} applications validate; {len(tried)} changed ones judged alike, {sum(valid)} of them right (seed {SEED})")
