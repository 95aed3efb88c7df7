"""Other tools: a module each, which runs in an environment of its own and reads nothing of ours but the checks."""
