"""Alerts: the messages about incidents on their way to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.alerts.channels import EMPTY, Channel, Channels, channels_of, configured
from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.alerts.delivery import ChannelDelivery, Delivered, deliver
    from headgate.alerts.faults import faults_of
    from headgate.alerts.listener import flush_messages, send_due

__all__ = [
    "EMPTY",
    "Channel",
    "ChannelDelivery",
    "Channels",
    "Delivered",
    "channels_of",
    "configured",
    "deliver",
    "faults_of",
    "flush_messages",
    "send_due",
]

_HOMES = {
    "ChannelDelivery": "delivery",
    "Delivered": "delivery",
    "deliver": "delivery",
    "faults_of": "faults",
    "flush_messages": "listener",
    "send_due": "listener",
}

__getattr__ = lazily(__name__, {name: f"headgate.alerts.{module}:{name}" for name, module in _HOMES.items()})
