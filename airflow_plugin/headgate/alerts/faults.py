"""What a delivery could not do, in words."""

from __future__ import annotations

from collections.abc import Iterator

from headgate.alerts.channels import Channels
from headgate.alerts.delivery import Delivered
from headgate.history.waiting import Unrouted
from headgate.plural import agreeing, counted


def faults_of(done: Delivered, channels: Channels) -> Iterator[str]:
    """Yield a line for each channel that failed, and for messages that have none; the words of contracts in it are not
    escaped."""
    for each in done.channels:
        if each.refused:
            yield f"'{each.channel}' refused {counted(each.refused, 'message')} for good"
        if each.error and not each.held:
            yield f"messages for '{each.channel}' wait: {each.error}"
    if done.expired:
        were, are = agreeing(done.expired, "was", "were"), agreeing(done.expired, "is", "are")
        yield f"{counted(done.expired, 'message')} {were} not sent within 7 days, and {are} over by now"
    known = {channel.name for channel in channels.all}
    for queue in done.left.channels:
        if queue.waiting and queue.channel not in known:
            waits = agreeing(queue.waiting, "waits", "wait")
            yield f"{counted(queue.waiting, 'message')} {waits} for '{queue.channel}', which is not configured"
    unrouted = done.left.unrouted
    if unrouted and not channels:
        count = sum(each.waiting for each in unrouted)
        waits = agreeing(count, "waits", "wait")
        yield f"{counted(count, 'message')} {waits}: no channel is configured (HEADGATE_CHANNELS, [headgate] channels)"
    elif unrouted:
        yield from map(_unrouted, unrouted)


def _unrouted(each: Unrouted) -> str:
    waits = agreeing(each.waiting, "waits", "wait")
    wanted = " or ".join(f"'{name}'" for name in (*each.names, "*"))
    who = each.recipient.replace(":", " ")
    return (
        f"{counted(each.waiting, 'message')} {waits} for the {who} of {each.dataset}: configure a channel for {wanted}"
    )
