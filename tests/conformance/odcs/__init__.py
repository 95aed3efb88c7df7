"""A conformance kit for the Open Data Contract Standard: tiny data, one rule, the exact answer, its reading.

The kit knows no tool. `cases` are data, `kit` writes a case as files, an adapter turns what a tool says into an Answer.
"""
