"""Salesforce's OAuth addresses, for the org's server to serve beside the data's."""

import base64
import binascii
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lpc_tui.sandbox.common import RequestLog
from lpc_tui.sandbox.signin import pages
from lpc_tui.sandbox.signin.authorization import Authorization
from lpc_tui.sandbox.signin.device_pages import DevicePage
from lpc_tui.sandbox.signin.http import Answer, endpoint, origin, page, query, reply
from lpc_tui.sandbox.signin.replies import Form, Redirect, Refusal
from lpc_tui.sandbox.signin.salesforce import SalesforceDesk

_TITLE = "Sign in to Salesforce (sandbox)"
_BUTTONS = {"approve": "Allow", "decline": "Deny"}


def salesforce_routes(desk: SalesforceDesk, log: RequestLog) -> list[Route]:
    """The routes of one desk; each request is noted in `log`."""
    handlers = _Handlers(desk)
    device = DevicePage(desk, _TITLE)

    def route(path: str, method: str, answer: Answer) -> Route:
        return Route(path, endpoint(answer, desk.clock, log), methods=[method])

    return [
        route("/services/oauth2/authorize", "GET", handlers.show_authorization),
        route("/services/oauth2/authorize", "POST", handlers.decide),
        route("/services/oauth2/token", "POST", handlers.token),
        route("/services/oauth2/revoke", "POST", handlers.revoke),
        route("/setup/connect", "GET", device.show),
        route("/setup/connect", "POST", device.decide),
    ]


class _Handlers:
    def __init__(self, desk: SalesforceDesk) -> None:
        self._desk = desk

    def show_authorization(self, request: Request, _form: Form) -> Response:
        fields = query(request)
        asked = self._authorization(fields)
        if not isinstance(asked, Authorization):
            return asked
        text = f"{asked.app.client_id} asks for: {', '.join(asked.scopes)}."
        return page(pages.allow_access(_TITLE, text, fields, _BUTTONS))

    def decide(self, request: Request, form: Form) -> Response:
        asked = self._authorization({**query(request), **form})
        if not isinstance(asked, Authorization):
            return asked
        match form.get("decision"):
            case "approve":
                return _redirect(self._desk.allow(asked))
            case "decline":
                return _redirect(asked.denied())
            case _:
                return page(pages.message(_TITLE, "Choose whether to allow or to deny access."), 400)

    def token(self, request: Request, form: Form) -> Response:
        form = _with_basic(request, form)
        if form.get("response_type") == "device_code" and "grant_type" not in form:
            return reply(self._desk.start_device(form, origin(request)))
        return reply(self._desk.token(form, origin(request)))

    def revoke(self, request: Request, form: Form) -> Response:
        self._desk.revoke(form.get("token") or query(request).get("token", ""))
        return Response(status_code=200)

    def _authorization(self, fields: Form) -> Authorization | Response:
        """The request to decide, or the answer to one that cannot be."""
        try:
            asked = self._desk.authorization(fields)
        except Refusal as refusal:
            words = "&".join(f"{name}={value}" for name, value in refusal.body.items())
            return page(pages.message(_TITLE, words), refusal.status)
        return _redirect(asked) if isinstance(asked, Redirect) else asked


def _redirect(target: Redirect) -> Response:
    return RedirectResponse(target.url, 302)


def _with_basic(request: Request, form: Form) -> Form:
    """The form with the client's id and secret, if they came as HTTP Basic (RFC 6749, section 2.3.1)."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form
    try:
        text = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return form
    client_id, _, secret = text.partition(":")
    return {**form, "client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}
