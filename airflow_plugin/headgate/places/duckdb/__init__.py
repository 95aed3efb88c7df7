"""DuckDB: tables of a database file, CSV and Parquet files, and DataFrames."""

from headgate.places.duckdb.places import Files, Frame, Table

__all__ = ["Files", "Frame", "Table"]
