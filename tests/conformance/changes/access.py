"""Who may read it, where, and whom to ask: roles, servers, team, support."""

from __future__ import annotations

from tests.conformance.changes.row import Row

# fmt: off
CHANGES: list[Row] = [
    ("a role",
     {}, {"contract.roles+": {"role": "writer", "access": "write"}},
     ("role-added SAFE – minor",), ("role-removed BREAK – major",)),
    ("a role's access",
     {}, {"contract.roles.0.access": "write"},
     ("access-widened SAFE – minor",), ("access-reduced BREAK – major",)),
    ("a server",
     {}, {"contract.servers+": {"server": "test", "type": "postgres", "host": "t", "port": 5432, "database": "shop", "schema": "public", "environment": "test"}},
     ("server-added SAFE – minor",), ("server-removed BREAK – major",)),
    ("a server's host",
     {}, {"contract.servers.0.host": "db2"},
     ("server-moved BREAK – major",), ("server-moved BREAK – major",)),
    ("a server's schema",
     {}, {"contract.servers.0.schema": "sales"},
     ("server-moved BREAK – major",), ("server-moved BREAK – major",)),
    ("a server's type",
     {}, {"contract.servers.0.type": "redshift"},
     ("server-moved BREAK – major",), ("server-moved BREAK – major",)),
    ("a server moves, the old one is kept",
     {"contract.servers.0.server": "prod"}, {"contract.servers.0.host": "db2", "contract.servers+": {"server": "old", "type": "postgres", "host": "db", "port": 5432, "database": "shop", "schema": "public", "environment": "prod"}},
     ("server-kept RISK – minor", "server-added SAFE – minor"), ("server-moved BREAK – major", "server-kept RISK – minor")),
    ("the owning team",
     {}, {"contract.team.name": "Sales team"},
     ("owner-changed RISK – minor",), ("owner-changed RISK – minor",)),
    ("a member of the team",
     {}, {"contract.team.members.1.username": "cleo"},
     ("team-changed DOC – patch", "team-changed DOC – patch"), ("team-changed DOC – patch", "team-changed DOC – patch")),
    ("a support channel",
     {}, {"contract.support+": {"channel": "#more"}},
     ("support-added DOC – patch",), ("support-removed RISK – patch",)),
    ("a support channel's url",
     {}, {"contract.support.0.url": "https://b.example"},
     ("support-changed RISK – patch",), ("support-changed RISK – patch",)),
]
