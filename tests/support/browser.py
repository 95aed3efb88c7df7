"""A real Chromium, what it shows of Airflow's pages and of files, and what axe-core finds in them.

Wait with `page.wait_for_timeout`, never with `time.sleep`: while that sleeps, no frame of the page goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from tests.support.parts import missing

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
WIDE, NARROW, HEIGHT = 1280, 420, 900
SECONDS = 60
SERIOUS = ("serious", "critical")
_RUN = """async () => (await axe.run(document, {resultTypes: ['violations'], iframes: false})).violations.map(
    each => [each.id, each.impact, each.help, each.nodes.map(node => node.target.flat().join(' '))])"""


@dataclass(frozen=True)
class Finding:
    """A rule of axe-core that elements break: minor, moderate, serious or critical."""

    rule: str
    impact: str
    help: str
    elements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.impact} {self.rule}: {self.help}: {len(self.elements)} × ({', '.join(self.elements[:3])})"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a window; a missing one is a failure in CI, else a skip."""
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    if found is None:
        missing("no Chromium: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, *, dark: bool = False, width: int = WIDE, scripts: bool = True) -> Page:
    """A page of somebody of their own: who is logged in on one is not on another. Close it by `page.context.close()`."""
    scheme = "dark" if dark else "light"
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, java_script_enabled=scripts
    )
    context.set_default_timeout(1000 * SECONDS)
    return context.new_page()


def complaints(page: Page) -> list[str]:
    """A list that grows with what the page says from now on: errors of scripts, what its policy blocks, dialogs."""
    said: list[str] = []
    page.on("console", lambda each: said.append(f"console: {each.text}") if each.type == "error" else None)
    page.on("pageerror", lambda each: said.append(f"error: {each}"))
    page.on("dialog", lambda each: (said.append(f"dialog: {each.message}"), each.dismiss()))
    return said


def log_in(page: Page, url: str, person: str) -> None:
    """Log in to Airflow as somebody whose password is their name."""
    page.goto(f"{url}/auth/login")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", person)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda at: "/auth/login" not in at)


def plugin_frame(page: Page, path: str = "/headgate/", seconds: float = SECONDS) -> Frame:
    """The frame in which Airflow shows a plugin's page, by how its path begins, once it is loaded."""
    for _ in range(round(10 * seconds)):
        for frame in page.frames:
            if urlsplit(frame.url).path.startswith(path) and frame is not page.main_frame:
                frame.wait_for_load_state("load")
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"no frame of {path} in {[frame.url for frame in page.frames]}")


def findings(where: Page | Frame, impacts: tuple[str, ...] = SERIOUS) -> tuple[Finding, ...]:
    """What axe-core finds in a page or a frame, without what is in frames below it."""
    where.evaluate(AXE_SCRIPT)
    found = (Finding(rule, impact, said, tuple(nodes)) for rule, impact, said, nodes in where.evaluate(_RUN))
    return tuple(each for each in found if each.impact in impacts)


def overflow(where: Page | Frame) -> int:
    """By how many pixels a document is wider than its window."""
    return int(where.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def screenshot(page: Page, file: Path, *, dark: bool = False, width: int = WIDE, whole: bool = False) -> Path:
    """Write a picture of the page as it is in light or dark and at a width; `whole`: also of what is below the window."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.wait_for_timeout(300)
    page.screenshot(path=file, full_page=whole)
    return file
