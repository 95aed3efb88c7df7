"""The formats of ODCS's string type, as RE2 patterns that the whole text must match.

A format is checked by its standard's grammar alone, without a lookup: email RFC 5321 (as browsers do), uuid RFC 9562,
uri RFC 3986 (absolute), hostname RFC 1123, ipv4 and ipv6 RFC 4291 without zones, byte RFC 4648 (base64), date, time and
date-time RFC 3339 (a time has a zone; a day is one that its month has; a leap second is allowed).
"""

from __future__ import annotations

_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(\.{_OCTET}){{3}}"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HEX = r"[0-9A-Fa-f]{1,4}"
_TAIL = rf"({_HEX}:{_HEX}|{_IPV4})"
# All places that the "::" of an IPv6 address can have (RFC 3986, appendix A).
_IPV6 = "|".join(
    (
        rf"({_HEX}:){{6}}{_TAIL}",
        rf"::({_HEX}:){{5}}{_TAIL}",
        rf"({_HEX})?::({_HEX}:){{4}}{_TAIL}",
        rf"(({_HEX}:){{0,1}}{_HEX})?::({_HEX}:){{3}}{_TAIL}",
        rf"(({_HEX}:){{0,2}}{_HEX})?::({_HEX}:){{2}}{_TAIL}",
        rf"(({_HEX}:){{0,3}}{_HEX})?::{_HEX}:{_TAIL}",
        rf"(({_HEX}:){{0,4}}{_HEX})?::{_TAIL}",
        rf"(({_HEX}:){{0,5}}{_HEX})?::{_HEX}",
        rf"(({_HEX}:){{0,6}}{_HEX})?::",
    )
)
_URI_CHARACTER = r"([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})"

_YEAR_OF_366 = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DATE = (
    r"([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_YEAR_OF_366}-02-29)"
)
_HOUR = r"([01][0-9]|2[0-3])"
_TIME = rf"{_HOUR}:[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]{_HOUR}:[0-5][0-9])"

# name: (what a value is, in words; pattern)
FORMATS = {
    "email": ("an e-mail address", rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(\.{_LABEL})*"),
    "uuid": ("a UUID", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    "uri": ("a URI", rf"[A-Za-z][A-Za-z0-9+.\-]*:{_URI_CHARACTER}+"),
    "hostname": ("a host name", rf"{_LABEL}(\.{_LABEL})*"),
    "ipv4": ("an IPv4 address", _IPV4),
    "ipv6": ("an IPv6 address", _IPV6),
    "date": ("a date", _DATE),
    "time": ("a time with its zone", _TIME),
    "date-time": ("a date and time with its zone", rf"{_DATE}[Tt]{_TIME}"),
    "byte": ("base64", r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
}
# These say how a text is meant or shown; every text keeps them.
HINTS = frozenset({"password", "binary"})


def pattern(name: str) -> str:
    """Return the RE2 pattern of the format `name`, anchored."""
    return f"^({FORMATS[name][1]})$"
