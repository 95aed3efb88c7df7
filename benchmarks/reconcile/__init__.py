"""Rows of PostgreSQL compared with those of DuckDB: what each way of finding the differences costs."""
