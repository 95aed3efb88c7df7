"""From an ODCS file to a Contract: YAML, JSON schema, meaning; all problems at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from headgate.checks import DATE_OR_TIMESTAMP, EACH, KEYS, RESERVED, VALUES, Check, Source, Unchecked, format_path
from headgate.contract import schema, settings, versions
from headgate.contract.context import context_of
from headgate.contract.document import MAX_BYTES, Document, bytes_of, path_text, read
from headgate.contract.document import Path as DocumentPath
from headgate.contract.empty import without_empty
from headgate.contract.former import former_format
from headgate.contract.model import Contract, Dataset, Property, Server
from headgate.contract.properties import steps_of
from headgate.contract.schedule import schedule_problem
from headgate.contract.schema_object import SchemaObject
from headgate.contract.service_levels import LEVELS, ServiceLevel, canonical, service_level, unreadable
from headgate.contract.values import default_problem, promised_type, zone_problem
from headgate.errors import CallError, ContractError, DataNotFoundError, Problem, ProblemLevel
from headgate.suggest import did_you_mean

VARIABLE_PREFIX = "HEADGATE_VAR_"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def contract_bytes(path: Path) -> bytes:
    """Return the content of a contract file. Raises CallError if it is not found."""
    try:
        return bytes_of(path)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise DataNotFoundError(f"{path}: contract file not found") from None
    except OSError as error:
        raise CallError(f"{path}: the file cannot be read: {error.strerror}") from None


def document_of(found: bytes, file: str) -> Document:
    """Return the bytes of a contract file, parsed as YAML. Raises ContractError if they are not YAML."""
    if len(found) > 4 * MAX_BYTES:
        raise ContractError([Problem(file, 1, 1, "yaml-size", f"larger than {MAX_BYTES:,} characters")])
    try:
        return read(found.decode("utf-8"), file)
    except UnicodeDecodeError as error:
        problem = Problem(file, 1, 1, "yaml-encoding", f"not UTF-8 at byte {error.start}; save the file as UTF-8")
        raise ContractError([problem]) from None


# Makes the rules of one schema object; what is wrong in them are problems.
RulesOf = Callable[[SchemaObject], tuple[tuple[Check | Unchecked, ...], list[Problem]]]
Loaded = TypeVar("Loaded", bound=Contract)


def build_contract(
    document: Document, path: Path, rules_of: RulesOf, kind: type[Loaded], commit: str | None = None
) -> Loaded:
    """Return the contract in a document, as of a git commit.

    Args:
        path: where it stands, for messages and relative paths.

    Raises:
        ContractError: with every problem found.
    """
    if not isinstance(document.value, dict):
        raise ContractError([document.problem((), "odcs-type", "a contract is a YAML mapping; this file is not")])
    if (other := former_format(document)) is not None:
        raise ContractError([other])
    document, empty = without_empty(document)
    found = [*empty, *schema.problems(document)]
    if any(problem.level == "error" for problem in found):
        raise ContractError(found)
    reader = _Reader(document, path, found, rules_of)
    contract = reader.contract(kind, commit)
    reader.found.sort()
    if any(problem.level == "error" for problem in reader.found):
        raise ContractError(list(dict.fromkeys(reader.found)))
    return contract


class _Reader:
    """Reads a document that is valid under the JSON schema, and checks what the schema cannot express."""

    def __init__(self, document: Document, path: Path, found: list[Problem], rules_of: RulesOf) -> None:
        self.document = document
        self.root: dict[str, Any] = document.value
        self.path = path
        self.found = found
        self.rules_of = rules_of

    def contract(self, kind: type[Loaded], commit: str | None) -> Loaded:
        root = self.root
        self.found += versions.problems(self.document)
        self._check_ids(root, ())
        own = self._settings(root, (), "contract", {})
        levels = list(self._service_levels(own))
        datasets: dict[str, Dataset] = {}
        contract = kind(
            file=self.path,
            id=root["id"],
            name=root.get("name") or root["id"],
            version=root["version"],
            api_version=root["apiVersion"],
            status=root.get("status") or "active",
            owner=_owner(root.get("team")),
            domain=root.get("domain") or "",
            support=tuple(filter(None, (_channel(item) for item in root.get("support") or []))),
            servers=tuple(self._server(s, ("servers", i)) for i, s in enumerate(root.get("servers") or [])),
            datasets=datasets,
            service_levels=tuple(level for level in levels if not level.problem),
            unreadable_levels=tuple(level for level in levels if level.problem),
            remarks=self.found,
            git_commit=commit,
            description=_description(root.get("description")),
            context=context_of(self._new(root, "context")),
        )
        for index, raw in enumerate(root.get("schema") or []):
            path: DocumentPath = ("schema", index)
            if raw["name"] in datasets:
                self._problem((*path, "name"), "duplicate-dataset", f"the dataset '{raw['name']}' is declared twice")
            datasets[raw["name"]] = self._dataset(contract, raw, path, own)
        return contract

    def _new(self, raw: Mapping[str, Any], key: str) -> Any:
        """Return what came with ODCS 3.2; an older document may use the word for something else."""
        return raw.get(key) if self.root["apiVersion"] >= "v3.2" else None

    def _service_levels(self, inherited: Mapping[str, Any]) -> Iterator[ServiceLevel]:
        for index, raw in enumerate(self.root.get("slaProperties") or []):
            path: DocumentPath = ("slaProperties", index)
            key = f"sla.{raw.get('id') or raw['property']}"
            own = self._own_settings(raw, path, "service level")
            if inherited["holidays"] and canonical(raw["property"]) == "timeOfAvailability":
                own.setdefault("holidays", inherited["holidays"])
            halts = own.get("onLate") == "halt"
            try:
                level = service_level(raw, key, own)
            except ValueError as error:
                self._problem((*path, "value"), "service-level", f"{raw['property']}: {error}", "warning")
                if halts:
                    self._problem(path, "on-late", f"onLate: halt cannot hold, since {raw['property']} is not measured")
                yield unreadable(raw, key, str(error))
                continue
            if level.name not in LEVELS:
                hint = did_you_mean(level.name, LEVELS)
                said = f"'{level.name}' is not one of ODCS's service levels; it is kept unchanged{hint}"
                self._problem((*path, "property"), "service-level-unknown", said, "warning")
                if halts:
                    self._problem(path, "on-late", f"onLate: halt cannot hold, since '{level.name}' is not measured")
            if wrong := schedule_problem(raw):
                self._problem((*path, "schedule"), "schedule", wrong, "warning")
            yield level

    def _check_ids(self, value: Any, path: DocumentPath) -> None:
        """Report ids that are not unique inside the array that holds them, as ODCS requires."""
        todo: list[tuple[Any, DocumentPath]] = [(value, path)]
        while todo:
            item, here = todo.pop()
            children = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
            seen: set[str] = set()
            for key, child in children:
                todo.append((child, (*here, key)))
                identity = child.get("id") if isinstance(item, list) and isinstance(child, dict) else None
                if isinstance(identity, str):
                    if identity in seen:
                        self._problem((*here, key, "id"), "duplicate-id", f"duplicate id '{identity}'")
                    seen.add(identity)

    def _dataset(self, contract: Contract, raw: dict[str, Any], path: DocumentPath, own: dict[str, Any]) -> Dataset:
        chosen = self._settings(raw, path, "dataset", own)
        properties: list[Property] = []
        seen: dict[str, str] = {}
        for index, item in enumerate(raw.get("properties") or []):
            where: DocumentPath = (*path, "properties", index)
            prop = self._property(item, where, chosen)
            # Most platforms fold the case of names: two that differ only in case cannot be told apart there.
            if prop.column.lower() in seen:
                self._problem((*where, "name"), "duplicate-property", f"the property '{prop.column}' is declared twice")
            if prop.column.lower().startswith(RESERVED):
                self._problem(
                    (*where, "name"), "reserved-name", f"'{prop.column}' begins with a prefix that headgate uses itself"
                )
            seen[prop.column.lower()] = prop.name
            properties.append(prop)
        made = SchemaObject(self.document, self.root, raw, path, tuple(properties), chosen)
        rules, problems = self.rules_of(made)
        self.found += problems
        return Dataset(
            contract=contract,
            name=raw["name"],
            physical_name=raw.get("physicalName") or raw["name"],
            description=raw.get("description") or "",
            properties=tuple(properties),
            rules=rules,
            settings=chosen,
            source=Source(path_text(path), self.document.line(path)),
            context=context_of(self._new(raw, "context")),
        )

    def _property(
        self, raw: Mapping[str, Any], path: DocumentPath, inherited: dict[str, Any], holder: Property | None = None
    ) -> Property:
        """Return one property; `holder` is a property without `nested` whose values contain this one."""
        own = self._own_settings(raw, path, "property")
        logical_type = promised_type(raw, self.root["apiVersion"])
        dated = logical_type == DATE_OR_TIMESTAMP
        prop = Property(
            name=raw["name"] if holder is None else holder.name,
            column=raw.get("physicalName") or raw["name"] if holder is None else holder.column,
            within=holder.within if holder else (),
            logical_type="timestamp" if dated else logical_type,
            dated=dated,
            physical_type=raw.get("physicalType"),
            options=_options(raw.get("logicalTypeOptions") or {}),
            description=raw.get("description") or "",
            # What is inside a classified value is classified too, unless it says otherwise itself.
            classification=raw.get("classification") or (holder.classification if holder else None),
            primary_key=raw.get("primaryKey") is True,
            primary_key_position=raw.get("primaryKeyPosition", -1),
            missing_values=own.get("missingValues", inherited["missingValues"]),
            settings=own,
        )
        prop = replace(prop, examples=tuple(_texts(raw.get("examples"))) if prop.classified else ())
        nested = []
        for inner, where, step in steps_of(raw, path):
            name = format_path(prop.name, step if step in (EACH, KEYS, VALUES) else inner["name"])
            place = replace(prop, name=name, within=(*prop.within, step))
            nested.append(self._property(inner, where, inherited, place))
        prop = replace(prop, nested=tuple(nested))
        if (wrong := default_problem(own.get("default"), prop)) is not None:
            self._problem((*path, "customProperties"), "headgate-setting", f"the default of {prop.name}: {wrong}")
        return prop

    def _settings(
        self, raw: Mapping[str, Any], path: DocumentPath, level: str, inherited: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the settings that apply at this level: its own, else those from above, else the defaults."""
        defaults = {s.name: s.default for s in settings.SETTINGS.values()}
        return defaults | inherited | self._own_settings(raw, path, level)

    def _own_settings(self, raw: Mapping[str, Any], path: DocumentPath, level: str) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        for index, name, value, wrong in settings.find(raw.get("customProperties"), level):
            where: DocumentPath = (*path, "customProperties", index)
            entry = raw["customProperties"][index]
            if wrong:
                # A property of another tool may have the name of a setting.
                self._problem(where, "headgate-setting", wrong, "error" if settings.is_own(entry) else "warning")
            else:
                chosen[name] = value
            if entry.get("vendor") and self.root["apiVersion"] < "v3.2":
                said = f"'vendor' came with ODCS v3.2.0; write `property: headgate.{name}` instead"
                early = self.root["apiVersion"].startswith("v3.0")  # whose schema lets any key stand there
                self._problem(where, "odcs-version", said, "warning" if early else "error")
        return chosen

    def _server(self, raw: dict[str, Any], path: DocumentPath) -> Server:
        unset: list[str] = []
        fields = {key: self._expanded(value, (*path, key), unset) for key, value in raw.items()}
        own = self._own_settings(raw, path, "server")
        return Server(raw["server"], raw["type"], fields, tuple(dict.fromkeys(unset)), own)

    def _expanded(self, value: Any, path: DocumentPath, unset: list[str]) -> Any:
        """Return the text with `${NAME}` replaced by the environment variable HEADGATE_VAR_NAME, and no other: a
        contract is untrusted. Those that are not set are added to `unset`; they matter where the server is used."""
        if not isinstance(value, str):
            return value

        def variable(match: re.Match[str]) -> str:
            name = VARIABLE_PREFIX + match[1].removeprefix(VARIABLE_PREFIX)
            if name not in os.environ:
                unset.append(name)
                said = f"{match[0]} needs the environment variable {name}, which is not set; using the server needs it"
                self._problem(path, "variable", said, "note")
            return os.environ.get(name, match[0])

        return _VARIABLE.sub(variable, value)

    def _problem(self, path: DocumentPath, rule: str, message: str, level: ProblemLevel = "error") -> None:
        self.found.append(self.document.problem(path, rule, message, level))


