"""What surrounds a run, beside its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headgate.naming import PlaceName
from headgate.report import serial


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a report does not say of a run, and incidents need to know.

    `slot` is what of the dataset the run is about, as a partition, a condition or the index of a mapped task; empty
    where it is about all of it. `own`: the place is where the contract says that readers find the data. `passes`: what
    is broken does not stop what comes after. `upstream` are the places that the data was made from. `link` is where the
    log of the run is.
    """

    slot: str = ""
    own: bool = False
    passes: bool = False
    upstream: tuple[PlaceName, ...] = ()
    link: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            "slot": self.slot,
            "own": self.own,
            "passes": self.passes,
            "upstream": [serial.place_dict(each) for each in self.upstream],
            "link": self.link,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Surroundings:
        """Return what `to_dict` gave; nothing is known from a version that did not write it."""
        if not value:
            return NOWHERE
        places = (serial.place_from(each) for each in value["upstream"])
        upstream = tuple(place for place in places if place is not None)
        return cls(value["slot"], value["own"], value["passes"], upstream, value["link"])


NOWHERE = Surroundings()
