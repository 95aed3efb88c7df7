"""Other versions of dbt than the one in `.venv`, each in an environment of its own in `.engines`.

`python -m tests.support.dbt_engines [NAME ...]` makes them, of the pins in tests/engines; `make test-engines` calls it.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINS = ROOT / "tests" / "engines"
FOLDER = ROOT / ".engines"
# Where dbt v2 looks for the drivers that it would download, and what it calls them.
DRIVERS = Path("com.getdbt/adbc/x86_64-manylinux_2_17-linux-gnu")
DUCKDB, POSTGRES = "libadbc_driver_duckdb-1.5.4.so", "libadbc_driver_postgresql-0.21.0+dbt0.21.0.so"


@dataclass(frozen=True)
class Engine:
    """One version of dbt. `unparsed` is its exit code where a project cannot be parsed, `warned` the status of a model
    that said a warning."""

    name: str
    bin: Path
    environment: dict[str, str] = field(default_factory=dict)
    unparsed: int = 2
    warned: str = "success"

    def __str__(self) -> str:
        return self.name

    @property
    def dbt(self) -> Path:
        """The command."""
        return self.bin / "dbt"


def _at(name: str) -> Path:
    return FOLDER / name / "bin"


OWN = Engine("own", Path(sys.executable).parent)
V2 = Engine(
    "dbt-2",
    _at("dbt-2"),
    {"XDG_CACHE_HOME": str(FOLDER / "dbt-2" / "cache"), "DBT_ALLOW_EXPERIMENTAL_ADAPTERS": "true", "DO_NOT_TRACK": "1"},
    unparsed=1,
    warned="warn",
)
OTHERS = (Engine("dbt-1.10", _at("dbt-1.10")), Engine("dbt-1.12", _at("dbt-1.12")), V2)


def install(engine: Engine) -> None:
    """Make the environment of `engine`, unless it is there with the same pins."""
    pins = sorted(PINS.glob(f"{engine.name}.*"))
    wanted = "".join(file.read_text() for file in pins)
    folder = engine.bin.parent
    made = folder / "pins"
    if made.exists() and made.read_text() == wanted:
        return
    print(f"Setting up {folder.relative_to(ROOT)} (once) ...", flush=True)
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
    # Without dependencies: the pins are all there is, and dbt-core 1.12.6 asks for a parser that cannot be installed.
    requirements = ["--no-deps", "--requirements", PINS / f"{engine.name}.txt"]
    python = folder / "bin" / "python"
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *requirements], check=True
    )
    if engine == V2:
        _install_drivers(folder)
    made.write_text(wanted)


def _install_drivers(folder: Path) -> None:
    """Put the drivers of DuckDB and PostgreSQL, from the package registries, where dbt v2 looks for its own."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        sys.exit("dbt-2: the drivers are known for Linux on x86-64 only")
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("dbt-2: npm not found; it brings DuckDB's library")
    shutil.copy(PINS / "dbt-2.package.json", folder / "package.json")
    subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"], cwd=folder, check=True)
    (package,) = json.loads((folder / "package.json").read_text())["dependencies"]
    drivers = folder / "cache" / DRIVERS
    drivers.mkdir(parents=True)
    shutil.copy(folder / "node_modules" / package / "libduckdb.so", drivers / DUCKDB)
    (library,) = folder.glob("lib/python*/site-packages/adbc_driver_postgresql/libadbc_driver_postgresql.so")
    shutil.copy(library, drivers / POSTGRES)


if __name__ == "__main__":
    for one in OTHERS:
        if one.name in (sys.argv[1:] or [one.name]):
            install(one)
