"""What the dbt package costs in a build of dbt: see `__main__`."""
