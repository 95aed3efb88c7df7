"""CSV files: how one is laid out, and what is wrong with one that cannot be read.

DuckDB is told neither to guess nor to repair. What it needs to know (line end, line breaks in cells, longest row) is
read off the bytes first, so that no row is lost and every fault has a name, a file and a line.
"""
