"""Microsoft's authority for one mailbox: device codes, tokens, and what MSAL asks before either.

Pure: forms in, JSON out, `Refusal` for a no. `microsoft_routes` serves it; the Graph app asks it whose token a request
carries. Facts: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from random import Random, SystemRandom
from urllib.parse import urlsplit

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.permissions import DEFAULT, GRAPH_SCOPES, OPENID_SCOPES, bare
from lpc_tui.sandbox.signin import microsoft_errors as errors
from lpc_tui.sandbox.signin.desk import SignInDesk
from lpc_tui.sandbox.signin.device_codes import Decision, Poll
from lpc_tui.sandbox.signin.replies import Form, Refusal, encoded, unsigned_jwt
from lpc_tui.sandbox.signin.tokens import Grant, TokenKind

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

CODE_LIFE = timedelta(seconds=900)
ACCESS_LIFE = timedelta(seconds=3599)
REFRESH_LIFE = timedelta(days=90)
"""Unused for that long, a refresh token is dead."""

_ANY_TENANT = ("common", "organizations", "consumers")
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_POLL_ERRORS = {
    Poll.PENDING: errors.PENDING,
    Poll.TOO_SOON: errors.TOO_SOON,
    Poll.DECLINED: errors.DECLINED,
    Poll.BLOCKED: errors.BLOCKED,
    Poll.EXPIRED: errors.EXPIRED_CODE,
    Poll.USED: errors.REDEEMED,
    Poll.UNKNOWN: errors.UNKNOWN_CODE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRegistration:
    """A client as its owner registered it."""

    client_id: str
    allows_public_flows: bool = True
    """Whether it may sign people in without a secret, and so by device code."""

    scopes: tuple[str, ...] = GRAPH_SCOPES
    """What `.default` stands for."""


SANDBOX_REGISTRATION = AppRegistration(client_id="sandbox")


class MicrosoftDesk(SignInDesk):
    """The authority of the mailbox's person, and of nobody else."""

    def __init__(self, mailbox: Mailbox, *, interval_s: int = 5, random: Random | None = None) -> None:
        """`interval_s` is what a client has to wait between two polls."""
        random = random or SystemRandom()
        super().__init__(mailbox.ledger.now, device_life=CODE_LIFE, interval_s=interval_s, random=random)
        self._random = random
        self._mailbox = mailbox
        self._clients: dict[str, AppRegistration] = {}
        self.register(SANDBOX_REGISTRATION)

    @property
    def tenant_id(self) -> str:
        """The directory's id."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self._domain))

    @property
    def _domain(self) -> str:
        return self._mailbox.user.address.rpartition("@")[2]

    def register(self, client: AppRegistration) -> None:
        """Add a client, or change what is registered of it."""
        with self.lock:
            self._clients[client.client_id] = client

    def block(self, user_code: str) -> None:
        """Type a code and agree, where conditional access forbids it. Raises SandboxError if nothing waits for it."""
        with self.lock:
            self._devices.decide(user_code, Decision.BLOCKED)

    def permissions(self, access_token: str) -> frozenset[str] | None:
        """What the bearer of an access token is allowed, as `bare` names; None if the token is not a good one."""
        with self.lock:
            token = self._tokens.good(TokenKind.ACCESS, access_token)
            return frozenset(map(bare, token.scopes)) if token else None

    # -- what clients ask; each raises Refusal

    def configuration(self, tenant: str, netloc: str) -> JsonObject:
        """The OpenID configuration of a tenant; its addresses are https, whatever it was asked over."""
        self._check_tenant(tenant)
        root = f"https://{netloc}/{tenant}"
        issuer = "{tenantid}" if tenant.lower() in _ANY_TENANT else self.tenant_id
        return {
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": sorted(OPENID_SCOPES),
            "issuer": f"https://{netloc}/{issuer}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "tenant_region_scope": None,
            "cloud_instance_name": netloc,
            "msgraph_host": netloc,
        }

    def instance(self, authorization_endpoint: str, netloc: str) -> JsonObject:
        """Whether an authority is known: this one is, whatever the port it is asked on."""
        asked = urlsplit(authorization_endpoint)
        here = urlsplit(f"//{netloc}")
        if asked.hostname is None or asked.hostname != here.hostname:
            raise self._refusal(errors.unknown_instance())
        tenant = asked.path.strip("/").partition("/")[0] or "common"
        names = [str(asked.hostname)]
        return {
            "tenant_discovery_endpoint": f"https://{netloc}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": names[0], "preferred_cache": names[0], "aliases": names}],
        }

    def start_device(self, tenant: str, form: Form, verification_uri: str) -> JsonObject:
        """A new device code, and the user code that a person has to type at `verification_uri`."""
        self._check_tenant(tenant)
        with self.lock:
            client = self._client(form)
            scopes = self._scopes(client, self._field(form, "scope"))
            user_code = self._tokens.secret(9, _CODE_LETTERS)
            device_code = self._tokens.secret(180)
            self._devices.start(device_code, user_code, client.client_id, scopes)
            return {
                "user_code": user_code,
                "device_code": device_code,
                "verification_uri": verification_uri,
                "expires_in": int(CODE_LIFE.total_seconds()),
                "interval": self._devices.interval_s,
                "message": f"To sign in, use a web browser to open the page {verification_uri} and enter the code "
                f"{user_code} to authenticate.",
            }

    def token(self, tenant: str, form: Form) -> JsonObject:
        """Tokens for an approved device code or for a refresh token."""
        self._check_tenant(tenant)
        with self.lock:
            grant_type = self._field(form, "grant_type")
            client = self._client(form)
            if grant_type == DEVICE_GRANT:
                return self._for_device(client, form)
            if grant_type == "refresh_token":
                return self._for_refresh(client, form)
            raise self._refusal(errors.unsupported_grant(grant_type))

    def _for_device(self, client: AppRegistration, form: Form) -> JsonObject:
        poll, scopes = self._devices.poll(self._field(form, "device_code"), client.client_id)
        if poll is not Poll.APPROVED:
            raise self._refusal(_POLL_ERRORS[poll])
        grant = self._tokens.grant(client.client_id, self._mailbox.user_id, scopes)
        return self._answer(grant, scopes, form)

    def _for_refresh(self, client: AppRegistration, form: Form) -> JsonObject:
        token = self._tokens.find(TokenKind.REFRESH, self._field(form, "refresh_token"))
        if token is None or token.grant.client_id != client.client_id:
            raise self._refusal(errors.MALFORMED)
        if token.is_revoked:
            raise self._refusal(errors.REVOKED)
        if not self._tokens.is_good(token):
            raise self._refusal(errors.INACTIVE)
        scopes = self._scopes(client, form["scope"]) if form.get("scope") else token.grant.scopes
        consented = {bare(scope) for scope in (*token.grant.scopes, *OPENID_SCOPES)}
        if not consented.issuperset(map(bare, scopes)):
            raise self._refusal(errors.not_consented(client.client_id))
        return self._answer(token.grant, scopes, form)

    def _answer(self, grant: Grant, scopes: tuple[str, ...], form: Form) -> JsonObject:
        """The tokens of a sign-in. The scopes are told as they were asked for, and none but Graph's go into the token."""
        graph = tuple(scope for scope in scopes if bare(scope) not in OPENID_SCOPES)
        told = [scope for scope in scopes if bare(scope) != "offline_access"]
        life = int(ACCESS_LIFE.total_seconds())
        access = self._tokens.issue(
            TokenKind.ACCESS, grant, ACCESS_LIFE, text=f"EwB{self._tokens.secret(300)}", scopes=graph
        )
        answer: JsonObject = {
            "token_type": "Bearer",
            "scope": " ".join(told),
            "expires_in": life,
            "ext_expires_in": life,
            "access_token": access,
        }
        if "offline_access" in scopes:
            refresh = f"1.A{self._tokens.secret(300)}"
            answer["refresh_token"] = self._tokens.issue(TokenKind.REFRESH, grant, REFRESH_LIFE, text=refresh)
        if "openid" in scopes:
            answer["id_token"] = unsigned_jwt(self._claims(grant))
        if form.get("client_info") == "1":
            answer["client_info"] = encoded({"uid": grant.user_id, "utid": self.tenant_id})
        self._changed()
        return answer

    def _claims(self, grant: Grant) -> JsonObject:
        """Who has signed in, as the id token tells it."""
        issued = int(self.clock().timestamp())
        user = self._mailbox.user
        return {
            "aud": grant.client_id,
            "iss": f"https://login.microsoftonline.com/{self.tenant_id}/v2.0",
            "iat": issued,
            "nbf": issued,
            "exp": issued + int(ACCESS_LIFE.total_seconds()),
            "name": user.name,
            "oid": grant.user_id,
            "preferred_username": user.address,
            "sub": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{grant.client_id}/{grant.user_id}")),
            "tid": self.tenant_id,
            "ver": "2.0",
        }

    def _client(self, form: Form) -> AppRegistration:
        client_id = self._field(form, "client_id")
        client = self._clients.get(client_id)
        if client is None:
            raise self._refusal(errors.unknown_client(client_id))
        if not client.allows_public_flows:
            raise self._refusal(errors.CONFIDENTIAL_CLIENT)
        return client

    def _scopes(self, client: AppRegistration, text: str) -> tuple[str, ...]:
        """The scopes of a request, each once and as it is written there."""
        known = OPENID_SCOPES.union(map(bare, GRAPH_SCOPES))
        scopes: dict[str, str] = {}
        for scope in text.split():
            if bare(scope) == DEFAULT:
                scopes |= {bare(each): each for each in client.scopes}
            elif bare(scope) in known:
                scopes[bare(scope)] = scope
            else:
                raise self._refusal(errors.unknown_scope(scope))
        return tuple(scopes.values())

    def _check_tenant(self, tenant: str) -> None:
        if tenant.lower() not in (*_ANY_TENANT, self.tenant_id, self._domain.lower()):
            raise self._refusal(errors.unknown_tenant(tenant))

    def _field(self, form: Form, name: str) -> str:
        value = form.get(name, "")
        if not value:
            raise self._refusal(errors.missing(name))
        return value

    def _refusal(self, error: errors.EntraError) -> Refusal:
        return error.refusal(self.clock(), self._random)
