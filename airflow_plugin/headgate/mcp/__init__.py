"""An MCP server (Model Context Protocol, stdio) that tells agents what contracts, ledgers and history say of datasets.

It reads only, takes names of datasets and never a path or a URL, and gives no value of the data.
"""
