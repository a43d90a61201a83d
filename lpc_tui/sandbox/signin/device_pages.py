"""The page at which a person types a user code, the same at either desk."""

from starlette.requests import Request
from starlette.responses import Response

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.signin import pages
from lpc_tui.sandbox.signin.desk import SignInDesk
from lpc_tui.sandbox.signin.http import page, query
from lpc_tui.sandbox.signin.replies import Form

_BUTTONS = {"approve": "Approve", "decline": "Decline"}


class DevicePage:
    """Shows the form and takes its one POST: `user_code`, and `decision` approve or decline."""

    def __init__(self, desk: SignInDesk, title: str) -> None:
        self._desk = desk
        self._title = title

    def show(self, request: Request, _form: Form) -> Response:
        return page(pages.enter_code(self._title, query(request).get("user_code", ""), _BUTTONS))

    def decide(self, _request: Request, form: Form) -> Response:
        user_code, decision = form.get("user_code", ""), form.get("decision", "")
        if decision not in _BUTTONS:
            return page(pages.message(self._title, "Choose whether to approve or to decline."), 400)
        try:
            if decision == "approve":
                self._desk.approve(user_code)
            else:
                self._desk.decline(user_code)
        except SandboxError as error:
            return page(pages.message(self._title, error.message), 400)
        done = "You have signed in." if decision == "approve" else "You have declined."
        return page(pages.message(self._title, f"{done} You can close this page now."))
