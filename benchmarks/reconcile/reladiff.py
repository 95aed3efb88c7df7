"""reladiff in its own environment, with its defaults: `python reladiff.py URL FILE`, without the double column."""

from __future__ import annotations

import json
import os
import sys
import time

# This file is called like the package.
sys.path.pop(0)
from reladiff import Algorithm, TableSegment, connect, diff_tables

COLUMNS = ("customer_id", "amount", "quantity", "status", "created_at", "paid")


def main(url: str, file: str) -> None:
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    sides = [
        TableSegment(connect(place, 1), path, ("id",), extra_columns=COLUMNS)
        for place, path in ((url, ("public", "numbers")), ({"driver": "duckdb", "filepath": file}, ("numbers",)))
    ]
    result = diff_tables(*sides, algorithm=Algorithm.HASHDIFF)
    keys = sorted({int(row[0]) for _, row in result})
    spent = {"wall": time.perf_counter() - wall, "cpu": sum(os.times()[:4]) - cpu}
    print(json.dumps({**spent, "rows": result.stats.get("rows_downloaded", 0), "keys": keys}))
    sys.stdout.flush()
    os._exit(0)  # its threads do not end


if __name__ == "__main__":
    main(*sys.argv[1:])
