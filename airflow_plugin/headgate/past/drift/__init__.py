"""A dataset against its baseline: pinned bins, counting in them, and how far apart the two are."""
