"""Which channels are configured, who is told where, and what is said of a configuration that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from headgate.alerts import Channels, channels_of
from headgate.errors import ConfigurationError

HOOK = "https://hooks.example.com/services/s3cret"
SHOP, BOTH = "#shop https://chat.example.com/shop", ("#shop https://chat.example.com/shop", "Shop team")

# the configuration, what a recipient may be called, and the channels: None where there are none
ROUTES = [
    ({"#shop": HOOK}, BOTH, ["#shop"]),
    ({"#shop": HOOK, "Shop team": HOOK, "*": HOOK}, BOTH, ["#shop", "Shop team"]),
    ({"shop TEAM ": HOOK}, BOTH, ["shop TEAM "]),
    ({"https://chat.example.com/shop": HOOK}, BOTH, ["https://chat.example.com/shop"]),
    ({SHOP: HOOK}, BOTH, [SHOP]),
    ({"#shop": [HOOK, "apprise:mailto://u:p@example.com"], "*": HOOK}, BOTH, ["#shop", "#shop#2"]),
    ({"#shop": HOOK, "*": HOOK}, ("risk",), ["*"]),
    ({"#shop": HOOK}, ("risk",), None),
    ({"#shop": HOOK, "risk": []}, ("risk",), []),
    ({"#shop": HOOK, "*": []}, ("risk",), []),
    ({"risk": [], "risk@example.com": HOOK, "*": HOOK}, ("risk@example.com", "risk"), ["risk@example.com"]),
    ({"*": HOOK}, (), ["*"]),
]


def named(channels: Channels, names: tuple[str, ...]) -> list[str] | None:
    found = channels.of(names)
    return None if found is None else [channel.name for channel in found]


@pytest.mark.parametrize(("given", "names", "expected"), ROUTES)
def test_who_is_told_where(given: dict[str, Any], names: tuple[str, ...], expected: list[str] | None) -> None:
    assert named(channels_of(json.dumps(given)), names) == expected


def test_where_it_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not channels_of()
    (tmp_path / "channels.json").write_text(json.dumps({"#shop": HOOK}))
    monkeypatch.setenv("HEADGATE_CHANNELS", str(tmp_path / "channels.json"))
    assert named(channels_of(), BOTH) == ["#shop"]
    assert named(channels_of(json.dumps({"*": HOOK})), BOTH) == ["*"]


def test_what_only_airflow_reaches_has_a_name_elsewhere() -> None:
    channels = channels_of(json.dumps({"a": "conn:slack", "b": {"notifier": "x.Y", "text": "{{ text }}"}}))
    assert [(channel.name, channel.open) for channel in channels.all] == [("a", None), ("b", None)]


ONE_OF = "expected 'https://…', 'apprise:URL', or in Airflow 'conn:ID' or {\"notifier\": \"module.Class\", …}, or a list of these"
# the configuration, and what is said; nothing of it has the secret
WRONG = [
    (HOOK, 'C is not a JSON object {"name": target}, nor the path of a file with one'),
    (f'"{HOOK}"', 'C is not a JSON object {"name": target}, nor the path of a file with one'),
    ("/nowhere/c.json", "C: the file /nowhere/c.json cannot be read: No such file or directory"),
    (f'{{"a": "{HOOK}"', "C is not a JSON object {\"name\": target}, nor the path of a file with one: "
     "Expecting ',' delimiter in line 1, column 50"),
    (f'{{"a": "{HOOK}", "a": "{HOOK}"}}', "C: 'a' is there twice"),
    ({"a": HOOK, " A": HOOK}, "C: the name ' A' is the same as 'a'"),
    ({"": HOOK}, "C: the name '' is empty"),
    ({"a": [HOOK, HOOK], "a#2": HOOK}, "C: two channels are called 'a#2'; rename one of them"),
    ({"a": "s3cret"}, f"C: 'a' is a text; {ONE_OF}"),
    ({"a": ""}, f"C: 'a' is empty; {ONE_OF}"),
    ({"a": 7}, f"C: 'a' is a number; {ONE_OF}"),
    ({"a": None}, f"C: 'a' is null; {ONE_OF}"),
    ({"a": [HOOK, [HOOK]]}, f"C: 'a#2' is a list in a list; {ONE_OF}"),
    ({"a": "slack://s3cret"}, f"C: 'a' is 'slack:***'; {ONE_OF}"),
    ({"a": "https:s3cret"}, "C: 'a' is 'https:***'; expected a URL with a host"),
    ({"a": "https://h:s3cret/x"}, "C: 'a' is 'https:***'; expected a URL with a host"),
    ({"a": "https://h/s3cret x"}, "C: 'a' is 'https:***'; expected a URL with a host"),
    ({"a": "apprise:s3cret"}, "C: 'a' is 'apprise:***'; expected 'apprise:' and a URL of Apprise, such as apprise:mailto://…"),
    ({"a": "conn:"}, f"C: 'a' is 'conn:***'; {ONE_OF}"),
    ({"a": {"text": "s3cret"}}, "C: 'a' is an object; expected {\"notifier\": \"module.Class\", …} with the arguments of the class"),
    ({"a": {"notifier": "x.Y", "each": "day"}}, 'C: \'a\' is an object; expected "each": "message" or "incident"'),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_is_wrong_is_said(given: Any, said: str) -> None:
    text = given if isinstance(given, str) else json.dumps(given)
    with pytest.raises(ConfigurationError) as raised:
        channels_of(text, source="C")
    assert str(raised.value) == said
    assert "s3cret" not in said
    assert "s3cret" not in repr(raised.value.__cause__)
