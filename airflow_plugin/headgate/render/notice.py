"""The words of a message about incidents."""

from __future__ import annotations

from headgate.incidents import Notice


def subject(notice: Notice) -> str:
    """Return one line: the dataset, and what became of which promise."""
    statements = ", ".join(each.incident.broken.statement for each in notice.about)
    return f"{notice.concern.dataset}: {statements}: {notice.told.replace('_', ' ')}"


def text(notice: Notice) -> str:
    """Return the message."""
    return subject(notice)
