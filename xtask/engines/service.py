"""The service against its own description: schemathesis asks every operation, in several roles, with values that fit the
description and values that do not. No answer may be a 5xx, and none of a status, type or content that is not described.

What is sent is bounded: some 14,000 requests. The seed is fixed; DUIXIAN_SEED sets another, DUIXIAN_EXAMPLES how many.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

folder, program = Path(sys.argv[1]).resolve(), sys.argv[2]
SEED = os.environ.get("DUIXIAN_SEED", "20231")
EXAMPLES = os.environ.get("DUIXIAN_EXAMPLES", "5")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Who asks, which headings (none: all), and in which phases. One goes through every corner of every description; the others
# are let in where that one is not.
PEOPLE = [("clerk", None, "examples,coverage,fuzzing"), ("leader", "acts", "fuzzing"), ("finance", "acts", "fuzzing"), ("admin", None, "fuzzing"), ("auditor", None, "fuzzing")]


def ask(path, body=None, headers=None):
    headers = {"content-type": "application/json", **(headers or {})}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(base + path, data=data, headers=headers), timeout=60) as came:
        return json.load(came), came.headers


def token(user):
    """A token of one of the people of the demonstration, as a page would make it."""
    seat, headers = ask("/api/v1/session", {"user": user, "password": "demo-duixian-2026"})
    cookie = headers["set-cookie"].split(";")[0]
    made, _ = ask("/api/v1/tokens", {"name": "schemathesis", "days": 1}, {"cookie": cookie, "x-csrf-token": seat["csrf"]})
    return made["key"]


def wait(server):
    """Until the service answers."""
    for _ in range(600):
        assert server.poll() is None, "the service ended by itself"
        try:
            return ask("/healthz")
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service does not answer")


def run(user, only, phases):
    """Everything that one person may ask."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(folder / "schemathesis.toml"),
        "run", base + "/api/v1/openapi.json", "--header", f"Authorization: Bearer {token(user)}",
        "--checks", CHECKS, "--phases", phases, "--max-examples", EXAMPLES, "--seed", SEED,
        "--workers", "2", "--no-color", "--no-shrink", "--generation-database", "none", "--warnings", "off", "--request-timeout", "60",
    ]  # fmt: skip
    if only:
        command += ["--include-tag", only]
    begun = time.monotonic()
    log = folder / f"schemathesis-{user}.log"
    with log.open("w") as out:
        code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder).returncode
    text = log.read_text()
    if code != 0:
        print(text[-20000:])
        raise SystemExit(f"schemathesis as {user}: see {log}")
    tested = [line.strip() for line in text.splitlines() if "generated" in line or "Tested" in line]
    print(f"{user}: {time.monotonic() - begun:.0f} s; {'; '.join(tested)}", flush=True)


def counted():
    """What the service itself says it answered."""
    with urllib.request.urlopen(base + "/metrics", timeout=60) as came:
        lines = re.findall(r'duixian_requests_total{operation="(\w+)",status="(\d)xx"} (\d+)', came.read().decode())
    by_class = {}
    for _, status, number in lines:
        by_class[status] = by_class.get(status, 0) + int(number)
    well = {operation for operation, status, _ in lines if status == "2"}
    print(f"{len({operation for operation, *_ in lines})} operations, {len(well)} of them with success; " + ", ".join(f"{n} × {c}xx" for c, n in sorted(by_class.items())))
    assert "5" not in by_class, by_class


data = folder / "service-data"
shutil.rmtree(data, ignore_errors=True)
(folder / "schemathesis.toml").write_text("")
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
base = f"http://127.0.0.1:{port}"
# The service refuses variables of its prefix that set nothing, as those of this test.
environment = {name: value for name, value in os.environ.items() if not name.startswith("DUIXIAN_")}
environment["DUIXIAN_REQUESTS_A_MINUTE"] = "1000000"
arguments = [program, "serve", "--demo", "--data", str(data), "--listen", f"127.0.0.1:{port}"]
server = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=(folder / "service.log").open("w"))
try:
    wait(server)
    for person in PEOPLE:
        run(*person)
    counted()
finally:
    server.terminate()
    server.wait(timeout=60)
print(f"no 5xx and nothing undescribed (seed {SEED})")
