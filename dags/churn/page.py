"""Shows the demo's page in a local Airflow, until Ctrl-C: `make page`, after `make demo` or in its place.

Three people may log in; each is called as their role, and so is their password.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from demo import HERE, HOME, REPORTS

PEOPLE = {"viewer": "reads", "op": "starts and clears runs as well", "admin": "may do everything"}
AIRFLOW = str(Path(sys.executable).with_name("airflow"))
# Nothing runs: the API server shows what ran, the DAG processor which DAGs there are.
PARTS = ("api-server", "dag-processor")
PORT, HOST = 8080, "127.0.0.1"
# Until the API server must answer, and its parts must have ended.
STARTS_WITHIN, ENDS_WITHIN = 240.0, 15.0


def free_port(wanted: int) -> int:
    """The port, or another one where somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise SystemExit(f"no free port on {HOST}")


def environment(url: str, port: int) -> dict[str, str]:
    """An Airflow on the demo's database, history and reports."""
    passwords = HOME / "airflow" / "page-passwords.json"
    passwords.parent.mkdir(parents=True, exist_ok=True)
    passwords.write_text(json.dumps({person: person for person in PEOPLE}), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "OPENLINEAGE"))}
    return kept | {
        "AIRFLOW_HOME": str(HOME / "airflow"),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__DAGS_FOLDER": str(HERE.parent),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{person}:{person}" for person in PEOPLE),
        "AIRFLOW__HEADGATE__CONTRACTS_FOLDER": str(HERE.parent),
        "AIRFLOW__HEADGATE__REPORTS_FOLDER": str(REPORTS),
        "AIRFLOW__HEADGATE__STORE": os.environ.get("HEADGATE_STORE", f"sqlite:///{HOME / 'history.db'}"),
        "AIRFLOW__OPENLINEAGE__DISABLED": "True",
        "HEADGATE_SPOOL": str(HOME / "spool"),
    }


@contextlib.contextmanager
def running(around: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The parts of Airflow; each says what it does in a file of the demo's home."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for part in PARTS:
            with (HOME / f"{part}.log").open("wb") as log:
                # A session of its own: Ctrl-C is for this process, which ends them.
                started.append(
                    subprocess.Popen([AIRFLOW, part], env=around, stdout=log, stderr=log, start_new_session=True)
                )
        yield started
    finally:
        for each in started:
            _signal(each, signal.SIGTERM)
        for each in started:
            try:
                each.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                _signal(each, signal.SIGKILL)
                each.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v2/version", timeout=5).is_success
    except httpx.HTTPError:
        return False


def wait(url: str, parts: list[subprocess.Popen[bytes]]) -> None:
    """Return when the API server answers. Raises SystemExit where a part has ended, or it takes too long."""
    end = time.monotonic() + STARTS_WITHIN
    while not answers(url):
        ended = next((name for name, each in zip(PARTS, parts, strict=True) if each.poll() is not None), None)
        if ended or time.monotonic() > end:
            raise SystemExit(
                f"Airflow did not start ({ended or 'it does not answer'}); see {HOME / f'{ended or PARTS[0]}.log'}"
            )
        time.sleep(0.3)


def show(url: str) -> None:
    print(f"\n  the page           {url}/plugin/headgate\n  without Airflow's  {url}/headgate/\n\nWho may log in:")
    for person, what in PEOPLE.items():
        print(f"  {person:<8} password {person:<8} {what}")
    print("\nCtrl-C ends it.", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help=f"by default {PORT}; another one if it is in use")
    port = free_port(parser.parse_args().port)
    url = f"http://localhost:{port}"
    if not (HOME / "history.db").exists():
        subprocess.run([sys.executable, str(HERE / "demo.py")], check=True)
    # To be ended by a program is as good as by a person; a shell starts what is in the background with SIGINT ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    around = environment(url, port)
    with contextlib.suppress(KeyboardInterrupt):
        print("Starting Airflow ...", flush=True)
        log = HOME / "migrate.log"
        with log.open("wb") as out:
            if subprocess.run([AIRFLOW, "db", "migrate"], env=around, stdout=out, stderr=out, check=False).returncode:
                raise SystemExit(f"Airflow's database could not be made; see {log}")
        with running(around) as parts:
            wait(url, parts)
            show(url)
            while all(each.poll() is None for each in parts):
                time.sleep(0.5)
            raise SystemExit(f"Airflow has ended; see {HOME / PARTS[0]}.log")


if __name__ == "__main__":
    main()
