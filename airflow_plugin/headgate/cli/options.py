"""What the commands share: options, exit codes, and how arguments become values."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from headgate.contract.find import is_there
from headgate.errors import CallError, ContractError, HeadgateError, TransientError
from headgate.gate import Override
from headgate.render import FORMATS, View, formats_of
from headgate.render.escaping import plain
from headgate.report import Verdict
from headgate.rules import Contract

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.report import Report

BREACH, WRONG, UNKNOWN = 1, 2, 3
# As a shell has them: 128 and the number of the signal.
INTERRUPTED, PIPE_CLOSED = 130, 141
C = TypeVar("C", bound=Callable[..., Any])

policy_option = click.option(
    "--on-breach",
    metavar="POLICY",
    help="In place of the contract's: halt, last_known_good, quarantine, warn, or a comma list.",
)
references_option = click.option(
    "--reference", "references", multiple=True, metavar="DATASET=DATA", help="Where a dataset is that a rule refers to."
)
server_option = click.option("--server", help="Which of the contract's servers.")
examples_option = click.option(
    "--show-examples/--no-examples", default=None, help="Show values of unclassified columns."
)
verbose_option = click.option("--verbose", "-v", is_flag=True, help="List what passed as well.")


_DEFAULT = "text"


class FormatName(click.Choice[str]):
    """The formats of an answer. Formats that are not used are not loaded."""

    name = "format"

    def __init__(self, answer: type) -> None:
        super().__init__([])
        self.answer = answer

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(formats_of(self.answer))

    @choices.setter
    def choices(self, given: Sequence[str]) -> None:
        """They follow from the answer."""

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
        return value if value == _DEFAULT else super().convert(value, param, context)


class FormatOption(click.Option):
    """The option --format, whose help tells what each format is for."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        assert isinstance(self.type, FormatName)
        formats = formats_of(self.type.answer)
        self.help = f"How to print. {'; '.join(f'{name}: {format_.help}' for name, format_ in formats.items())}"
        return super().get_help_record(context)


def format_option(answer: type) -> Callable[[C], C]:
    """Return the option --format of a command: the formats in which its answer is shown."""
    return click.option(
        "--format", "form", cls=FormatOption, type=FormatName(answer), default=_DEFAULT, show_default=True
    )


class Renamed(click.Option):
    """An option whose `old` spellings still work; help and messages do not show them. They are removed after two minor
    versions.

    Give it as `click.option(..., cls=Renamed, old=("--accepted",))`.
    """

    def __init__(self, declarations: Sequence[str], *, old: Sequence[str], **options: Any) -> None:
        super().__init__([*declarations, *old], **options)
        self._old = frozenset(old)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        with self._new_only():
            return super().get_help_record(ctx)

    def get_error_hint(self, ctx: click.Context | None) -> str:
        with self._new_only():
            return super().get_error_hint(ctx)

    @contextmanager
    def _new_only(self) -> Iterator[None]:
        all_ = self.opts
        self.opts = [name for name in all_ if name not in self._old]
        try:
            yield
        finally:
            self.opts = all_


def show(answer: Any, form: str) -> None:
    """Print a command's answer in the chosen format."""
    width = max(80, shutil.get_terminal_size((120, 24)).columns)
    view = View(width=width, colour=sys.stdout.isatty(), at=datetime.now(UTC))
    if text := FORMATS[form].render(answer, view):
        click.echo(text)


def exits(command: Callable[..., int]) -> Callable[..., None]:
    """Turn errors into one clear message and an exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except (CallError, ContractError) as error:
            complain(str(error))
            code = WRONG
        except TransientError as error:
            complain(f"not possible now, try again: {error}")
            code = UNKNOWN
        except HeadgateError as error:
            complain(f"could not be measured: {error}")
            code = UNKNOWN
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        except BrokenPipeError:  # nobody reads on, as under `| head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = PIPE_CLOSED
        except Exception as error:  # whatever it is, it is not a breach
            if isinstance(error, RuntimeError) and "interrupted" in str(error).lower():  # DuckDB's own, in a query
                click.echo("interrupted", err=True)
                sys.exit(INTERRUPTED)
            complain(f"could not be measured: {type(error).__name__}: {error}")
            code = UNKNOWN
        sys.exit(code)

    return run


def complain(message: str) -> None:
    """Print an error. It may have names of others in it, which must not steer a terminal."""
    click.echo("\n".join(plain(line) for line in message.split("\n")), err=True)


def dataset_of(contract: str) -> Dataset:
    path, _, name = ("", "", contract) if is_there(contract, folders=True) else contract.rpartition("#")
    return Contract.load(path or name).only(name if path else None)


def import_from_here() -> None:
    """Let `module:Model` name a model in the working directory, as `python -m` does."""
    sys.path.insert(0, str(Path.cwd()))


def override_of(policy: str | None) -> Any:
    return Override.of([part.strip() for part in policy.split(",")] if policy else None, "command line")


def pairs_of(references: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(reference.partition("=")[::2] for reference in references)
    for name, data in pairs.items():
        if not data:
            raise CallError(f"--reference {name}: write it as DATASET=DATA")
    return pairs


def code_of(report: Report) -> int:
    return UNKNOWN if report.verdict is Verdict.UNKNOWN else BREACH
