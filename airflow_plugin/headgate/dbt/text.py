"""headgate's entry as lines of YAML: one check a line, so that a diff of the file reads like a diff of the contract."""

from __future__ import annotations

from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if value.isprintable() else '"')


_Dumper.add_representer(str, _text)


def lines_of(test: dict[str, Any], indent: int) -> list[str]:
    """Return the item of a `data_tests:` list, with its dash in column `indent`."""
    arguments = test["arguments"]
    lines = [
        "- headgate.contract:",
        "    # Written by `headgate dbt sync`; change the contract and run it again.",
        f"    name: {flow(test['name'])}",
        f"    description: {flow(test['description'])}",
        "    arguments:",
        *(f"      {name}: {flow(arguments[name])}" for name in ("contract", "catalogue", "about")),
    ]
    for name in ("checks", "levels", "not_executed"):
        if name in arguments:
            lines.append(f"      {name}:" if arguments[name] else f"      {name}: []")
            lines += [f"        - {flow(rule)}" for rule in arguments[name]]
    for name in ("on_breach", "max_quarantine_percent", "quarantine_retention"):
        if name in arguments:
            lines.append(f"      {name}: {flow(arguments[name])}")
    if "config" in test:
        lines.append(f"    config: {flow(test['config'])}")
    return [" " * indent + line for line in lines]


def flow(value: Any) -> str:
    """Return `value` on one line."""
    # A lone scalar is followed by the end-of-document mark.
    text = yaml.dump(
        [value], Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return text.strip()[1:-1]
