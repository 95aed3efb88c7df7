"""Every field of ODCS: whether headgate executes it, how, and an example. The page docs/reference.md is made of it, and
what the page says that an example becomes is what loading it gives.

`how` is one of
  checked       it becomes checks;
  used          it says how checks are run, named, found, reported or published;
  not executed  it is listed in every report as not executed, with the reason;
  documentation it is kept for people, and no rule follows from it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

CHECKED, USED, LISTED, DOCUMENTATION = "checked", "used", "not executed", "documentation"


@dataclass(frozen=True)
class Field:
    """`example` is the value of the field; `beside` are further keys that the example needs next to it."""

    name: str
    how: str
    words: str
    example: Any
    beside: dict[str, Any] = field(default_factory=dict)
    api_version: str = "v3.2.0"


@dataclass(frozen=True)
class Section:
    """The fields of one kind of thing. `at` leads to it in the base contract; `schema` names its definition."""

    title: str
    schema: str
    at: tuple[str | int, ...]
    fields: tuple[Field, ...]


BASE: dict[str, Any] = {
    "apiVersion": "v3.2.0",
    "kind": "DataContract",
    "id": "shop",
    "version": "1.0.0",
    "status": "active",
    "description": {},
    "team": {"name": "Shop", "members": [{"username": "ann"}]},
    "support": [{"channel": "shop"}],
    "roles": [{"role": "reader"}],
    "price": {},
    "servers": [{"server": "w", "type": "duckdb", "database": "w.duckdb"}],
    "slaProperties": [{"property": "latency", "value": 4, "unit": "h"}],
    "authoritativeDefinitions": [{"type": "definition", "url": "https://example.com"}],
    "customProperties": [{"property": "x", "value": 1}],
    "schema": [
        {
            "name": "orders",
            "id": "orders",
            "properties": [
                {"name": "id", "id": "order_id"},
                {"name": "v", "quality": [{"metric": "nullValues", "mustBe": 0}], "relationships": [{"to": "customers.id"}]},
            ],
        },
        {"name": "customers", "properties": [{"name": "id"}]},
    ],
}  # fmt: skip

F = Field
_ID = F("id", USED, "Unique in its array; a rename is known by it, and results are named by it.", "stable")
_TAGS = F("tags", DOCUMENTATION, "", ["finance"])
_LINKS = F(
    "authoritativeDefinitions",
    DOCUMENTATION,
    "Links for people. Nothing is fetched.",
    [{"type": "definition", "url": "https://example.com"}],
)
_CUSTOM = F(
    "customProperties",
    USED,
    "Settings of headgate (docs/settings.md); those of other tools are left alone.",
    [{"property": "retentionClass", "value": "a"}],
)
_CRON = {"scheduler": "cron"}


def _text(**options: Any) -> dict[str, Any]:
    return {"logicalType": "string"} | ({"logicalTypeOptions": options} if options else {})


SECTIONS = (
    Section("Contract", "", (), (
        F("apiVersion", USED, "v3.0.x, v3.1.0 and v3.2.0 are read; lint tells what a version does not have yet.", "v3.2.0"),
        F("kind", USED, "Always DataContract.", "DataContract"),
        F("id", USED, "Names the contract in reports, records and events.", "shop"),
        F("version", USED, "In every report; `headgate diff` says which bump a change demands.", "1.2.0"),
        F("status", USED, "proposed and draft: a breach warns and holds nothing back.", "draft"),
        F("name", USED, "What people call the contract.", "Shop"),
        F("tenant", DOCUMENTATION, "", "acme"),
        F("domain", DOCUMENTATION, "", "sales"),
        F("dataProduct", DOCUMENTATION, "", "orders"),
        _TAGS,
        F("description", DOCUMENTATION, "", {"purpose": "Orders of the shop"}),
        F("servers", USED, "Where data is read from and published to.", [{"server": "w", "type": "duckdb", "database": "w.duckdb"}]),
        F("schema", CHECKED, "The datasets.", [{"name": "orders", "properties": [{"name": "id"}, {"name": "w"}]}, {"name": "customers", "properties": [{"name": "id"}]}]),
        F("support", USED, "Printed where a promise is broken.", [{"channel": "#shop"}]),
        F("price", DOCUMENTATION, "A change of it is graded by `headgate diff`.", {"priceAmount": 1}),
        F("team", USED, "The owner: its name, or the member with the role owner.", {"name": "Shop"}),
        F("roles", DOCUMENTATION, "A role taken away is graded by `headgate diff`.", [{"role": "reader"}]),
        F("slaDefaultElement", DOCUMENTATION, "Deprecated in ODCS 3.1.", "orders.id"),
        F("slaProperties", LISTED, "Parsed and typed; see service levels.", [{"property": "frequency", "value": 1, "unit": "d"}]),
        _LINKS,
        _CUSTOM,
        F("contractCreatedTs", DOCUMENTATION, "", "2026-01-31T10:00:00Z"),
        F("context", DOCUMENTATION, "Hints for agents; a contract is untrusted, and they are passed to nobody.", {"instructions": "ask the owner"}),
    )),
    Section("Description", "", ("description",), (
        F("purpose", DOCUMENTATION, "", "Orders of the shop"),
        F("limitations", DOCUMENTATION, "", "No refunds"),
        F("usage", DOCUMENTATION, "", "Invoices"),
        _LINKS,
        _CUSTOM,
    )),
    Section("Dataset (`schema`)", "SchemaObject", ("schema", 0), (
        _ID,
        F("name", USED, "What the dataset is called in commands and reports: `contract.yaml#orders`.", "orders"),
        F("physicalName", USED, "The table; a publish's default target.", "t_orders"),
        F("physicalType", DOCUMENTATION, "A change of it is graded by `headgate diff`.", "table"),
        F("logicalType", USED, "Always object.", "object"),
        F("businessName", DOCUMENTATION, "", "Orders"),
        F("description", DOCUMENTATION, "", "What customers buy"),
        F("dataGranularityDescription", DOCUMENTATION, "Say it as a rule: `primaryKey`.", "one row an order"),
        F("properties", CHECKED, "Each column must be there; a column that is not named is a warning (`extraColumns`).", [{"name": "id"}, {"name": "extra"}]),
        F("relationships", CHECKED, "Foreign keys, composite ones too; `to` may be in another contract's file.", [{"from": ["orders.id"], "to": ["customers.id"]}]),
        F("quality", CHECKED, "Rules about the whole dataset; see quality rules.", [{"metric": "rowCount", "mustBeGreaterThan": 0}]),
        _TAGS,
        _LINKS,
        _CUSTOM,
        F("deprecated", DOCUMENTATION, "Taken into account by `headgate diff`.", True),
        F("synonyms", DOCUMENTATION, "", [{"synonym": "purchases"}]),
        F("context", DOCUMENTATION, "As of the contract.", {"instructions": "ask the owner"}),
    )),
    Section("Property", "SchemaProperty", ("schema", 0, "properties", 1), (
        _ID,
        F("name", CHECKED, "The column must be there. Names are compared exactly.", "amount"),
        F("physicalName", CHECKED, "The column's name in the data, where it is another.", "amt"),
        F("logicalType", CHECKED, "The column must be of this type; texts of a CSV file are read as it.", "integer"),
        F("physicalType", CHECKED, "Checked on tables, apart from the logical type; files and DataFrames promise none.", "DECIMAL(12,2)"),
        F("logicalTypeOptions", CHECKED, "See the options of each type.", {"maxLength": 2}, {"logicalType": "string"}),
        F("required", CHECKED, "true: not null. (The standard's wording says the opposite of what it means.)", True),
        F("unique", CHECKED, "Every row of a group with more than one counts; NULL repeats nothing.", True),
        F("primaryKey", CHECKED, "Not null in each part, unique as a whole.", True),
        F("primaryKeyPosition", USED, "The order of the key's columns.", 1, {"primaryKey": True}),
        F("enum", CHECKED, "The value is one of these; NULL is fine unless `required`.", [{"value": "paid"}], {"logicalType": "string"}),
        F("properties", CHECKED, "What an object holds, at any depth; a bad place inside condemns the row.", [{"name": "zip", "required": True}], {"logicalType": "object"}),
        F("items", CHECKED, "What each item of an array is.", {"logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}, {"logicalType": "array"}),
        F("map", CHECKED, "What keys and values of a map are.", {"key": {"logicalType": "string"}, "value": {"logicalType": "integer"}}, {"logicalType": "map"}),
        F("relationships", CHECKED, "A foreign key; `from` is the property itself.", [{"to": "customers.id"}, {"to": "orders.id"}]),
        F("quality", CHECKED, "Rules about the column; see quality rules.", [{"metric": "duplicateValues", "mustBe": 0}]),
        F("classification", USED, "Any but public: values are masked wherever they would leave their database.", "pii"),
        F("criticalDataElement", USED, "Changes of it are graded one level up by `headgate diff`.", True),
        F("semanticType", LISTED, "A measure is an aggregate and no column; dimension and column are as any property.", "measure"),
        F("partitioned", DOCUMENTATION, "", True),
        F("partitionKeyPosition", DOCUMENTATION, "", 1),
        F("encryptedName", DOCUMENTATION, "", "v_encrypted"),
        F("transformSourceObjects", DOCUMENTATION, "", ["raw.orders"]),
        F("transformLogic", DOCUMENTATION, "Never run. A change of it is graded by `headgate diff`.", "sum(x)"),
        F("transformDescription", DOCUMENTATION, "", "the sum"),
        F("examples", DOCUMENTATION, "Lint warns where they show values of a classified column.", ["a"]),
        F("businessName", DOCUMENTATION, "", "Amount"),
        F("description", DOCUMENTATION, "", "with tax"),
        _TAGS,
        _LINKS,
        _CUSTOM,
        F("deprecated", DOCUMENTATION, "Taken into account by `headgate diff`.", True),
        F("synonyms", DOCUMENTATION, "", [{"synonym": "total"}]),
    )),
    Section("Options of string", "option:string", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("minLength", CHECKED, "In code points.", 1),
        F("maxLength", CHECKED, "In code points.", 10),
        F("pattern", CHECKED, "RE2, found anywhere unless anchored; what RE2 cannot say is not executed.", "^A-[0-9]+$"),
        F("format", CHECKED, "email, uuid, uri, hostname, ipv4, ipv6, byte, date, time, date-time; password classifies the column, binary says nothing.", "email"),
    )),
    Section("Options of integer", "option:integer", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("minimum", CHECKED, "", 0), F("maximum", CHECKED, "", 9),
        F("exclusiveMinimum", CHECKED, "", 0), F("exclusiveMaximum", CHECKED, "", 9),
        F("multipleOf", CHECKED, "In decimal arithmetic.", 5),
        F("format", CHECKED, "i8 to i128, u8 to u128: the range of the type.", "u8"),
    )),
    Section("Options of number", "option:number", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("minimum", CHECKED, "A decimal, compared exactly.", 0.5), F("maximum", CHECKED, "", 9.5),
        F("exclusiveMinimum", CHECKED, "", 0), F("exclusiveMaximum", CHECKED, "", 9),
        F("multipleOf", CHECKED, "In decimal arithmetic, on the number as it is written.", 0.05),
        F("format", CHECKED, "f32, f64: the range of the type.", "f32"),
    )),
    Section("Options of date", "option:date", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("minimum", CHECKED, "ISO 8601.", "2024-01-01"), F("maximum", CHECKED, "", "2030-12-31"),
        F("exclusiveMinimum", CHECKED, "", "2024-01-01"), F("exclusiveMaximum", CHECKED, "", "2031-01-01"),
        F("format", CHECKED, "How a text of a CSV file is written, a pattern of the JDK's DateTimeFormatter; a typed column has no format.", "dd.MM.yyyy"),
    )),
    Section("Options of timestamp and time", "option:timestamp", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("minimum", CHECKED, "ISO 8601; without a zone in defaultTimezone.", "2024-01-01T00:00:00Z"), F("maximum", CHECKED, "", "2030-12-31"),
        F("exclusiveMinimum", CHECKED, "", "2024-01-01"), F("exclusiveMaximum", CHECKED, "", "2031-01-01"),
        F("format", CHECKED, "As of a date.", "yyyy-MM-dd HH:mm:ss"),
        F("timezone", CHECKED, "Whether the column has a time zone.", True),
        F("defaultTimezone", USED, "The zone of moments that have none; UTC by default.", "Europe/Berlin"),
    )),
    Section("Options of array", "option:array", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("minItems", CHECKED, "", 1), F("maxItems", CHECKED, "", 9),
        F("uniqueItems", CHECKED, "Two NULLs repeat each other.", True),
    )),
    Section("Options of object", "option:object", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("minProperties", CHECKED, "Properties that are there and not NULL.", 1), F("maxProperties", CHECKED, "", 9),
        F("required", CHECKED, "These properties are there and not NULL.", ["zip"]),
    )),
    Section("Options of vector", "option:vector", ("schema", 0, "properties", 1, "logicalTypeOptions"), (
        F("dimensions", CHECKED, "", 3),
        F("elementType", LISTED, "", "float32", {"dimensions": 3}),
        F("normalized", LISTED, "", True, {"dimensions": 3}),
        F("distanceMetric", LISTED, "Nothing of it can be seen in the values: need not be.", "cosine", {"dimensions": 3}),
        F("embeddingModel", LISTED, "Likewise.", "m", {"dimensions": 3}),
        F("embeddingModelVersion", LISTED, "Likewise.", "1", {"dimensions": 3}),
    )),
    Section("Enum value", "EnumValue", ("schema", 0, "properties", 1, "enum", 0), (
        F("value", CHECKED, "", "paid"),
        F("label", DOCUMENTATION, "A change of it is graded by `headgate diff`: the meaning changed.", "Paid", {"value": "paid"}),
        F("description", DOCUMENTATION, "", "money is there", {"value": "paid"}),
        F("id", USED, "", "paid", {"value": "paid"}),
        F("tags", DOCUMENTATION, "", ["a"], {"value": "paid"}),
        F("authoritativeDefinitions", DOCUMENTATION, "", [{"type": "definition", "url": "https://example.com"}], {"value": "paid"}),
        F("customProperties", USED, "", [{"property": "x", "value": 1}], {"value": "paid"}),
    )),
    Section("Relationship", "Relationship", ("schema", 0, "properties", 1, "relationships", 0), (
        F("to", CHECKED, "`object.property`, or by ids `schema/<id>/properties/<id>`; to another contract, in a file beside this one, by ids alone: `c.odcs.yaml#schema/…`.", "schema/orders/properties/order_id"),
        F("from", CHECKED, "At the level of a dataset alone; as long a list as `to`.", ["orders.id"]),
        F("type", USED, "Always foreignKey.", "foreignKey", {"to": "customers.id"}),
        F("id", USED, "", "fk", {"to": "customers.id"}),
        F("customProperties", DOCUMENTATION, "", [{"property": "cardinality", "value": "many-to-one"}], {"to": "customers.id"}),
    )),
    Section("Quality rule", "DataQuality", ("schema", 0, "properties", 1, "quality", 0), (
        F("type", CHECKED, "library (default), sql, custom; a text rule is documentation.", "text"),
        F("metric", CHECKED, "nullValues, missingValues, invalidValues, duplicateValues of properties; rowCount and duplicateValues of datasets.", "duplicateValues"),
        F("arguments", CHECKED, "missingValues, validValues, pattern, properties.", {"pattern": "^a"}, {"metric": "invalidValues"}),
        F("rule", CHECKED, "The form of ODCS 3.0: duplicateCount, validValues, nullCheck, rowCount. Lint warns.", "duplicateCount", {}, "v3.0.2"),
        F("query", CHECKED, "One SELECT that gives one number or boolean, over datasets of the contract by their names, {object} and {property}; in a sandbox.", "SELECT count(*) FROM {object} WHERE {property} IS NULL", {"type": "sql"}),
        F("engine", CHECKED, "greatExpectations where the catalogue has the expectation; every other is listed as not executed.", "greatExpectations", {"type": "custom", "implementation": {"type": "expect_column_values_to_be_unique"}}),
        F("implementation", CHECKED, "The expectation: its type and kwargs, as YAML or text.", "type: expect_column_values_to_not_be_null\nkwargs: {mostly: 0.9}", {"type": "custom", "engine": "gx"}),
        F("mustBe", CHECKED, "", 3), F("mustNotBe", CHECKED, "", 7),
        F("mustBeGreaterThan", CHECKED, "", 1), F("mustBeGreaterOrEqualTo", CHECKED, "", 1),
        F("mustBeLessThan", CHECKED, "", 5), F("mustBeLessOrEqualTo", CHECKED, "", 5),
        F("mustBeBetween", CHECKED, "Both ends belong to it.", [1, 5]), F("mustNotBeBetween", CHECKED, "Both ends belong to it.", [1, 5]),
        F("unit", CHECKED, "rows or percent; a percentage is exact.", "percent"),
        F("severity", USED, "info, warning, warn, low, minor, trivial are warnings; every other word is an error.", "warning"),
        F("dimension", USED, "In every result and event.", "accuracy"),
        F("id", USED, "Names the rule in results and in `allowNotExecuted`.", "r1"),
        F("name", USED, "Names the rule where it has no id.", "complete"),
        F("description", USED, "In every result.", "nobody without a name"),
        F("customProperties", USED, "onBreach: a policy of the rule's own.", [{"property": "onBreach", "value": "warn", "vendor": "headgate"}]),
        F("schedule", DOCUMENTATION, "Of a scheduler's; a gate runs every rule every time. Lint reads cron.", "0 6 * * *", _CRON),
        F("scheduler", DOCUMENTATION, "", "cron"),
        F("businessImpact", DOCUMENTATION, "", "operational"),
        F("method", DOCUMENTATION, "", "reconciliation"),
        _TAGS,
        _LINKS,
    )),
    Section("Service level (`slaProperties`)", "ServiceLevelAgreementProperty", ("slaProperties", 0), (
        F("property", LISTED, "Parsed and typed: availability, throughput, errorRate, generalAvailability, endOfSupport, endOfLife, retention, frequency, latency, timeToDetect, timeToNotify, timeToRepair, their synonyms, freshness, timeOfAvailability. `headgate levels` measures them (docs/levels.md); a check lists them, and they never make its verdict unknown.", "retention", {"value": 3, "unit": "y"}),
        F("value", LISTED, "A number, an ISO 8601 duration or a moment, as the level has it.", "PT4H"),
        F("unit", LISTED, "ms, s, min, h, d, w, mo, y; percent. A bare m is not read.", "min"),
        F("valueExt", USED, "The percentile of a latency and of timeToDetect, timeToNotify, timeToRepair: 95 or p95.", 95), F("element", USED, "The datasets that the level is about, and the columns of event times.", "orders.id"),
        F("driver", USED, "regulatory: changes are graded one level up by `headgate diff`; of a retention, no row may be older.", "regulatory"),
        F("id", USED, "", "l1"), F("description", DOCUMENTATION, "", "by six"),
        F("scheduler", DOCUMENTATION, "", "cron"), F("schedule", USED, "Of a timeOfAvailability: the days on which it is due, as cron has them.", "0 6 * * *", _CRON),
        _LINKS, _CUSTOM,
    )),
    Section("Server", "Server", ("servers", 0), (
        F("server", USED, "Its name, for `server=` and `--server`.", "warehouse"),
        F("type", USED, "duckdb, postgresql (or postgres), local and s3 are reached; the others are read, and give a query its SQL dialect.", "duckdb"),
        _ID,
        F("description", DOCUMENTATION, "", "ours"), F("environment", DOCUMENTATION, "", "prod"),
        F("roles", DOCUMENTATION, "", [{"role": "reader"}]), _CUSTOM,
        F("database", USED, "Of DuckDB: a file, relative to the contract; of PostgreSQL: the database. ${NAME} is the environment variable HEADGATE_VAR_NAME.", "other.duckdb"),
        F("schema", USED, "The schema of the tables.", "shop"),
        F("host", USED, "Of PostgreSQL.", "h", {"type": "postgres", "port": 1, "database": "d", "schema": "s"}),
        F("port", USED, "Of PostgreSQL.", 5432, {"type": "postgres", "host": "h", "database": "d", "schema": "s"}),
        F("path", USED, "Of local files: a file, a glob or a folder, relative to the contract. {object} is the dataset.", "data", {"type": "local", "format": "parquet"}),
        F("format", USED, "Of local files: csv, json or parquet.", "parquet", {"type": "local", "path": "data"}),
        *(F(name, DOCUMENTATION, "Of servers of other types.", value, beside) for name, value, beside in (
            ("account", "a", {"type": "snowflake", "database": "d", "schema": "s"}),
            ("catalog", "c", {"type": "databricks", "schema": "s"}),
            ("project", "p", {"type": "bigquery", "dataset": "d"}),
            ("dataset", "d", {"type": "bigquery", "project": "p"}),
            ("location", "s3://b/x", {"type": "s3"}),
            ("serviceName", "s", {"type": "oracle", "host": "h", "port": 1}),
            ("warehouse", "w", {"type": "snowflake", "account": "a", "database": "d", "schema": "s"}),
            ("stagingDir", "s3://b/x", {"type": "athena", "schema": "s"}),
            ("delimiter", "new_line", {"type": "s3", "location": "s3://b/x"}),
            ("endpointUrl", "https://example.com", {"type": "s3", "location": "s3://b/x"}),
            ("region", "eu", {"type": "custom"}), ("regionName", "eu", {"type": "custom"}),
            ("namespace", "n", {"type": "custom"}), ("encoding", "utf-8", {"type": "custom"}),
            ("stream", "s", {"type": "custom"}), ("workgroup", "w", {"type": "custom"}), ("catalogUrl", "https://example.com", {"type": "custom"}),
        )),
    )),
    Section("Team", "Team", ("team",), (
        F("name", USED, "The owner.", "Shop"), _ID, F("description", DOCUMENTATION, "", "ours"),
        F("members", USED, "A member with the role owner is one, where the team has no name.", [{"username": "ann", "role": "owner"}]),
        _TAGS, _LINKS, _CUSTOM,
    )),
    Section("Team member", "TeamMember", ("team", "members", 0), (
        F("username", USED, "", "ann"), F("name", USED, "", "Ann"), F("role", USED, "owner", "owner"), _ID,
        F("description", DOCUMENTATION, "", "leads"), F("dateIn", DOCUMENTATION, "", "2024-01-01"),
        F("dateOut", DOCUMENTATION, "", "2025-01-01"), F("replacedByUsername", DOCUMENTATION, "", "bob"), _TAGS, _LINKS, _CUSTOM,
    )),
    Section("Support channel", "SupportItem", ("support", 0), (
        F("channel", USED, "", "#shop"), F("url", USED, "", "https://example.com"), _ID,
        F("description", DOCUMENTATION, "", "ask"), F("tool", DOCUMENTATION, "", "slack"),
        F("scope", DOCUMENTATION, "", "issues"), F("invitationUrl", DOCUMENTATION, "", "https://example.com"), _CUSTOM,
    )),
    Section("Role", "Role", ("roles", 0), (
        F("role", DOCUMENTATION, "", "reader"), _ID, F("access", DOCUMENTATION, "A change of it is graded by `headgate diff`.", "read"),
        F("description", DOCUMENTATION, "", "reads"), F("firstLevelApprovers", DOCUMENTATION, "", "ann"),
        F("secondLevelApprovers", DOCUMENTATION, "", "bob"), _CUSTOM,
    )),
    Section("Price", "Pricing", ("price",), (
        _ID, F("priceAmount", DOCUMENTATION, "", 9.95), F("priceCurrency", DOCUMENTATION, "", "EUR"), F("priceUnit", DOCUMENTATION, "", "megabyte"),
    )),
    Section("Custom property", "CustomProperty", ("customProperties", 0), (
        F("property", USED, "The name; below ODCS 3.2 with the prefix `headgate.`.", "onBreach", {"value": "warn", "vendor": "headgate"}),
        F("value", USED, "", ["quarantine", "halt"], {"property": "onBreach", "vendor": "headgate"}),
        F("vendor", USED, "headgate: it is ours, and a name or value that is not known is an error.", "headgate", {"property": "extraColumns", "value": "fail"}),
        _ID, F("description", DOCUMENTATION, "", "why"),
    )),
    Section("Synonym", "Synonym", ("schema", 0, "properties", 1, "synonyms", 0), (
        F("synonym", DOCUMENTATION, "", "total"),
        *(F(name, DOCUMENTATION, "", value, {"synonym": "total"}) for name, value in (
            ("id", "total"), ("description", "in sales"), ("locale", "de"), ("source", "glossary"), ("status", "approved"),
            ("customProperties", [{"property": "x", "value": 1}]),
        )),
    )),
    Section("Context", "Context", ("context",), (
        F("constraints", DOCUMENTATION, "", [{"constraint": "no joins"}]), F("instructions", DOCUMENTATION, "", "ask the owner"),
        F("verifiedStatements", DOCUMENTATION, "", [{"question": "How many orders?"}]),
    )),
)  # fmt: skip


def document_of(section: Section, field: Field) -> dict[str, Any]:
    """The base contract with the field's example in it."""
    document = copy.deepcopy(BASE)
    document["apiVersion"] = field.api_version
    at = section.at
    if section.schema.startswith("option:"):
        prop = document["schema"][0]["properties"][1]
        prop["logicalType"] = section.schema.removeprefix("option:")
    if section.schema == "Relationship" and field.name == "from":
        at, field = (
            ("schema", 0, "relationships", 0),
            Field("from", CHECKED, "", field.example, {"to": ["customers.id"]}),
        )
    here: Any = document
    for part, following in zip(at, (*at[1:], None)):
        empty: Any = [{}] if isinstance(following, int) else {}
        here = here.setdefault(part, empty) if isinstance(part, str) else here[part]
    if section.schema == "DataQuality" and field.name.startswith("must"):
        del here["mustBe"]
    here |= {**field.beside, field.name: field.example}
    if section.schema == "DataQuality" and (here.get("type") in ("sql", "custom", "text") or "rule" in here):
        del here["metric"]
        if here.get("type") in ("custom", "text"):
            del here["mustBe"]
    return document
