"""The version number of a contract, against what its changes demand (semver.org)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from headgate.changes.change import Bump

_SEMVER = re.compile(
    r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?\Z",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Version:
    numbers: tuple[int, int, int]
    prerelease: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Version | None:
        match = _SEMVER.match(text)
        if match is None or any(len(match[i]) > 20 for i in (1, 2, 3)):
            return None
        return cls((int(match[1]), int(match[2]), int(match[3])), tuple(match[4].split(".")) if match[4] else ())

    @property
    def precedence(self) -> tuple[object, ...]:
        """Semver's order: a prerelease stands before its release, numbers before words."""
        parts = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in self.prerelease)
        return (*self.numbers, 0 if parts else 1, parts)

    def raised(self, bump: Bump) -> str:
        major, minor, patch = self.numbers
        match bump:
            case Bump.MAJOR if major > 0:
                return f"{major + 1}.0.0"
            case Bump.MAJOR | Bump.MINOR:
                return f"{major}.{minor + 1}.0"
            case _:
                return f"{major}.{minor}.{patch + 1}"


def given(old: Version, new: Version) -> Bump:
    """The bump from `old` to `new`. Before 1.0.0 nothing is promised to stay: there a minor bump counts as a major."""
    if new.precedence <= old.precedence:
        return Bump.NONE
    if old.prerelease and new.numbers == old.numbers:  # 2.0.0-rc.1 to 2.0.0: what 2.0.0 may change
        return Bump.PATCH if new.numbers[2] else Bump.MINOR if new.numbers[1] else Bump.MAJOR
    if new.numbers[0] > old.numbers[0]:
        return Bump.MAJOR
    if new.numbers[1] > old.numbers[1]:
        return Bump.MINOR if old.numbers[0] else Bump.MAJOR
    return Bump.PATCH


def wrong(old: str, new: str, demanded: Bump) -> str:
    """What is wrong with the new version's number, or nothing."""
    before, after = Version.of(old), Version.of(new)
    if before is not None and after is not None:
        if after.precedence < before.precedence:
            return f"the version goes down, from {old} to {new}"
        found = given(before, after)
        if found >= demanded:
            return ""
        said = "is the old one" if found is Bump.NONE else f"is a {found} bump"
        return f"the version {new} {said}; the changes demand a {demanded} one: {before.raised(demanded)}"
    if demanded is Bump.NONE:
        return ""
    text = old if before is None else new
    if before is None and after is not None and old != new:
        return ""  # the first version that can be compared
    return f"the version {text} is not a semantic version (1.2.3); the changes demand a {demanded} bump"
