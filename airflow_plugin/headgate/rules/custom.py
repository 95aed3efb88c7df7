"""`custom` rules: expectations of Great Expectations that the catalogue can express, and those of headgate's own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from headgate.checks import NONE, Check, Severity, Unchecked
from headgate.contract.document import Path, read
from headgate.contract.model import Property
from headgate.errors import ContractError, UnsupportedError
from headgate.expectations import translate
from headgate.rules.builder import RuleBuilder
from headgate.rules.drift import KINDS, DriftRules
from headgate.rules.model_metric import ModelMetricRules
from headgate.rules.normal import NormalRules
from headgate.rules.own_rule import OwnRule, OwnRules
from headgate.rules.reconciliation import ReconciliationRules
from headgate.suggest import did_you_mean

ENGINE = "headgate"
ENGINES = frozenset({"greatexpectations", "gx"})
# Arguments that say nothing about the data.
_SILENT = frozenset({"result_format", "catch_exceptions", "meta", "notes", "severity", "description"})


class Custom:
    """Rules of type custom."""

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder
        # By the word of an implementation that says which kind it is.
        drift = DriftRules(builder)
        self.own: Mapping[str, OwnRules] = {
            "reconcile": ReconciliationRules(builder),
            "normal": NormalRules(builder),
            **dict.fromkeys(KINDS, drift),
            "model_metric": ModelMetricRules(builder),
        }

    def usual_severity(self, rule: Mapping[str, Any]) -> Severity:
        """Return the severity of a rule that says none."""
        said = rule.get("implementation")
        if engine_name(rule.get("engine")) != ENGINE:
            return "error"
        if isinstance(said, str):
            with contextlib.suppress(ContractError):
                said = read(said, self.build.document.file).value
        words = said if isinstance(said, Mapping) else {}
        return next((own.severity for word, own in self.own.items() if word in words), "error")

    def rules(
        self,
        rule: Mapping[str, Any],
        key: str,
        path: Path,
        prop: Property | None,
        said: str,
        common: dict[str, Any],
    ) -> Iterator[Check | Unchecked]:
        policy = common.pop("policy")
        engine = str(rule.get("engine"))
        if engine_name(engine) == ENGINE:
            own = self._implementation(rule.get("implementation"), (*path, "implementation"))
            kind = next(word for word in self.own if word in own)
            yield from self.own[kind].rules(OwnRule(own, rule, key, path, prop, common | {"policy": policy}))
            return
        if engine_name(engine) not in ENGINES:
            yield self.build.unchecked(key, path, said, f"the engine '{engine[:80]}' is not run by headgate", **common)
            return
        try:
            kind, args = implementation(rule.get("implementation"), self.build.document.file)
            promised = translate(kind, args, self.build, prop)
        except UnsupportedError as why:
            yield self.build.unchecked(key, path, said, str(why), **common)
            return
        for one in promised:
            yield self.build.check(
                f"{key}[{one.part}]" if one.part else key,
                one.type,
                path,
                *one.columns,
                args=one.args,
                where=one.where,
                expect=one.expect or NONE,
                classified=one.classified,
                policy=policy,
                description=rule.get("description") or "",
                **common,
            )

    def _implementation(self, value: Any, path: Path) -> Mapping[str, Any]:
        """Return what the implementation of a rule of the engine headgate says; the text form is YAML."""
        if isinstance(value, str):
            try:
                value = read(value, self.build.document.file).value
            except ContractError as error:
                self.build.refuse(
                    path, "headgate-engine", f"the implementation is not YAML: {error.problems[0].message}"
                )
        if not isinstance(value, Mapping) or self.own.keys().isdisjoint(value):
            near = did_you_mean(next(iter(value)), self.own) if isinstance(value, Mapping) and value else ""
            expected = ", ".join(f"`{word}: …`" for word in self.own)
            said = f"the engine headgate runs rules whose implementation has one of {expected}{near}"
            self.build.refuse(path, "headgate-engine", said)
        return value


def engine_name(engine: Any) -> str:
    """Return the name of an engine as ENGINES spells it."""
    return str(engine).lower().replace("-", "").replace("_", "").replace(" ", "")


def implementation(value: Any, file: str) -> tuple[str, dict[str, Any]]:
    """Return the expectation's type and its arguments, in snake_case; the text form is YAML. Raises
    UnsupportedError."""
    if isinstance(value, str):
        try:
            value = read(value, file).value
        except ContractError as error:
            raise UnsupportedError(f"the implementation is not YAML: {error.problems[0].message}") from None
    if not isinstance(value, dict):
        raise UnsupportedError("the implementation must say `type: expect_…` and `kwargs: {…}`")
    kind = value.get("type") or value.get("expectation_type") or value.get("expectationType")
    kwargs = value.get("kwargs") or {}
    if not isinstance(kind, str) or not isinstance(kwargs, dict):
        raise UnsupportedError("the implementation must say `type: expect_…` and `kwargs: {…}`")
    # The standard's own example writes minValue for GX's min_value.
    return kind, {_snake(name): argument for name, argument in kwargs.items() if _snake(name) not in _SILENT}


def _snake(name: str) -> str:
    """Return a camelCase name in GX's snake_case; GX's own column_A is unchanged."""
    if "_" in name:
        return name
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
