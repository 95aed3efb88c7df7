"""Takes usage events, and writes those that keep their contract into an outbox.

    uvicorn --app-dir dags usage.service:app

The event and what it changes are written in one transaction; a relay, or Debezium, sends what is in the outbox. What
breaks the contract is answered with its reasons and goes nowhere.
"""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import duckdb
import msgspec
from fastapi import Depends, FastAPI
from headgate.streams import EventGate
from headgate.streams.fastapi import event_of

HERE = Path(__file__).parent
DATABASE = os.environ.get("USAGE_DATABASE", str(HERE / "data" / "service.duckdb"))
TABLES = """
CREATE SEQUENCE IF NOT EXISTS outbox_id;
CREATE TABLE IF NOT EXISTS outbox (
    id BIGINT DEFAULT nextval('outbox_id') PRIMARY KEY, topic VARCHAR, key VARCHAR, payload JSON,
    created_at TIMESTAMPTZ DEFAULT now());
CREATE TABLE IF NOT EXISTS totals (customer_id VARCHAR, metric VARCHAR, quantity DECIMAL(18,3),
    PRIMARY KEY (customer_id, metric));
"""
COUNT = """INSERT INTO totals VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET quantity = totals.quantity + excluded.quantity"""
SEND = "INSERT INTO outbox (topic, key, payload) VALUES (?, ?, ?)"

# DuckDB has one writer: requests take turns.
writing = threading.Lock()
gate = EventGate(HERE / "contracts" / "usage.odcs.yaml")
app = FastAPI(title="Usage")


@app.post("/usage", status_code=202)
def use(event: Annotated[Mapping[str, Any], Depends(event_of(gate))]) -> dict[str, str]:
    """Count what a customer used, and leave the event in the outbox, or do neither."""
    with writing, duckdb.connect(DATABASE) as connection:
        connection.execute(TABLES)
        connection.begin()
        connection.execute(COUNT, [event["customer_id"], event["metric"], event["quantity"]])
        connection.execute(SEND, ["usage", event["customer_id"], msgspec.json.encode(event).decode()])
        connection.commit()
    return {"event_id": event["event_id"]}
