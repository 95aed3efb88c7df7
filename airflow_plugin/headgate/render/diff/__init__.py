"""Changes for a terminal, a pull request and GitHub's log."""

from headgate.render.diff.github import github
from headgate.render.diff.markdown import markdown
from headgate.render.diff.text import text

__all__ = ["github", "markdown", "text"]
