"""What a person sees in Marquez after each outcome: the pictures of docs/lineage.md.

    python -m tests.support.marquez_pictures

runs tests/airflow/test_lineage_pages.py, whose real runs write the pages, and writes docs/images/lineage-*.png anew. It
needs Chromium and the dependency group `pictures`, and takes a minute.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.screenshots import small

ROOT = Path(__file__).parents[2]
WIDTH = 1280


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium: install the package chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/airflow/test_lineage_pages.py"]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"HEADGATE_PICTURES": folder}, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for source in sorted(Path(folder).glob("*.html")):
            page = browser.new_page(viewport={"width": WIDTH, "height": 200})
            page.goto(source.as_uri())
            picture = ROOT / "docs" / "images" / f"lineage-{source.stem}.png"
            picture.write_bytes(small(page.screenshot(full_page=True), colors=64))
            print(picture.relative_to(ROOT), picture.stat().st_size)
        browser.close()


if __name__ == "__main__":
    main()
