"""Runs the statements of `duixian export sql` on DuckDB and on Spark (a local cluster of two workers), and compares every row
with what the evaluator says. Arguments: the folder that `engine_cases` wrote, then the engines (all if none)."""

import decimal
import json
import os
import sys
import time
from pathlib import Path


def name(engine, word):
    return "`" + word.replace("`", "``") + "`" if engine == "spark" else '"' + word.replace('"', '""') + '"'


def duckdb_rows(case, folder):
    import duckdb

    connection = duckdb.connect()
    for table in case["tables"]:
        columns = ", ".join(f"{name('duckdb', n)} {t}" for n, t in table["columns"])
        connection.execute(f"CREATE TABLE {name('duckdb', table['name'])} ({columns})")
        if (folder / table["file"]).stat().st_size:
            connection.execute(
                f"COPY {name('duckdb', table['name'])} FROM '{folder / table['file']}' (FORMAT csv, HEADER false, NULLSTR '\\N', QUOTE '\"', ESCAPE '\"')"
            )
    for statement in case["statements"]:
        connection.execute(statement)
    return lambda query: connection.execute(query).fetchall()


def spark_rows(case, folder, session):
    session.catalog.clearCache()
    for table in case["tables"]:
        schema = ", ".join(f"{name('spark', n)} {t}" for n, t in table["columns"])
        options = {"nullValue": "\\N", "quote": '"', "escape": '"', "mode": "FAILFAST"}
        frame = session.read.schema(schema).options(**options).csv(str(folder / table["file"]))
        frame.createOrReplaceTempView(name("spark", table["name"]))
    for statement in case["statements"]:
        session.sql(statement)
    session.sql(f"CACHE TABLE {case['results']}")
    return lambda query: [tuple(row) for row in session.sql(query).collect()]


def spark_session():
    from pyspark.sql import SparkSession

    # Master and workers listen by the name of the machine, which need not have an address.
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("duixian")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.executor.memory": "1g",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        # A busy machine is no lost worker.
        "spark.network.timeout": "800s",
        "spark.executor.heartbeatInterval": "60s",
        "spark.log.level": "ERROR",
    }.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def plain(row):
    return tuple(int(value) if isinstance(value, decimal.Decimal) else value for value in row)


def compare(case, query):
    awarded = "awarded" if case["awards"] else "CAST(NULL AS BIGINT)"
    found = sorted(map(plain, query(f"SELECT id, clause, outcome, amount, decided, {awarded} FROM {case['results']}")), key=lambda row: row[:2])
    clauses = {row[1] for row in found}
    wanted = sorted((tuple(row) for row in case["said"] if row[1] in clauses), key=lambda row: row[:2])
    wrong = [(w, f) for w, f in zip(wanted, found) if w != f]
    if len(wanted) != len(found) or wrong:
        for w, f in wrong[:10]:
            print("  policy", w, "\n  engine", f)
        sys.exit(f"  {len(wrong)} of {len(wanted)} rows differ, {len(found)} found")
    if case["pools"] and case["awards"]:
        pools = sorted(map(plain, query(f"SELECT year, pool, amount, claims, given FROM {case['pool_view']}")))
        if pools != sorted(map(tuple, case["pools"])):
            sys.exit(f"  pools differ: {pools} {case['pools']}")
    return len(found), len(case["pools"]) if case["awards"] else 0


def main():
    folder = Path(sys.argv[1]).resolve()
    engines = sys.argv[2:] or ["duckdb", "spark"]
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for engine in engines:
        session = spark_session() if engine == "spark" else None
        for place in sorted(folder.glob(f"*-{engine}")):
            case = json.loads((place / "case.json").read_text("utf-8"))
            start = time.monotonic()
            query = duckdb_rows(case, place) if session is None else spark_rows(case, place, session)
            rows, pools = compare(case, query)
            print(f"  {place.name}: {rows} rows and {pools} pools agree, {time.monotonic() - start:.1f} s")
            for left in case["left_out"]:
                print(f"    left out: {left}")
        if session is not None:
            session.stop()


main()
