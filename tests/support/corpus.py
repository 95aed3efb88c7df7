"""Contracts in the manner of real ones, made from a seed: every server type, prose, foreign keys, SQL in ten dialects."""

from __future__ import annotations

import random
from typing import Any

VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")
_HOST = {"host": "db.example.com", "port": 5432}
SERVERS: dict[str, dict[str, Any]] = {
    "api": {"location": "https://example.com/api"},
    "athena": {"stagingDir": "s3://a/b", "staging_dir": "s3://a/b", "schema": "core"},
    "azure": {"location": "https://a.blob.core.windows.net/b", "format": "parquet"},
    "bigquery": {"project": "shop-prod", "dataset": "core"},
    "clickhouse": {**_HOST, "database": "shop"},
    "cloudsql": {**_HOST, "database": "shop", "schema": "core"},
    "custom": {},
    "databricks": {"catalog": "shop", "schema": "core"},
    "db2": {**_HOST, "database": "shop"},
    "denodo": _HOST,
    "dremio": _HOST,
    "duckdb": {"database": "shop.duckdb"},
    "glue": {"account": "1234", "database": "shop"},
    "informix": {"host": "h", "database": "shop"},
    "kafka": {"host": "localhost:9092"},
    "kinesis": {},
    "local": {"path": "data/{model}.csv", "format": "csv"},
    "mysql": {**_HOST, "database": "shop"},
    "oracle": {**_HOST, "serviceName": "shop"},
    "postgres": {**_HOST, "database": "shop", "schema": "core"},
    "postgresql": {**_HOST, "database": "${SHOP_DB}", "schema": "core"},
    "presto": {"host": "h", "catalog": "shop", "schema": "core"},
    "pubsub": {"project": "shop"},
    "redshift": {"database": "shop", "schema": "core"},
    "s3": {"location": "s3://shop/orders/*.json", "format": "json"},
    "sftp": {"location": "sftp://example.com/x", "format": "csv"},
    "snowflake": {"account": "acme", "database": "SHOP", "schema": "CORE", "warehouse": "WH"},
    "sqlserver": {"host": "h", "database": "shop", "schema": "dbo"},
    "synapse": {**_HOST, "database": "shop"},
    "trino": {**_HOST, "catalog": "shop", "schema": "core"},
    "vertica": {**_HOST, "database": "shop", "schema": "core"},
}
LATER_SERVERS = {"hive": {"host": "h", "database": "d"}, "impala": {"host": "h", "database": "d"},
                 "zen": {"host": "h", "database": "d"}}  # fmt: skip
# A query over {table} and a column {column}, in the dialects that have it.
QUERIES = [
    ("SELECT count(*) FROM {table}", None),
    ("SELECT COUNT(*) FROM {table} WHERE {column} IS NULL", None),
    ("SELECT count(*) FROM {table} AS t WHERE t.{column} > 5", None),
    ("SELECT avg({column}) FROM {table}", None),
    ("WITH x AS (SELECT {column} FROM {table}) SELECT count(*) FROM x", None),
    (
        "SELECT count(*) FROM {table} WHERE {column} > now()",
        ("postgres", "postgresql", "mysql", "duckdb", "databricks"),
    ),
    ("SELECT datediff(hour, max({column}), getdate()) FROM {table}", ("sqlserver", "redshift", "snowflake")),
    ("SELECT datediff('hour', max({column}), sysdate()) FROM {table}", ("snowflake",)),
    ("SELECT count(*) FROM {table} WHERE {column} > sysdate", ("oracle",)),
    ("SELECT timestamp_diff(current_timestamp(), max({column}), hour) FROM {table}", ("bigquery",)),
    ("SELECT count(*) FROM {table} WHERE {column} < current_date", ("trino", "presto", "athena", "databricks")),
]
NOT_QUERIES = ("SELECT count(*) FROM raw_{name}", "SELECT count(*) FROM {table} JOIN legacy.other USING (id)", "",
               "DELETE FROM {table}", "count of {name} must be right", "SELECT count(*) FROM")  # fmt: skip
ENGINES = ("soda", "dqx", "dbt", "montecarlo", "Monte Carlo", "collibra", "pyspark")
GX = ({"type": "expect_column_values_to_not_be_null", "kwargs": {}},
      {"type": "expect_table_row_count_to_be_between", "kwargs": {"minValue": 1}})  # fmt: skip
