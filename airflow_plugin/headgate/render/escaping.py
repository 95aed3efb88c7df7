"""Text of contracts and data where it must mean nothing: on a terminal, in Markdown, in XML."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Everything that Markdown, GitHub's links or its mentions give a meaning to.
_MEANING = re.compile(r"""[^\w\s.,;%/?"'=+→–…·-]|_|www\.""")
# What no document of XML 1.0 can hold, escaped or not.
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def plain(text: object) -> str:
    """Without control characters: neither a contract nor data may steer a terminal."""
    return _CONTROL.sub("·", str(text))


def markdown(text: object) -> str:
    """Text of a contract, which says nothing to Markdown, HTML or GitHub."""
    return _MEANING.sub(lambda m: "".join(f"&#{ord(c)};" for c in m[0]), plain(text))


def code(text: object) -> str:
    """As code in Markdown: GitHub notifies nobody who is mentioned there."""
    return f"<code>{markdown(text)}</code>" if str(text) else ""


def xml(text: object) -> str:
    """Text in one line that a document of XML can hold; its markup is escaped by who writes the document."""
    return _NO_XML.sub("·", plain(text))


def mermaid(text: object) -> str:
    """Text between the quotes of a label of Mermaid, where what has a meaning is written as its number."""
    return re.sub(r"[^\w\s.,/+=→…·-]", lambda m: "".join(f"#{ord(c)};" for c in m[0]), plain(text))
