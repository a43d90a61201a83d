"""What the person is told and asked about the settings: a change on disk, a clash, a refusal, edits that are not saved.

`app` holds one for its life and runs what asks something as a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import App
from textual.content import Content

from lpc_tui.errors import LpcError, SettingsError
from lpc_tui.settings_keys import value_of
from lpc_tui.tui.commands import problem_words
from lpc_tui.tui.messages import SettingAsked
from lpc_tui.tui.plain import prose
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.question import OK, Answer, Question
from lpc_tui.tui.setting_words import full_name, problem_reason, value_words
from lpc_tui.tui.settings_binding import Reloaded, SettingsBinding
from lpc_tui.tui.staging import Collision

__all__ = ["SettingsFlow"]

_BACK = Answer("back", "b", "Back")
_KEPT = "Your edits are kept here, unsaved."


class SettingsFlow:
    """The settings of the app, between the file, the forms and the person."""

    def __init__(
        self,
        app: App[None],
        main: MainScreen,
        binding: SettingsBinding,
        show_error: Callable[[LpcError, str], None],
    ) -> None:
        """`show_error` shows an error, with a further sentence."""
        self._app = app
        self._main = main
        self._binding = binding
        self._show_error = show_error
        self._is_looking = False

    def show(self) -> None:
        """Show the settings as they are now."""
        problem = self._binding.problem
        words = None
        if problem is not None:
            kept = f"\n{_KEPT}" if self._binding.staging.is_dirty else ""
            words = problem_words(problem) + Content(kept)
        self._main.show_problem(words)
        self._main.show_settings()

    async def look(self) -> None:
        """Show the settings file as it is now, if another program changed it."""
        if self._is_looking:
            return
        self._is_looking = True
        try:
            reloaded = await self._binding.look()
        finally:
            self._is_looking = False
        if reloaded is not None:
            self.show()
            if self._binding.problem is None:
                self._tell(reloaded)

    def _tell(self, reloaded: Reloaded) -> None:
        if reloaded.is_gone:
            words = (
                "The settings file is gone. What it held is kept here as unsaved edits: Apply writes it anew, Cancel takes"
                " the defaults."
            )
            self._app.notify(words, severity="warning", markup=False)
        elif reloaded.collisions:
            self._ask(reloaded.collisions)
        else:
            self._app.notify("The settings file was changed by another program; you see it as it is now.")

    def _ask(self, collisions: Sequence[Collision]) -> None:
        """Which of the clashing values count; a question that is still open is asked anew, with what is in the file now."""
        from lpc_tui.tui.screens.clash import ClashScreen

        staging = self._binding.staging
        open_screen = self._app.screen
        if isinstance(open_screen, ClashScreen):
            before = {each.key: each.before for each in (*collisions, *open_screen.collisions)}
            collisions = [
                Collision(key, value, value_of(staging.saved, key), staging.value(key))
                for key, value in before.items()
                if staging.is_edited(key)
            ]
            open_screen.dismiss("")
        if not collisions:
            return
        screen = ClashScreen(collisions)

        def answered(_answer: str | None) -> None:
            staging.drop(screen.from_file)
            self.show()

        self._app.push_screen(screen, answered)

    async def save(self) -> bool:
        """Write the edits; False, and the reason shown, if that did not work."""
        staging = self._binding.staging
        if staging.problems:
            await self._refuse()
            return False
        try:
            await self._binding.save()
        except SettingsError as error:
            self._show_error(error, _KEPT)
            self.show()
            await self.look()
            return False
        self.show()
        return True

    async def _refuse(self) -> None:
        """Say which values are not allowed, and go to the first one."""
        problems = self._binding.staging.problems
        lines = [f"{full_name(key)}: {problem_reason(problem)}" for key, problem in problems.items()]
        body = prose("\n".join(["Nothing was saved. These values are not allowed:", *lines]))
        await self._app.push_screen_wait(Question("Not saved", body, (OK,)))
        self._app.post_message(SettingAsked(next(iter(problems))))

    async def settle(self) -> bool:
        """A run uses the saved settings: ask what becomes of the edits. False: do not start."""
        if not self._binding.staging.is_dirty:
            return True
        answers = (Answer("apply", "a", "Apply them"), Answer("without", "w", "Sync without"), _BACK)
        body = Content("A sync uses the settings as they are saved. Not saved:\n") + self._edits()
        answer = await self._app.push_screen_wait(Question("Unsaved settings", body, answers))
        return answer == "without" or (answer == "apply" and await self.save())

    async def may_leave(self) -> bool:
        """Ask what becomes of the edits before the program ends. False: it goes on."""
        if not self._binding.staging.is_dirty:
            return True
        discard = Answer("discard", "d", "Discard")
        answers: tuple[Answer, ...] = (Answer("save", "s", "Save and quit"), discard, _BACK)
        body = self._edits()
        if self._binding.problem is not None:
            answers = (discard, _BACK)
            body = Content("The settings file cannot be used as it is, so these cannot be saved:\n") + body
        answer = await self._app.push_screen_wait(Question("Unsaved settings", body, answers))
        return answer == "discard" or (answer == "save" and await self.save())

    async def edit(self, key: str) -> None:
        """Edit one setting in a dialog of its own."""
        from lpc_tui.tui.screens.setting_dialog import SettingDialog

        if self._binding.problem is not None:
            self._app.notify("The settings file has to be mended first.", severity="warning")
            return
        staging = self._binding.staging
        value = await self._app.push_screen_wait(SettingDialog(key, staging))
        if value is not None:
            staging.edit(key, value)
            self._main.show_settings()

    def _edits(self) -> Content:
        """The edits, one a line, with what is saved."""
        staging = self._binding.staging
        lines = [
            f"* {full_name(key)}: {value_words(key, value)} (saved: {value_words(key, value_of(staging.saved, key))})"
            for key, value in staging.changes.items()
        ]
        return prose("\n".join(lines))
