"""Salesforce's OAuth for one org: device codes, the web flow, signed assertions, client credentials, refresh, revocation.

Pure: forms in, JSON out, `Refusal` for a no. `salesforce_routes` serves it; the org's app asks it whose token a request
carries. Facts: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flows.htm
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from random import Random

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.signin import salesforce_errors as errors
from lpc_tui.sandbox.signin.assertions import read_assertion
from lpc_tui.sandbox.signin.authorization import Authorization, Code, check_pkce
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP, ConnectedApp, Flow
from lpc_tui.sandbox.signin.desk import SignInDesk
from lpc_tui.sandbox.signin.device_codes import Poll
from lpc_tui.sandbox.signin.replies import Form, Redirect, Refusal, unsigned_jwt
from lpc_tui.sandbox.signin.tokens import Grant, TokenKind

DEVICE_LIFE = timedelta(minutes=10)
CODE_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=2)
"""How long an access token lives after its last use."""

REFRESH_LIFE = timedelta(days=3650)
"""The default policy: until revoked."""

MOST_APPROVALS = 5
"""How many sign-ins with a refresh token a user has per app; the next one ends the oldest."""

_REFRESHING = {"refresh_token", "offline_access"}
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_POLL_ERRORS = {
    Poll.PENDING: ("authorization_pending", "authorization is pending"),
    Poll.TOO_SOON: ("slow_down", "polling too frequently"),
    Poll.DECLINED: ("access_denied", "end-user denied authorization"),
    Poll.BLOCKED: ("access_denied", "end-user denied authorization"),
    Poll.EXPIRED: ("invalid_grant", "expired device code"),
    Poll.USED: ("invalid_grant", "device code already used"),
    Poll.UNKNOWN: ("invalid_grant", "invalid device code"),
}


class SalesforceDesk(SignInDesk):
    """The sign-ins of one org, all of its running user."""

    def __init__(self, org: Org, *, interval_s: int = 5, random: Random | None = None) -> None:
        """`interval_s` is what a client has to wait between two polls."""
        super().__init__(lambda: org.now, device_life=DEVICE_LIFE, interval_s=interval_s, random=random)
        self._org = org
        self._apps: dict[str, ConnectedApp] = {}
        self._codes: dict[str, Code] = {}
        self.register(SANDBOX_APP)

    def register(self, app: ConnectedApp) -> None:
        """Add an app, or change its settings; what it was given before stays as it is."""
        with self.lock:
            self._apps[app.client_id] = app

    def session(self, access_token: str) -> tuple[str, ...] | None:
        """The scopes of an access token, which lives on by this; None if it is not a good one."""
        with self.lock:
            token = self._tokens.good(TokenKind.ACCESS, access_token)
            if token is None:
                return None
            self._tokens.prolong(token, SESSION_LIFE)
            return token.scopes

    # -- the web flow

    def authorization(self, form: Form) -> Authorization | Redirect:
        """The request a browser brings, or the redirect that tells the app what is wrong with it.

        Raises Refusal where nobody may be redirected: the app or the address is not the registered one.
        """
        with self.lock:
            app = self._app(form.get("client_id", ""))
            redirect_uri = form.get("redirect_uri", "")
            if redirect_uri not in app.callback_urls:
                raise errors.refused("redirect_uri_mismatch", "redirect_uri must match configuration")
            asked = Authorization(app, redirect_uri, form.get("state"), (), form.get("code_challenge"))
            if form.get("response_type") != "code" or Flow.WEB not in app.flows:
                return asked.back(
                    error="unsupported_response_type", error_description="response type not supported"
                )
            if wrong := check_pkce(app, form):
                return asked.back(error="invalid_request", error_description=wrong)
            try:
                scopes = _scopes(app, form)
            except Refusal as refusal:
                return asked.back(**refusal.body)
            return Authorization(app, redirect_uri, asked.state, scopes, asked.challenge)

    def allow(self, authorization: Authorization) -> Redirect:
        """The person agrees: back to the app with a code, good once and for a quarter of an hour."""
        with self.lock:
            code = f"aPrx{self._tokens.secret(80)}=="
            self._codes[code] = Code(authorization, self.clock() + CODE_LIFE)
            return authorization.back(code=code)

    # -- the token endpoint; each raises Refusal

    def start_device(self, form: Form, origin: str) -> JsonObject:
        """A new device code, and the user code that a person has to type."""
        with self.lock:
            app = self._app(_field(form, "client_id"), Flow.DEVICE)
            scopes = _scopes(app, form)
            user_code = self._tokens.secret(8, _CODE_LETTERS)
            device_code = self._tokens.secret(120)
            self._devices.start(device_code, user_code, app.client_id, scopes)
            return {
                "device_code": device_code,
                "user_code": user_code,
                "verification_uri": f"{origin}/setup/connect",
                "interval": self._devices.interval_s,
            }

    def token(self, form: Form, origin: str) -> JsonObject:
        """Tokens, by whichever flow the form names."""
        with self.lock:
            match form.get("grant_type"):
                case Flow.DEVICE:
                    return self._for_device(form, origin)
                case Flow.WEB:
                    return self._for_code(form, origin)
                case Flow.JWT:
                    return self._for_assertion(form, origin)
                case Flow.CLIENT_CREDENTIALS:
                    return self._for_client(form, origin)
                case "refresh_token":
                    return self._for_refresh(form, origin)
                case "password":
                    raise errors.invalid_grant("authentication failure")
                case _:
                    raise errors.refused("unsupported_grant_type", "grant type not supported")

    def revoke(self, text: str) -> None:
        """End a token; a refresh token takes its access tokens along."""
        with self.lock:
            if not self._tokens.revoke(text):
                raise errors.refused("invalid_token", "invalid token")
            self._changed()

    def _for_device(self, form: Form, origin: str) -> JsonObject:
        app = self._app(_field(form, "client_id"), Flow.DEVICE)
        _check_secret(app, form)
        poll, scopes = self._devices.poll(_field(form, "code"), app.client_id)
        if poll is not Poll.APPROVED:
            raise errors.refused(*_POLL_ERRORS[poll])
        return self._signed_in(app, scopes, origin)

    def _for_code(self, form: Form, origin: str) -> JsonObject:
        text = _field(form, "code")
        app = self._app(_field(form, "client_id"), Flow.WEB)
        _check_secret(app, form, is_needed=app.needs_secret)
        code = self._codes.get(text)
        if code is None or code.authorization.app.client_id != app.client_id:
            raise errors.invalid_grant("invalid authorization code")
        code.check(form, self.clock())
        del self._codes[text]
        return self._signed_in(app, code.authorization.scopes, origin)

    def _for_assertion(self, form: Form, origin: str) -> JsonObject:
        assertion = read_assertion(_field(form, "assertion"))
        app = self._app(assertion.issuer, Flow.JWT)
        assertion.check(app.certificate, self.clock())
        is_known = assertion.subject == self._username
        if not is_known or not (
            app.is_preauthorized or self._tokens.refreshable(app.client_id, self._org.me)
        ):
            raise errors.invalid_grant("user hasn't approved this consumer")
        return self._signed_in(app, _without_refresh(app.scopes), origin)

    def _for_client(self, form: Form, origin: str) -> JsonObject:
        app = self._app(_field(form, "client_id"), Flow.CLIENT_CREDENTIALS)
        _check_secret(app, form, is_needed=True)
        if not app.has_run_as_user:
            raise errors.invalid_grant("no client credentials user enabled")
        return self._signed_in(app, _without_refresh(app.scopes), origin)

    def _for_refresh(self, form: Form, origin: str) -> JsonObject:
        app = self._app(_field(form, "client_id"))
        _check_secret(app, form, is_needed=app.needs_secret)
        text = _field(form, "refresh_token")
        token = self._tokens.good(TokenKind.REFRESH, text)
        if token is None or token.grant.client_id != app.client_id:
            raise errors.invalid_grant("expired access/refresh token")
        answer = self._answer(app, token.grant, origin)
        if app.rotates_refresh_tokens:
            token.is_revoked = True
            answer["refresh_token"] = self._issue_refresh(token.grant)
        return answer

    def _signed_in(self, app: ConnectedApp, scopes: tuple[str, ...], origin: str) -> JsonObject:
        """The answer to a new sign-in."""
        grant = self._tokens.grant(app.client_id, self._org.me, scopes)
        answer = self._answer(app, grant, origin)
        if _REFRESHING.intersection(scopes):
            others = self._tokens.refreshable(app.client_id, self._org.me)
            for oldest in others[: max(0, len(others) - MOST_APPROVALS + 1)]:
                self._tokens.revoke_grant(oldest)
            answer["refresh_token"] = self._issue_refresh(grant)
        if "openid" in scopes:
            answer["id_token"] = unsigned_jwt(self._claims(grant, origin))
        return answer

    def _answer(self, app: ConnectedApp, grant: Grant, origin: str) -> JsonObject:
        """What every token answer holds. There is no `expires_in` in it: the life ends with disuse."""
        text = f"{self._org.organization[:15]}!AQ{self._tokens.secret(96)}"
        identity = f"{origin}/id/{self._org.organization}/{self._org.me}"
        issued_at = str(int(self.clock().timestamp() * 1000))
        digest = hmac.digest(app.client_secret.encode(), f"{identity}{issued_at}".encode(), hashlib.sha256)
        self._changed()
        return {
            "access_token": self._tokens.issue(TokenKind.ACCESS, grant, SESSION_LIFE, text=text),
            "signature": base64.b64encode(digest).decode("ascii"),
            "scope": " ".join(grant.scopes),
            "instance_url": origin,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }

    def _issue_refresh(self, grant: Grant) -> str:
        text = f"5Aep{self._tokens.secret(83)}"
        return self._tokens.issue(TokenKind.REFRESH, grant, REFRESH_LIFE, text=text)

    def _claims(self, grant: Grant, origin: str) -> JsonObject:
        issued = int(self.clock().timestamp())
        return {
            "iss": origin,
            "sub": f"{origin}/id/{self._org.organization}/{grant.user_id}",
            "aud": grant.client_id,
            "iat": issued,
            "exp": issued + 120,
        }

    @property
    def _username(self) -> str:
        with self._org.lock:
            return str(self._org.record("User", self._org.me)["Username"])

    def _app(self, client_id: str, flow: Flow | None = None) -> ConnectedApp:
        app = self._apps.get(client_id)
        if app is None:
            raise errors.unknown_client()
        if flow is not None and flow not in app.flows:
            raise errors.flow_not_enabled(flow.name.lower().replace("_", " "))
        return app


def _check_secret(app: ConnectedApp, form: Form, *, is_needed: bool = False) -> None:
    secret = form.get("client_secret")
    if secret is None and is_needed:
        raise errors.missing_secret()
    if secret is not None and not hmac.compare_digest(secret.encode(), app.client_secret.encode()):
        raise errors.wrong_secret()


def _scopes(app: ConnectedApp, form: Form) -> tuple[str, ...]:
    """What a form asks for; the app's own where it asks for nothing."""
    scopes = tuple(dict.fromkeys(form.get("scope", "").split())) or app.scopes
    if not set(scopes) <= set(app.scopes):
        raise errors.scope_not_allowed()
    return scopes


def _without_refresh(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """What a flow grants that has no person in it, and so nothing to refresh."""
    return tuple(scope for scope in scopes if scope not in _REFRESHING)


def _field(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise errors.missing(name)
    return value
