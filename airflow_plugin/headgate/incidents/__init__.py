"""Incidents: one open breach of one promise, shared by producer and consumers, closed when the promise holds again."""

from headgate.incidents.finding import Act, Broken, Deed, Effect, Finding, Kind, Severity
from headgate.incidents.fold import REOPENS_WITHIN, Lines, fold
from headgate.incidents.incident import Closing, Episode, Hold, Incident, Slot, incident_key
from headgate.incidents.notice import CONSUMER, OWNER, Concern, Mark, Notice, Standing, Told, due, recipients

__all__ = [
    "CONSUMER",
    "OWNER",
    "REOPENS_WITHIN",
    "Act",
    "Broken",
    "Closing",
    "Concern",
    "Deed",
    "Effect",
    "Episode",
    "Finding",
    "Hold",
    "Incident",
    "Kind",
    "Lines",
    "Mark",
    "Notice",
    "Severity",
    "Slot",
    "Standing",
    "Told",
    "due",
    "fold",
    "incident_key",
    "recipients",
]
