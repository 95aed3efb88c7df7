"""docs/formats.md: which command answers in which format; the table is made from the commands themselves."""

from __future__ import annotations

import click
from headgate.cli import main
from headgate.render import FORMATS

HEAD = """\
# Formats

Every command that answers takes `--format`: `text` is for people, `json` for programs. In CI, a broken promise of the
data is shown as a failing test (`junit`), as a finding of code scanning (`sarif`), at its line of the contract in a pull
request (`github`), or in the summary of the job (`markdown`); `html` is a page of its own, to be kept as an artifact:

```console
headgate check orders.odcs.yaml landing/orders.csv --format junit > headgate.xml
headgate check orders.odcs.yaml landing/orders.csv --format sarif > headgate.sarif
headgate check orders.odcs.yaml landing/orders.csv --format github
headgate check orders.odcs.yaml landing/orders.csv --format markdown >> "$GITHUB_STEP_SUMMARY"
headgate check orders.odcs.yaml landing/orders.csv --format html > orders.html
```

The exit code is the same in every format, and says what the policy decides. What a rule is shown as does not depend on
the policy:

| of a check, a publish or results of dbt | github, sarif | junit |
| --- | --- | --- |
| an error-level rule that the data breaks | error | failure |
| an error-level rule that was not measured | error | error |
| a broken rule of another severity | warning | skipped, "warning: …" |
| such a rule that was not measured | notice (sarif: note) | skipped |
| a rule that need not be executed (documentation, `allowNotExecuted`) | – | skipped |

A [service level](levels.md) is shown as a rule of severity warning, or as an error-level one with `onLate: halt`.

A suite of JUnit is a dataset, a contract file (`lint`) or a contract (`diff`); a test case is a rule, a problem or a
change. Of a diff a break that is not agreed is a failure, a risk is skipped (with `--strict` a failure as well). Example
rows are in `text`, `json` and `html` alone; what is measured of classified columns is masked as everywhere.

| command |"""


def page() -> str:
    lines = [f"{HEAD} {' | '.join(FORMATS)} |", "| --- " * (len(FORMATS) + 1) + "|"]
    for command, formats in offered(main).items():
        lines.append(f"| `headgate {command}` | {' | '.join('✔' if name in formats else '' for name in FORMATS)} |")
    return "\n".join((*lines, ""))


def offered(group: click.Group) -> dict[str, list[str]]:
    """The formats of each command, by its name."""
    return {
        name: list(option.type.choices)
        for name, command in commands(group).items()
        for option in command.params
        if option.name == "form" and isinstance(option.type, click.Choice)
    }


def commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Every command, by its name with those of its groups."""
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{before}{name} ")
        else:
            found[before + name] = command
    return found
