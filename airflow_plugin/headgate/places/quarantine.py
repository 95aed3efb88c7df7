"""The quarantine of a table: rows set aside, with their reasons, until a person releases them or a time has passed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlglot import exp

from headgate.checks import RESERVED, Column
from headgate.errors import CallError
from headgate.places.drift import Held
from headgate.places.ledger import add_column
from headgate.places.place import Relation
from headgate.places.records import APPEND, RUN_KEY, UPSERT, Aside, Mode, Record, Release
from headgate.places.tables import Tables, same_key
from headgate.sql.names import RAW
from headgate.sql.quote import ident, text

# What the rules of a batch said when it was set aside, {key: digest} as JSON; NULL of a batch from before headgate 0.2.
RULES = "headgate_rules"
# The quarantine's own columns. A run may be about a day long ago; rows are kept from when they were set aside.
_OWN = {
    RUN_KEY: "VARCHAR",
    "headgate_reasons": "VARCHAR[]",
    RULES: "VARCHAR",
    "headgate_raw": "",  # the platform's type of a document
    "headgate_contract_version": "VARCHAR",
    "headgate_run_at": "TIMESTAMPTZ",
    "headgate_set_aside_at": "TIMESTAMPTZ",
}


class Quarantine(Tables):
    """What is set aside of a target lies in a table beside it."""

    def write_quarantine(
        self, target: Any, staged: Sequence[Column], record: Record, at: datetime, forget: datetime | None
    ) -> None:
        """Replace what this run key set aside. A column that is new is added, one whose type changed becomes text."""
        quarantine = target.quarantine
        table = ident(quarantine.schema, quarantine.name)
        held = self.columns_of(quarantine)
        if held is not None:
            old = f" OR headgate_set_aside_at < {text(forget)}" if forget else ""
            self.run(f"DELETE FROM {table} WHERE {RUN_KEY} = {text(record.run_key)}{old}")
        if not record.rows_set_aside:
            return
        columns = [c for c in staged if not c.name.startswith(RAW)]
        wanted = {c.name: self.kept_type(c) for c in columns}
        if held is None:
            listed = ", ".join(
                f"{ident(n)} {kind}" for n, kind in (wanted | _OWN | {"headgate_raw": self.as_document}).items()
            )
            self.run(f"CREATE TABLE {table} ({listed})")
            self.shelter(quarantine, target)
        self._add_own(quarantine, held)
        for column, kind in wanted.items() if held is not None else ():
            before = (held or {}).get(column.lower())
            if before is None:
                self.run(f"ALTER TABLE {table} ADD COLUMN {ident(column)} {kind}")
            elif before.column.type not in (kind, self.as_text):
                self.run(f"ALTER TABLE {table} ALTER COLUMN {ident(column)} TYPE {self.as_text}")
        listed = ", ".join(ident(c.name) for c in columns)
        raw = {c.name.removeprefix(RAW): ident(c.name) for c in staged if c.name.startswith(RAW)}
        own = {
            RUN_KEY: text(record.run_key),
            "headgate_reasons": "headgate_reasons",
            RULES: RULES,
            "headgate_raw": self.document(raw) if raw else "NULL",
            "headgate_contract_version": text(record.contract_version),
            "headgate_run_at": text(record.run_at),
            "headgate_set_aside_at": text(at),
        }
        self.run(
            f"INSERT INTO {table} ({listed}, {', '.join(own)}) "
            f"SELECT {listed}, {', '.join(own.values())} FROM {self.part(target, 'aside', record.run_key)}"
        )

    def _add_own(self, quarantine: Any, held: Mapping[str, Held] | None) -> None:
        """Add headgate's own columns that a quarantine of an older version lacks."""
        for column, kind in _OWN.items() if held is not None else ():
            if column not in (held or {}):
                add_column(self, ident(quarantine.schema, quarantine.name), column, kind)

    def batches_aside(self, target: Any, run_key: str | None = None) -> list[Aside]:
        held = self.columns_of(target.quarantine)
        if held is None:
            return []
        table = ident(target.quarantine.schema, target.quarantine.name)
        mine = f"WHERE {RUN_KEY} = {text(run_key)}" if run_key is not None else ""
        counted = self.rows(
            f"SELECT {RUN_KEY}, reason, count(*) FROM (SELECT {RUN_KEY}, unnest(headgate_reasons) AS reason "
            f"FROM {table} {mine}) AS each GROUP BY 1, 2 ORDER BY 1, 2"
        )
        # A fingerprint is of the rows and their reasons; it stays when a column of headgate's is added.
        unseen = [RULES, *(name for name, kind in _OWN.items() if kind == "TIMESTAMPTZ")]
        seen = [h.column.name for h in held.values() if h.column.name not in unseen]
        rules = f"max({RULES})" if RULES in held else "NULL"
        found = self.rows(
            f"SELECT {RUN_KEY}, count(*), min(headgate_run_at), max(headgate_set_aside_at), "
            f"max(headgate_contract_version), {self.fingerprint(seen)}, {rules} "
            f"FROM {table} {mine} GROUP BY {RUN_KEY} ORDER BY 3, 1"
        )
        reasons: dict[str, list[tuple[str, int]]] = {}
        for key, reason, rows in counted:
            reasons.setdefault(key, []).append((reason, rows))
        return [
            Aside(
                key,
                rows,
                tuple(reasons.get(key, ())),
                run_at,
                at,
                version,
                _code(rows, said),
                json.loads(digests) if digests else None,
            )
            for key, rows, run_at, at, version, said, digests in found
        ]

    def aside(self, target: Any, run_key: str) -> Relation:
        quarantine = self.read(target.quarantine)
        mine = exp.column(RUN_KEY, quoted=True).eq(exp.Literal.string(run_key))
        rows = exp.select("*").from_(quarantine.source.copy()).where(mine)
        return replace(quarantine, source=rows.subquery(), constraints=())

    def stage_aside(self, target: Any, run_key: str, name: str) -> Relation:
        held, kept = self.columns_of(target), self.columns_of(target.quarantine)
        if held is None or kept is None:
            raise CallError(f"there is nothing to release into {target}, or no such table")
        shared = [h.column for key, h in held.items() if key in kept and key not in _OWN and not h.generated]
        listed = ", ".join(f"CAST({ident(c.name)} AS {c.type}) AS {ident(c.name)}" for c in shared)
        table = ident(target.quarantine.schema, target.quarantine.name)
        self.make(
            self.part(target, "stage", run_key), f"SELECT {listed} FROM {table} WHERE {RUN_KEY} = {text(run_key)}"
        )
        return self.staged(target, run_key, name)

    def with_target(self, target: Any, run_key: str, mode: Mode, name: str) -> Relation:
        staged = self.staged(target, run_key, name)
        listed = ", ".join(ident(c.name) for c in staged.columns)
        stage = self.part(target, "stage", run_key)
        stays = f"NOT EXISTS (SELECT 1 FROM {stage} AS new WHERE {same_key(mode)})" if mode.keys else "TRUE"
        table = self.content(target)
        both = f"SELECT {listed} FROM {table} AS held WHERE {stays} UNION ALL SELECT {listed} FROM {stage}"
        union = self.parsed(f"SELECT * FROM ({both}) AS both_of_them")
        return replace(staged, source=union.subquery(), constraints=())

    def release(self, target: Any, release: Release, *, unless_moved: str) -> int:
        with self.transaction(target):
            self.must_be_at(target, unless_moved)
            ledger = self.ledger(target)
            found = next(iter(self.batches_aside(target, release.run_key)), None)
            if found is None and ledger.released(release):
                return 0
            if found is None or found.fingerprint != release.fingerprint:
                raise CallError(
                    f"{target.quarantine}: what the run {release.run_key} set aside is not what was accepted any more; "
                    "look at it again"
                )
            columns = self.staged(target, release.run_key).columns
            self.prepare(target, release.run_key, release.mode if release.mode.kind == UPSERT else Mode(APPEND))
            if release.mode.kind == UPSERT:
                self.upsert(target, release.run_key, columns, release.mode)
            else:
                keyed = RUN_KEY in (self.columns_of(target) or {})
                self.insert(target, release.run_key, columns, keyed=keyed)
            ledger.write_release(release, found.rows)
            self.drop_rows(target, f"{RUN_KEY} = {text(release.run_key)}")
        return found.rows

    def drop_aside(self, target: Any, *, run_key: str | None = None, before: datetime | None = None) -> int:
        conditions = [f"{RUN_KEY} = {text(run_key)}"] * (run_key is not None)
        conditions += [f"headgate_set_aside_at < {text(before)}"] * (before is not None)
        if self.columns_of(target.quarantine) is None:
            return 0
        with self.transaction(target):
            return self.drop_rows(target, " AND ".join(conditions))

    def drop_rows(self, target: Any, condition: str) -> int:
        table = ident(target.quarantine.schema, target.quarantine.name)
        return self.run(f"DELETE FROM {table} WHERE {condition}")


def _code(rows: int, fingerprint: str) -> str:
    return sha256(f"{rows} {fingerprint}".encode()).hexdigest()[:12]


assert all(column.startswith(RESERVED) for column in _OWN)
