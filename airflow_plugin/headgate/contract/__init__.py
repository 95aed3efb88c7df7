"""What was promised: ODCS contracts, loaded and validated."""

from headgate.contract.model import Contract, Dataset, Property, Server

__all__ = ["Contract", "Dataset", "Property", "Server"]
