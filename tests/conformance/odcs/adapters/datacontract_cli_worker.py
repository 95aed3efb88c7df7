"""Runs in datacontract-cli's environment: a line of JSON in, a line of JSON out."""

import contextlib
import io
import json
import logging
import sys
from importlib.metadata import version


def answer(contract: str) -> dict:
    from datacontract.data_contract import DataContract

    lint = DataContract(data_contract_file=contract, inline_references=False).lint()
    if str(getattr(lint.result, "value", lint.result)) in ("failed", "error"):
        return {"wrong": True}
    run = DataContract(data_contract_file=contract, server="data", inline_references=False).test()
    checks = [json.loads(check.model_dump_json(exclude={"implementation"})) for check in run.checks]
    return {"wrong": False, "result": str(getattr(run.result, "value", run.result)), "checks": checks}


def main() -> None:
    logging.disable(logging.CRITICAL)
    out = sys.stdout
    print(json.dumps({"version": version("datacontract-cli")}), file=out, flush=True)
    for line in sys.stdin:
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                said = answer(json.loads(line)["contract"])
            except Exception as error:
                said = {"wrong": False, "result": "error", "checks": [], "error": str(error)[:200]}
        print(json.dumps(said), file=out, flush=True)


if __name__ == "__main__":
    main()
