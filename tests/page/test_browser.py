"""The browser of the tests finds what is wrong in a page."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import (
    NARROW,
    WIDE,
    chromium,
    complaints,
    findings,
    open_page,
    overflow,
    plugin_frame,
    screenshot,
)

pytestmark = pytest.mark.engines

STYLE = "body { background: #fff; color: #111 } @media (prefers-color-scheme: dark) { body { background: #111; color: #fff } }"
GOOD = f"<!doctype html><html lang=en><title>t</title><style>{STYLE}</style><main><h1>Orders</h1><p>482 hold</p></main>"
# What a page has, and what is found in it.
FAULTS = {
    "nothing is wrong": ("", []),
    "a picture without words": ("<img src='data:,'>", ["critical image-alt"]),
    "a button without a name": ("<button></button>", ["critical button-name"]),
    "an input without a label": ("<input>", ["critical label"]),
    "grey on white": ("<p style='color: #ccc; background: #fff'>stale</p>", ["serious color-contrast"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize(("html", "expected"), FAULTS.values(), ids=FAULTS)
def test_findings(browser: Browser, html: str, expected: list[str]) -> None:
    page = open_page(browser)
    page.set_content(GOOD.replace("</main>", f"{html}</main>"))
    assert [f"{each.impact} {each.rule}" for each in findings(page)] == expected
    page.context.close()


def test_findings_of_a_frame_under_a_policy(browser: Browser) -> None:
    """As of a plugin's page, whose policy allows no script but its own."""
    page = open_page(browser)
    policy = "default-src 'none'; style-src 'self'; script-src 'self'"
    page.route(
        "http://a.example/", lambda each: each.fulfill(content_type="text/html", body="<iframe src=/headgate/x>")
    )
    page.route(
        "http://a.example/headgate/x",
        lambda each: each.fulfill(
            content_type="text/html",
            body=f"{GOOD}<input><script>alert(1)</script>",
            headers={"content-security-policy": policy},
        ),
    )
    said = complaints(page)
    page.goto("http://a.example/")
    assert [each.rule for each in findings(plugin_frame(page))] == ["label"]
    assert [each.partition(":")[0] for each in said] == ["console", "console"], said  # a style and a script, no dialog
    page.context.close()


def test_a_script_that_runs_is_heard(browser: Browser) -> None:
    page = open_page(browser)
    said = complaints(page)
    page.set_content("<img src=x: onerror='alert(7)'>")
    page.wait_for_timeout(200)
    assert "dialog: 7" in said
    page.context.close()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_screenshots_in_light_and_dark(browser: Browser, tmp_path: Path, width: int) -> None:
    page = open_page(browser)
    page.set_content(f"{GOOD}<div style='width: 800px'>wide</div>")
    light, dark = (
        screenshot(page, tmp_path / f"{name}.png", dark=name == "dark", width=width) for name in ("light", "dark")
    )
    assert struct.unpack(">I", light.read_bytes()[16:20]) == (width,)
    assert light.read_bytes() != dark.read_bytes()
    assert (overflow(page) > 0) is (width == NARROW)
    page.context.close()


def test_without_scripts(browser: Browser) -> None:
    page = open_page(browser, scripts=False)
    page.set_content("<noscript>plain</noscript><script>document.body.append('scripted')</script>")
    assert page.inner_text("body") == "plain"
    page.context.close()
