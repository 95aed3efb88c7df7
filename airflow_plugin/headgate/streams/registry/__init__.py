"""The registry of schemas: a client, and the words of registry and contract beside each other."""

from headgate.streams.registry.address import Address, address_of
from headgate.streams.registry.client import Answer, Reference, Registered, Registry, SchemaText
from headgate.streams.registry.transport import RefusedError

__all__ = ["Address", "Answer", "Reference", "RefusedError", "Registered", "Registry", "SchemaText", "address_of"]
