"""A dataset against its own past: baselines and drift, what is normal of a day, and what a model answered."""
