"""What a server of OpenTelemetry receives from a task's process, by Airflow's own exporter."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

pytestmark = pytest.mark.slow

# As Airflow's task runner begins, and a task ends.
TASK = """
import sys
from airflow.sdk._shared.observability.metrics import stats
from airflow.sdk.observability.metrics import stats_utils
stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
from headgate.airflow.metrics import count_report
from headgate.gate import check
from headgate.rules import Contract
from tests.support.contracts import load, odcs
things = load(odcs({"name": "my things", "properties": [{"name": "id", "required": True}]}, id="shop,1"))["my things"]
sys.path.insert(0, ".")
count_report(check(things, sys.argv[1]))
count_report(check(things, sys.argv[1]))
"""


@contextmanager
def collecting() -> Iterator[tuple[int, list[Any]]]:
    """Collect what is exported to a port."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            received.append(ExportMetricsServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, received
    finally:
        server.shutdown()
        server.server_close()


def test_a_report_is_counted(tmp_path: Any) -> None:
    (tmp_path / "things.csv").write_text("id,v\n1,1\n,2\n3,3\n")
    with collecting() as (port, received):
        environment = os.environ | {
            "AIRFLOW__METRICS__OTEL_ON": "True",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_METRIC_EXPORT_INTERVAL": "60000",
        }
        done = subprocess.run(
            [sys.executable, "-c", TASK, str(tmp_path / "things.csv")], env=environment, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    metrics = [m for r in received for each in r.resource_metrics for s in each.scope_metrics for m in s.metrics]
    found = {
        metric.name: (point.as_double or point.as_int, {tag.key: tag.value.string_value for tag in point.attributes})
        for metric in metrics
        for point in (*metric.sum.data_points, *metric.gauge.data_points)
        if ".headgate." in metric.name
    }
    about = {"contract": "shop_1", "dataset": "my_things"}
    assert found == {
        "airflow.headgate.reports": (2, about | {"verdict": "breach"}),
        "airflow.headgate.rows": (3, about),
        "airflow.headgate.rows_failed": (1, about),
    }
