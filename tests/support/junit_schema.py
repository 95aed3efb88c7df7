"""The XML schema of Ant's JUnit task, as the stricter readers of CI have it, written out as a table.

What Jenkins' junit-10.xsd refuses of it (attributes that it does not know) is not in the table either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

INTEGER, DECIMAL, TOKEN, TEXT = r"[0-9]+", r"[0-9]+(\.[0-9]+)?", r"(?s).*\S.*", r"(?s).*"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"


@dataclass(frozen=True)
class Kind:
    """An element: the attributes that it must and may have, and what is in it, as a pattern of the names in order."""

    must: dict[str, str] = field(default_factory=dict)
    may: dict[str, str] = field(default_factory=dict)
    inside: str = ""


KINDS = {
    "testsuites": Kind(inside=r"(testsuite )*"),
    "testsuite": Kind(
        {"id": INTEGER, "package": TOKEN, "name": TOKEN, "timestamp": MOMENT, "hostname": TOKEN, "tests": INTEGER,
         "failures": INTEGER, "errors": INTEGER, "time": DECIMAL},
        {"skipped": INTEGER},
        r"properties (testcase )*system-out system-err ",
    ),
    "properties": Kind(inside=r"(property )*"),
    "property": Kind({"name": TOKEN, "value": TEXT}),
    "testcase": Kind({"name": TOKEN, "classname": TOKEN, "time": DECIMAL}, {}, r"(skipped |error |failure )?"),
    "skipped": Kind({}, {"message": TEXT}),
    "error": Kind({"type": TEXT}, {"message": TEXT}),
    "failure": Kind({"type": TEXT}, {"message": TEXT}),
    "system-out": Kind(),
    "system-err": Kind(),
}  # fmt: skip


def faults(document: str) -> list[str]:
    """What the schema refuses in a document, and counts of a suite that are not those of its cases."""
    root = ElementTree.fromstring(document)
    found = [] if root.tag == "testsuites" else [f"the root is {root.tag}"]
    for element in root.iter():
        found += _faults(element)
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        counts = {"tests": len(cases)} | {
            name: sum(case.find(tag) is not None for case in cases)
            for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
        }
        found += [f"{name} is {suite.get(name)}, not {n}" for name, n in counts.items() if suite.get(name) != str(n)]
    return found


def _faults(element: Element) -> list[str]:
    kind = KINDS.get(element.tag)
    if kind is None:
        return [f"<{element.tag}>"]
    known = kind.must | kind.may
    found = [f"{element.tag} lacks {name}" for name in kind.must.keys() - element.attrib.keys()]
    found += [f"{element.tag} has {name}" for name in element.attrib.keys() - known.keys()]
    found += [
        f"{element.tag}.{name} is {value!r}"
        for name, value in element.attrib.items()
        if name in known and not re.fullmatch(known[name], value)
    ]
    if not re.fullmatch(kind.inside, "".join(f"{child.tag} " for child in element)):
        found.append(f"{element.tag} holds {[child.tag for child in element]}")
    return found
