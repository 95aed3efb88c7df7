"""`python -m tests.conformance.odcs --adapter headgate`, from the root of the checkout; `--help` says more."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .adapters import NAMES, adapter
from .cases import CASES
from .compare import run, table
from .kit import write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.odcs", description="The ODCS conformance kit.")
    parser.add_argument("--adapter", choices=NAMES, default="headgate")
    parser.add_argument("--section", default="", help="only sections and names that contain this text")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the cases as files, and ask no tool")
    options = parser.parse_args()
    cases = [case for case in CASES if options.section in f"{case.section}: {case.name}"]
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        for case in cases:
            contract, data = write(case, options.write)
            fields = (contract.name, Path(data).name, case.rule, case.expected, f"{case.section}: {case.name}")
            print("	".join(fields))
        return 0
    try:
        outcomes = run(adapter(options.adapter), cases)
    except LookupError as error:
        print(error, file=sys.stderr)
        return 2
    print(table(outcomes))
    return 0 if all(outcome.agrees for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
