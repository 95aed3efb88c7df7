"""Events under a contract: their gate, their schemas, the registry."""
