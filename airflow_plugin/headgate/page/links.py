"""The addresses of views."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below `base`, the path at which the pages are served; with `static`, those of files in a folder, as
    seen from one that is `depth` folders deep.

    `airflow` is the address of Airflow's own pages; empty where there are none.
    """

    base: str = "/headgate"
    airflow: str = ""
    static: bool = False
    depth: int = 0

    def to(self, *parts: object, **query: object) -> str:
        """Return the address of a view: `to()` is home, `to("incidents", 7)` an incident."""
        path = "/".join(quote(str(part), safe="") for part in parts)
        if self.static:
            return "../" * self.depth + (f"{path}.html" if path else "index.html")
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{self.base}/{path}" + (f"?{urlencode(given)}" if given else "")

    def asset(self, name: str) -> str:
        """Return the address of a style or a script."""
        return "../" * self.depth + f"static/{name}" if self.static else f"{self.base}/static/{name}"
