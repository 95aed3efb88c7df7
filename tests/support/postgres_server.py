"""A private PostgreSQL server."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The newest server that is installed.
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql"))


@contextlib.contextmanager
def server(port: int | None = None) -> Iterator[str]:
    """The socket folder of a private PostgreSQL server, user `headgate`, database `postgres`.

    With a `port` it listens there, on 127.0.0.1 too. Raises FileNotFoundError where none is installed.
    """
    if not (POSTGRES / "initdb").exists():
        raise FileNotFoundError("no PostgreSQL server: install the package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="headgate-pg-", dir="/tmp"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, "nobody")
        as_user = {"user": "nobody"}
    quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    address = "127.0.0.1" if port else "''"
    options = f"-k {folder} -p {port or 5432} -c listen_addresses={address} -c fsync=off"
    data = str(folder / "data")
    subprocess.run(
        [str(POSTGRES / "initdb"), "-D", data, "-U", "headgate", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        **quiet,
        **as_user,
    )
    control = [str(POSTGRES / "pg_ctl"), "-D", data, "-w"]
    subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], **quiet, **as_user)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(folder / f".s.PGSQL.{port or 5432}"))
        yield str(folder)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet, **as_user)
        # A folder of many databases takes half a minute, for which nobody waits.
        subprocess.Popen(["rm", "-rf", str(folder)], start_new_session=True)
