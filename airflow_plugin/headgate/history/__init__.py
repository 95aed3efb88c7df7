"""What happened, kept until it is told: the spool, and the delivery of what waits in it."""

from headgate.history.delivery import Delivery, RefusedError, ServerError, deliver
from headgate.history.location import default_folder, spool_folder
from headgate.history.spool import Entry, Spool

__all__ = ["Delivery", "Entry", "RefusedError", "ServerError", "Spool", "default_folder", "deliver", "spool_folder"]