def _options(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return logicalTypeOptions with a time zone that exists; of one that does not, the rules say that it is not
    known."""
    zone = raw.get("defaultTimezone")
    return {**raw, "defaultTimezone": "UTC"} if zone and zone_problem(zone) else raw


def _texts(raw: Any) -> Iterator[str]:
    """Yield the scalars in a value of YAML, as texts."""
    if isinstance(raw, dict | list):
        for inner in raw.values() if isinstance(raw, dict) else raw:
            yield from _texts(inner)
    elif raw is not None and not isinstance(raw, bool):
        yield str(raw)


def _description(raw: Any) -> dict[str, str]:
    """Return the texts of a description; in ODCS 3.0 documents it may be one text alone."""
    if isinstance(raw, str):
        return {"purpose": raw}
    names = ("purpose", "limitations", "usage")
    return {name: raw[name] for name in names if raw.get(name)} if isinstance(raw, dict) else {}


def _owner(team: Any) -> str:
    """Return the team's name, or the member with the role of an owner; v3.0's list of members is read too."""
    if isinstance(team, dict) and team.get("name"):
        return str(team["name"])
    members = team.get("members") if isinstance(team, dict) else team
    for member in members or []:
        if "owner" in str(member.get("role", "")).lower():
            return str(member.get("name") or member.get("username") or "")
    return ""


def _channel(item: dict[str, Any]) -> str:
    """Return a support channel and its URL. Nothing may follow the URL: pages and messages link every character that
    touches it."""
    return " ".join(filter(None, (item["channel"], item.get("url"))))
