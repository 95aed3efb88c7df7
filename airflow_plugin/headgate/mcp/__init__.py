"""An MCP server (Model Context Protocol, stdio) that tells agents what contracts, ledgers and history say of datasets.

It reads only, takes names of datasets and never a path or a URL, and gives no value of the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.mcp.server import server_of

__all__ = ["server_of"]

__getattr__ = lazily(__name__, {"server_of": f"{__name__}.server:server_of"})
