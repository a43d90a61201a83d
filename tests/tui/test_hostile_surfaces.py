"""Five hundred hostile texts through everything that the UI shows: inert, in their place, and still to be read (law 13)."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from textual._compositor import Compositor
from textual.pilot import Pilot

from lpc_tui.plain import cells, fit, plain
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.run_dialogs import StartDialog
from tests.tui.every_screen import screens_of_ours
from tests.tui.hostile import CORPUS, LABEL, assert_inert, legible
from tests.tui.surfaces import MODULES, SURFACES, Surface


class Watch:
    """Looks at screens, and remembers which texts could be read on them."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._wanted: set[str] = set()

    async def __call__(self, pilot: Pilot[None], texts: Sequence[str] = (), width: int = 0) -> None:
        """Every line is as wide as the screen, and does nothing to a terminal; also where a label is broken in two, it is
        found."""
        await pilot.pause()
        screen = pilot.app.screen
        strips = screen._compositor.render_strips()
        assert len(strips) == screen.size.height
        for strip in strips:
            assert strip.cell_length == screen.size.width
            assert_inert(strip.text, breaks="")
        self._seen.update(LABEL.findall("\n".join(strip.text for strip in strips)))
        self._seen.update(LABEL.findall("".join(strip.text.strip(" │┃|") for strip in strips)))
        self._wanted |= legible(texts, width)

    @property
    def missing(self) -> Sequence[str]:
        """The texts that were to be read, and were not."""
        return sorted(self._wanted - self._seen)


@pytest.mark.parametrize(
    "text", ["नमस्ते", "क्\u200dष", "👩\u200d💻", "👍🏿", "❤\ufe0f", "🫨", "한글 \u1112\u1161\u11ab"]
)
def test_what_is_rare_is_as_wide_as_textual_counts_it(text: str) -> None:
    assert cells(plain(text)) == cell_len(plain(text))


def test_hostile_texts_are_as_wide_as_textual_counts_them() -> None:
    for text in CORPUS:
        for shown in (plain(text), plain(text, 11), fit(text, 23)):
            assert cells(shown) == cell_len(shown)


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.__name__)
async def test_five_hundred_hostile_texts_are_shown_inert_in_their_place_and_legible(
    surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Compositor, "render_update", lambda *_, **__: None)  # drawn when it is looked at
    watch = Watch()
    await surface(CORPUS, watch)
    assert not watch.missing


def test_no_screen_is_forgotten() -> None:
    visited = "\n".join(inspect.getsource(module) for module in MODULES)
    forgotten = {each.__name__ for each in screens_of_ours() if f"(pilot, {each.__name__})" not in visited}
    assert forgotten == {MainScreen.__name__, StartDialog.__name__}, (
        "the first is where every surface begins, the second shows nothing that others wrote"
    )
