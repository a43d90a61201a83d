"""Microsoft's sign-in addresses, for the Graph server to serve beside Graph's own."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lpc_tui.sandbox.common import RequestLog
from lpc_tui.sandbox.signin.device_pages import DevicePage
from lpc_tui.sandbox.signin.http import Answer, endpoint, origin, query, reply
from lpc_tui.sandbox.signin.microsoft import MicrosoftDesk
from lpc_tui.sandbox.signin.replies import Form


def microsoft_routes(desk: MicrosoftDesk, log: RequestLog) -> list[Route]:
    """The routes of one desk; each request is noted in `log`."""
    handlers = _Handlers(desk)
    device = DevicePage(desk, "Sign in to Microsoft (sandbox)")

    def route(path: str, method: str, answer: Answer) -> Route:
        return Route(path, endpoint(answer, desk.clock, log), methods=[method])

    return [
        route("/common/discovery/instance", "GET", handlers.instance),
        route("/{tenant}/v2.0/.well-known/openid-configuration", "GET", handlers.configuration),
        route("/{tenant}/oauth2/v2.0/devicecode", "POST", handlers.device_code),
        route("/{tenant}/oauth2/v2.0/token", "POST", handlers.token),
        route("/device", "GET", device.show),
        route("/device", "POST", device.decide),
    ]


class _Handlers:
    def __init__(self, desk: MicrosoftDesk) -> None:
        self._desk = desk

    def instance(self, request: Request, _form: Form) -> Response:
        asked = query(request).get("authorization_endpoint", "")
        return reply(self._desk.instance(asked, request.url.netloc))

    def configuration(self, request: Request, _form: Form) -> Response:
        return reply(self._desk.configuration(_tenant(request), request.url.netloc))

    def device_code(self, request: Request, form: Form) -> Response:
        return reply(self._desk.start_device(_tenant(request), form, f"{origin(request)}/device"))

    def token(self, request: Request, form: Form) -> Response:
        return reply(self._desk.token(_tenant(request), form))


def _tenant(request: Request) -> str:
    return str(request.path_params["tenant"])
