"""Serves churn scores that are as good as their data: `uvicorn --app-dir dags churn.serve:app`.

Fresh scores, last good scores, a rule of thumb, or no answer: each response says which, and why.
"""

import contextlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from fastapi import FastAPI, HTTPException
from headgate import HeadgateError, status
from headgate.fitness.catalogue import Catalogue

HERE = Path(__file__).parent
CONTRACTS = Path(os.environ.get("HEADGATE_CONTRACTS", HERE / "contracts"))
WAREHOUSE = os.environ.get("CHURN_WAREHOUSE", str(HERE / "data" / "warehouse.duckdb"))
# How long an answer is taken for new, how long asking may take, and how old an answer may become; in seconds.
NEW, BOUND, OLDEST = 5.0, 1.0, 600.0
SCORE = "SELECT churn_score, scored_at FROM analytics.churn_scores WHERE customer_id = ?"
RULE = "SELECT CASE WHEN cancelled_on IS NULL THEN 2e-1 ELSE 1e0 END, NULL FROM raw.customers WHERE customer_id = ?"
UNKNOWN: dict[str, Any] = {"fitness": "unknown", "reasons": []}

app, asking = FastAPI(title="Churn scores"), ThreadPoolExecutor(4)
known: dict[str, tuple[float, dict[str, Any]]] = {}


def fitness(dataset: str) -> dict[str, Any]:
    """Return whether a dataset may be used. Where asking takes too long, or the data cannot be read just now, it is the
    last answer, with its age."""
    at, answer = known.get(dataset, (float("-inf"), UNKNOWN))
    if time.monotonic() - at > NEW:
        with contextlib.suppress(HeadgateError, TimeoutError):
            told = asking.submit(lambda: status(dataset, contracts=Catalogue.below(CONTRACTS)).to_dict()).result(BOUND)
            if dataset not in known or all(reason["kind"] != "unreadable" for reason in told["reasons"]):
                at, answer = known[dataset] = time.monotonic(), told
    age, until = time.monotonic() - at, answer.get("valid_until")
    if age > OLDEST or (until and datetime.now(UTC) > datetime.fromisoformat(until)):
        return UNKNOWN
    return answer | {"answer_age": round(age, 1)}


@app.get("/scores/{customer}")
def score(customer: str) -> dict[str, Any]:
    """Return the score of a customer, and what it is worth."""
    found = fitness("churn_scores")
    told = {"fitness": found["fitness"], "why": [r["text"] for r in found["reasons"]], "age": found.get("answer_age")}
    source, query = {"yes": "fresh", "degraded": "last good"}.get(found["fitness"]), SCORE
    if source is None and fitness("customers")["fitness"] in ("yes", "degraded"):
        source, query = "rule", RULE
    with contextlib.suppress(duckdb.Error):  # such as a writer that holds the file
        with duckdb.connect(WAREHOUSE, read_only=True) as warehouse:
            row = warehouse.execute(query, [customer]).fetchone() if source else None
        if source:
            return told | {"source": source, "score": row and row[0], "as_of": row and row[1]}
    raise HTTPException(503, told | {"source": "no answer"})
