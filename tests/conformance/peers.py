"""Other tools, each in an environment of its own under .peers/ (no dependency of ours): what they say to our cases.

python tests/conformance/peers.py        makes the environments
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DATACONTRACT = "datacontract-cli==1.2.8"
RECORD = Path(__file__).with_name("peers.json")

# Runs inside the other environment: [[old, new], …] as YAML texts in, [[consumer, producer], …] out: the gravest
# severity of each perspective, none where it sees no change, or failed with the reason. What `datacontract breaking`
# does, without starting a process for each of some hundreds of pairs.
_BREAKING = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from datacontract.data_contract import DataContract
order = ["none", "info", "warning", "error"]
def grave(old, new):
    try:
        first, second = (DataContract(data_contract_str=text, inline_references=False) for text in (old, new))
        found = []
        for perspective in ("consumer", "producer"):
            levels = [entry.level.value for entry in first.breaking(second, perspective=perspective).entries]
            found.append(max(levels, key=order.index, default="none"))
        return found
    except Exception as error:
        return [f"failed: {type(error).__name__}: {error}"[:200]] * 2
pairs = json.load(sys.stdin)
json.dump([grave(old, new) for old, new in pairs], sys.stdout)
"""


def python_of(requirement: str) -> Path:
    """The interpreter of a tool's own environment, which is made where it is not there."""
    folder = ROOT / ".peers" / requirement.partition("=")[0]
    python = folder / "bin" / "python"
    stamp = folder / requirement
    if not stamp.exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "--quiet", "--clear", folder], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, requirement], check=True)
        stamp.touch()
    return python


def breaking(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What datacontract-cli says: the gravest severity for consumers and for producers, of each (old, new)."""
    done = subprocess.run(
        [python_of(DATACONTRACT), "-c", _BREAKING],
        input=json.dumps(pairs), capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers: list[list[Any]] = json.loads(done.stdout)
    return [(consumer, producer) for consumer, producer in answers]


if __name__ == "__main__":
    print(python_of(DATACONTRACT))