LEVELS = (
    {"property": "latency", "value": 4, "unit": "d", "element": "orders.id"},
    {"property": "freshness", "value": "by 9 am on working days"},
    {"property": "generalAvailability", "value": "2022-05-12T09:30:10-08:00"},
    {"property": "retention", "value": 3, "unit": "y"},
    {"property": "frequency", "value": "daily", "valueExt": 1},
    {"property": "latency", "value": 15, "unit": "m"},
    {"property": "timeOfAvailability", "value": "09:00-08:00", "driver": "regulatory"},
    {"property": "availability", "value": "best effort"},
    {"property": "dataFreshness", "value": None},
    {"property": "support", "value": True},
)  # fmt: skip
NUMBERS = {"mustBe": 0, "mustBeLessThan": 5, "mustBeGreaterThan": 0, "mustBeBetween": [1, 9], "mustNotBe": 3,
           "mustBeGreaterOrEqualTo": 0, "mustBeLessOrEqualTo": 90}  # fmt: skip
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "string": [{"format": name} for name in ("email", "uuid", "date-time", "date", "phone", "IBAN", "password")]
    + [{"maxLength": 9, "minLength": 12}, {"pattern": "^[A-Z]+$"}, {"pattern": "^(?=.*[0-9]).+$"}],
    "number": [{"minimum": 0, "maximum": 5}, {"multipleOf": 0.01}, {"format": "f32"}, {"minimum": 9, "maximum": 1}],
    "integer": [{"minimum": 0}, {"format": "i32"}, {"maximum": 10**40}],
    "date": [{"format": "yyyy-MM-dd"}, {"minimum": "2020-01-01"}, {"minimum": "soon"}, {"format": "QQQQ nonsense"}],
    "timestamp": [{"timezone": True, "defaultTimezone": "Etc/UTC"}, {"defaultTimezone": "CEST?"},
                  {"minimum": "2020-01-01T00:00:00Z"}],
    "boolean": [], "array": [{"minItems": 1}], "object": [{"minProperties": 1}],
}  # fmt: skip


