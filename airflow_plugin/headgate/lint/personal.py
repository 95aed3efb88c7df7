"""What looks personal: lint asks about a classification, and a draft neither shows nor describes the values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

# Words of a column's name, pairs of words, and stems that give it away inside a longer word.
_WORDS = frozenset((
    "name", "names", "email", "mail", "phone", "tel", "fax", "mobile", "address", "addr", "street", "zip", "postcode",
    "ssn", "iban", "bic", "swift", "dob", "nin", "tin", "taxid", "nationalid", "ip", "login", "passport", "birth",
    "born", "surname", "nickname", "signature", "salary", "income", "gender", "religion",
))  # fmt: skip
_PAIRS = frozenset({("tax", "id"), ("national", "id")})
_STEMS = (
    "email", "phone", "address", "street", "birth", "passport", "firstname", "lastname", "fullname", "surname",
    "username", "customername", "contactname", "socialsecurity", "iban", "creditcard", "cardnumber", "postalcode",
    "vorname", "nachname", "strasse", "geburt", "telefon", "telephone", "maiden", "password",
)  # fmt: skip
_CONTENT = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+"),
    "telephone numbers": re.compile(
        r"(\+|00?)[1-9][0-9 ()/.-]{6,18}[0-9]|\(?[0-9]{3}\)?[-. /][0-9]{3,4}[-. ][0-9]{3,4}"
    ),
    "IBANs": re.compile(r"[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?"),
    "card numbers": re.compile(r"[0-9]{4}([ -]?[0-9]{4}){3}"),
    "social security numbers": re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}"),
    "IP addresses": re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}"),
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+|(?<=[A-Z])(?=[A-Z][a-z])")
_SHARE = 0.05
_ANSWERS = frozenset({"yes", "no", "true", "false"})


def words(name: str) -> list[str]:
    """The words of a column's name: customerID and customer_id are both customer, id."""
    return [word.lower() for word in _CAMEL.split(name) if word]


def named(name: str) -> bool:
    """Whether a column's name says that its values are personal."""
    found = words(name)
    joined = "".join(found)
    return (
        not _WORDS.isdisjoint(found) or not _PAIRS.isdisjoint(pairwise(found)) or any(stem in joined for stem in _STEMS)
    )


def content(values: Sequence[str], share: float = _SHARE) -> str | None:
    """What more than `share` of `values` look like, if that is personal."""
    for what, pattern in _CONTENT.items():
        hits = sum(1 for value in values if pattern.fullmatch(value.strip()))
        if hits and hits > share * len(values):
            return what
    return None


def is_prose(values: Sequence[str]) -> bool:
    """Whether `values` are free text, which may hold anything: a third of several words."""
    return 3 * sum(1 for value in values if " " in value.strip()) > len(values)


def is_answer(values: Sequence[str]) -> bool:
    """Whether `values` are answers to a yes or no question, which say little about a person."""
    words = {value.strip().lower() for value in values}
    return bool(words) and (words <= _ANSWERS or words == {"y", "n"})
