"""What happened, kept until it is told: the spool, and the delivery of what waits in it."""

from headgate.history.delivery import Delivery, RefusedError, ServerError, deliver
from headgate.history.location import spool_folder
from headgate.history.spool import Entry, Spool

__all__ = ["Delivery", "Entry", "RefusedError", "ServerError", "Spool", "deliver", "spool_folder"]
