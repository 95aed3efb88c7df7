"""Two datasets that must agree: reconciliation, and shadow runs."""
