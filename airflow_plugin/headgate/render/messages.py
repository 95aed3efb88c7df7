"""What became of messages about incidents, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headgate.report import serial

if TYPE_CHECKING:
    from headgate.alerts import Delivered
    from headgate.history.waiting import ChannelQueue, Unrouted


def delivered_dict(done: Delivered) -> dict[str, Any]:
    """Return what a delivery did, and what waits after it."""
    return {
        "delivered": done.delivered,
        "refused": done.refused,
        "expired": done.expired,
        "waiting": done.waiting,
        "channels": [_queue(each) for each in done.left.channels],
        "unrouted": [_unrouted(each) for each in done.left.unrouted],
    }


def _queue(each: ChannelQueue) -> dict[str, Any]:
    return {
        "channel": each.channel,
        "waiting": each.waiting,
        "since": serial.moment_text(each.since),
        "error": each.error or None,
        "retry_at": serial.moment_text(each.retry_at),
        "refused": each.refused,
        "refusal": each.refusal or None,
    }


def _unrouted(each: Unrouted) -> dict[str, Any]:
    return {
        "dataset": each.dataset,
        "recipient": each.recipient,
        "names": list(each.names),
        "waiting": each.waiting,
        "since": serial.moment_text(each.since),
    }