class Maker:
    """Makes one contract; everything it does follows from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.version = self.random.choice(VERSIONS)
        self.early, self.newest = self.version < "v3.1", self.version >= "v3.2"

    def contract(self) -> dict[str, Any]:
        names = self.random.sample(["orders", "customers", "payments"], self.random.randint(1, 3))
        kinds = SERVERS if self.early else SERVERS | LATER_SERVERS
        self.servers = [
            {"server": f"s{index}", "type": kind, **self._own(kinds[kind])}
            for index, kind in enumerate(self.random.sample(sorted(kinds), self.random.choice([0, 1, 1, 1, 2, 3])))
        ]
        for server in self.servers:
            if server["type"] != "athena":
                continue
            server.pop("stagingDir" if self.version < "v3.0.2" else "staging_dir")
        made: dict[str, Any] = {
            "apiVersion": self.version,
            "kind": "DataContract",
            "id": f"c-{self.random.randint(1, 999)}",
            "version": self.random.choice(["1.0.0", "2", "v1.2"]),
            "status": self.random.choice(["active", "production", "draft", "in development"]),
            "schema": [self._dataset(name, names) for name in names],
        }
        if self.servers:
            made["servers"] = self.servers
        if self._maybe():
            made["slaProperties"] = [dict(level) for level in self.random.sample(LEVELS, self.random.randint(1, 4))]
        if self._maybe():
            made["team"] = [{"username": "mira", "role": "Owner", **({"comment": "x"} if self.early else {})}]
        if self._maybe():
            tool = {"property": self.random.choice(["consumers", "keep", "dbtModel", "x"]), "value": ["a"]}
            made["customProperties"] = [tool, *([{"value": 3}] if self.early else [])]
        if self._maybe():
            made["support"] = [{"channel": "#shop", "url": "https://example.com"}]
        if self._maybe():
            made["description"] = {"purpose": "Views of orders", "usage": "as you like"}
        return made

    def _own(self, fields: dict[str, Any]) -> dict[str, Any]:
        extra: dict[str, Any] = {"environment": "prod"} if self._maybe() else {}
        if self.early and self._maybe():
            extra["topic"] = "orders"
        return {**fields, **extra}

    def _maybe(self) -> bool:
        return self.random.random() < 0.4

    def _dataset(self, name: str, names: list[str]) -> dict[str, Any]:
        made: dict[str, Any] = {"name": name, "physicalType": "table"}
        if self._maybe():
            made["physicalName"] = f"{name}_v2"
        made["properties"] = [{"name": "id", "logicalType": "integer", "primaryKey": True}]
        kinds = [kind for kind in OPTIONS if kind != "timestamp" or not self.early]
        for index in range(self.random.randint(1, 5)):
            made["properties"].append(self._property(f"c{index}", self.random.choice(kinds), names))
        if self._maybe():
            made["quality"] = [self._rule(made, None) for _ in range(self.random.randint(1, 3))]
        return made

    def _property(self, name: str, kind: str, names: list[str]) -> dict[str, Any]:
        made: dict[str, Any] = {"name": name, "logicalType": kind}
        if OPTIONS[kind] and self._maybe():
            made["logicalTypeOptions"] = dict(self.random.choice(OPTIONS[kind]))
            if self.early and "minimum" in made["logicalTypeOptions"] and self._maybe():
                made["logicalTypeOptions"]["exclusiveMinimum"] = self._maybe()
        if kind == "array":
            made["items"] = {"logicalType": "string"}
        if kind == "object":
            made["properties"] = [{"name": "zip", "logicalType": "string"}]
        if not self.early and self._maybe():
            made["relationships"] = [
                {"to": f"{self.random.choice([*names, 'regions'])}.{self.random.choice(['id', 'no'])}"}
            ]
        if kind not in ("array", "object") and self._maybe():
            made["quality"] = [self._rule({"name": names[0]}, made) for _ in range(self.random.randint(1, 2))]
        return made

    def _rule(self, dataset: dict[str, Any], prop: dict[str, Any] | None) -> dict[str, Any]:
        rule = self.random.choice([self._text, self._custom, self._sql, self._sql, self._metric, self._metric])
        made: dict[str, Any] = rule(dataset, prop)
        if self._maybe():
            made["severity"] = self.random.choice(["error", "P1", "warning", "high"])
        return made

    def _text(self, dataset: dict[str, Any], prop: dict[str, Any] | None) -> dict[str, Any]:
        return {"type": "text", "description": "reviewed each quarter"}

    def _custom(self, dataset: dict[str, Any], prop: dict[str, Any] | None) -> dict[str, Any]:
        if self._maybe():
            choice = GX[1 if prop is None else 0]
            return {"type": "custom", "engine": "greatExpectations", "implementation": choice}
        body = self.random.choice(["checks:\n  - row_count > 0", {"unique": {}}])
        return {"type": "custom", "engine": self.random.choice(ENGINES), "implementation": body}

    def _operators(self) -> dict[str, Any]:
        names = self.random.sample(sorted(NUMBERS), 2 if self.early and self._maybe() else 1)
        return {name: NUMBERS[name] for name in names}

    def _sql(self, dataset: dict[str, Any], prop: dict[str, Any] | None) -> dict[str, Any]:
        name = dataset["name"]
        kinds = {server["type"] for server in self.servers}
        if self._maybe() and self._maybe():
            query = self.random.choice(NOT_QUERIES).format(table=name, name=name)
        else:
            fitting = [text for text, types in QUERIES if types is None or (len(kinds) == 1 and kinds <= set(types))]
            server = self.servers[0] if self.servers else {}
            holder = ".".join(
                str(server[k]) for k in ("database", "catalog", "schema") if k in server and "$" not in str(server[k])
            )
            table = self.random.choice([name, "{object}", *([f"{holder}.{name}"] if holder and self._maybe() else [])])
            query = (
                self.random.choice(fitting)
                .replace("{table}", table)
                .replace("{column}", prop["name"] if prop else "id")
            )
        value = self._operators() if not self._maybe() else {"mustBe": self.random.choice([0, "none", True])}
        return {"type": "sql", "query": query, **value}

    def _metric(self, dataset: dict[str, Any], prop: dict[str, Any] | None) -> dict[str, Any]:
        if self.early:
            named = self.random.choice(
                ["nullCheck", "duplicateCount", "rowCountCheck", "freshness", "validValues", "myRule"]
            )
            return {"type": "library", "rule": named, **self._operators()}
        metric = self.random.choice(["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"])
        made: dict[str, Any] = {"metric": metric, **self._operators()}
        arguments = self.random.choice([None, None, {"validValues": ["a", "b"]}, {"properties": ["id"]}, {"min": 0}])
        if arguments:
            made["arguments"] = arguments
        if self._maybe():
            made["unit"] = self.random.choice(["rows", "percent", "hours"])
        return made
