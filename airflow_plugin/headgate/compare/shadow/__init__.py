"""Shadow runs: a candidate on production's inputs, in a place of its own, compared with what production made."""
