"""What a person sees of `dags/examples/quarantine_with_approval.py`: the pictures of docs/approval.md.

    python -m tests.support.screenshots [FOLDER]

starts an Airflow, runs the example, answers its question in the browser, and writes docs/images/*.png anew. It needs
Chromium and the dependency group `pictures`, and takes two minutes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.support.airflow_server import Airflow, airflow

ROOT = Path(__file__).parents[2]
DAG = "quarantine_with_approval"
WIDTH, HEIGHT = 1280, 720
LINKS = {
    "AIRFLOW__HEADGATE__REPORT_URL": "https://reports.example.com/{path}",
    "AIRFLOW__HEADGATE__CONTRACT_URL": "https://github.com/acme/data/blob/{commit}/{path}#L{line}",
}


def main(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium: install the package chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        home = Path(name)
        reports = {"AIRFLOW__HEADGATE__REPORTS_FOLDER": str(home / "reports")}
        with airflow(home / "airflow", _examples(home / "dags"), **LINKS, **reports) as server:
            server.wait(lambda: server.call("GET", "dags")["total_entries"] == 7, "the DAGs")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            _log_in(page, server, "user")
            for shot in _walk(page, server):
                (folder / f"{shot}.png").write_bytes(small(page.screenshot()))
            browser.close()


def _examples(folder: Path) -> Path:
    """A copy of the examples in a git repository, so that there is a link to the contract."""
    ignored = shutil.ignore_patterns("data", "__pycache__")
    shutil.copytree(ROOT / "dags" / "examples", folder / "examples", ignore=ignored)
    who = ["git", "-C", str(folder), "-c", "user.name=example", "-c", "user.email=example@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "contracts"]):
        subprocess.run([*who, *command], check=True)
    return folder


def _log_in(page: Any, server: Airflow, person: str) -> None:
    page.goto(f"{server.url}/auth/login")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", person)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/auth/" not in url)


def _walk(page: Any, server: Airflow) -> Iterator[str]:
    """Go through the pages as a person does; the name of each is given while it is shown."""
    run = server.start(DAG, bad_rows=2)
    server.wait_for_task(DAG, run, "approve", "awaiting_input", "deferred")
    at = f"{server.url}/dags/{DAG}/runs/{run}"

    def show(path: str, text: str) -> None:
        page.goto(path)
        page.get_by_text(text).first.wait_for()
        page.wait_for_timeout(1500)  # the rest of the page comes by and by

    show(f"{at}/tasks/publish", "owner: Shop team")
    yield "1-notice"
    show(at, "Awaiting Input")
    yield "2-run"
    show(f"{at}/tasks/approve/required_actions", "although they break")
    page.locator("[name=element_why]").fill("wholesale orders, checked with sales")
    page.wait_for_timeout(1500)
    yield "3-question"
    page.get_by_role("button", name="Approve").click()
    server.wait_for_task(DAG, run, "verdict", "success", "failed")
    show(f"{at}/tasks/release", "approved by user")
    yield "4-released"
    show(f"{at}/tasks/approve/required_actions", "Response received")
    yield "5-answer"
    show(f"{at}/tasks/publish/details", "Extra Links")
    yield "6-links"


def small(png: bytes, colors: int = 256) -> bytes:
    """The picture in so few colours."""
    from PIL import Image

    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(colors).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
