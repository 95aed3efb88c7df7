"""Groups of commands in which one is the default."""

from __future__ import annotations

import click


class DefaultGroup(click.Group):
    """Take a first word that is not a command for an argument of the command `default`."""

    def __init__(self, *args: object, default: str, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.default = default

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in context.help_option_names):
            args = [self.default, *args]
        return super().parse_args(context, args)
