"""`lpc-tui web` in a real browser: `make test-web` runs this in an environment of its own, beside the program's.

It drives the command that `LPC_TUI` names and a headless Chromium, and leaves a picture in `build/browser`.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

PATIENCE_MS = 60_000
PICTURES = Path("build/browser")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a demo that is served, and the process that serves it."""
    environ = {**os.environ, "LPC_TUI_HOME": str(tmp_path)}
    command = [os.environ["LPC_TUI"], "web", "--demo"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("Open ").strip(), process
        process.kill()


@pytest.fixture
def page() -> Iterator[Page]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1200, "height": 800})
        browser.close()


def test_the_demo_is_driven_by_keys_in_a_browser(
    page: Page, served: tuple[str, subprocess.Popen[str]]
) -> None:
    address, process = served
    outside: list[str] = []
    frames: list[str] = []
    page.on(
        "requestfinished",
        lambda request: outside.append(request.url) if address.rsplit("/", 2)[0] not in request.url else None,
    )
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: frames.append(_text(data))),
    )
    page.goto(address)
    page.wait_for_selector("body.-first-byte", timeout=PATIENCE_MS)
    _wait(page, frames, "Start Sync")
    page.locator("#terminal").click()
    page.keyboard.press("F1")
    _wait(page, frames, "Keys here")
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "web.png")
    assert [url for url in outside if not re.match(r"(ws|data|blob):", url)] == []
    process.send_signal(signal.SIGINT)
    page.wait_for_selector("body.-closed", timeout=PATIENCE_MS)
    assert process.wait(60) == 0


def test_nobody_gets_in_without_the_address(page: Page, served: tuple[str, subprocess.Popen[str]]) -> None:
    address, _ = served
    answer = page.goto(address.rsplit("/", 2)[0] + "/")
    assert answer is not None
    assert answer.status == 404


def _text(data: str | bytes) -> str:
    text = data.decode(errors="replace") if isinstance(data, bytes) else data
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def _wait(page: Page, frames: list[str], words: str) -> None:
    """Wait until the UI has drawn these words."""
    for _ in range(PATIENCE_MS // 100):
        if words in "".join(frames):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{words!r} was not drawn")
