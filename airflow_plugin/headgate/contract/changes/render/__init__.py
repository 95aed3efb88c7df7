"""Changes for a terminal, a pull request and GitHub's log."""

from headgate.contract.changes.render.github import github
from headgate.contract.changes.render.markdown import markdown
from headgate.contract.changes.render.text import text

__all__ = ["github", "markdown", "text"]
