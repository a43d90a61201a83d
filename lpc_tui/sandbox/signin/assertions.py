"""Reads a signed assertion of the JWT bearer flow, as strictly as Salesforce does.

Facts: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from lpc_tui.errors import SandboxError
from lpc_tui.plain import plain
from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.signin import salesforce_errors as errors
from lpc_tui.sandbox.signin.connected_apps import ConnectedApp

AUDIENCE = "https://login.salesforce.com"
"""Whom an assertion for a production org has to be meant for."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a JWT claims, before anything of it is believed."""

    text: str
    issuer: str
    """The app's client id."""

    subject: str
    """The user's name."""

    claims: JsonObject

    def check(self, certificate: str | None, now: datetime) -> None:
        """Raise Refusal unless the app signed it, for this service, and it has not expired.

        Nothing is allowed for a client's clock that runs behind.
        """
        if certificate is None or not self._is_signed(certificate):
            raise errors.wrong_secret()
        if self.claims.get("aud") != AUDIENCE:
            raise errors.invalid_grant("audience is invalid")
        expires = self.claims.get("exp")
        if not isinstance(expires, int | float) or now.timestamp() >= expires:
            raise errors.invalid_grant("expired authorization code")

    def _is_signed(self, certificate: str) -> bool:
        import jwt  # brings cryptography, which is slow to import and seldom needed

        try:
            jwt.PyJWS().decode(self.text, _public_key(certificate), algorithms=["RS256"])
        except jwt.InvalidTokenError:
            return False
        return True


def read_assertion(text: str) -> Assertion:
    """The assertion of a text. Raises Refusal if it is not a JWT signed by RS256, or lacks who and for whom."""
    import jwt

    try:
        parts = jwt.decode_complete(text, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise errors.invalid_grant("invalid assertion") from error
    claims = parts["payload"]
    issuer, subject = claims.get("iss"), claims.get("sub", claims.get("prn"))
    is_complete = isinstance(issuer, str) and isinstance(subject, str)
    if parts["header"].get("alg") != "RS256" or not is_complete:
        raise errors.invalid_grant("invalid assertion")
    return Assertion(text, issuer, subject, claims)


def with_certificate(app: ConnectedApp, file: Path) -> ConnectedApp:
    """The app as its admin leaves it who has uploaded this certificate, or public key, to it.

    Raises SandboxError if the file is neither.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    hint = "Make one: openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=me -keyout org.key -out org.crt"
    try:
        pem = file.read_text(encoding="ascii")
        key = serialization.load_pem_public_key(_public_key(pem).encode())
    except OSError as error:
        raise SandboxError(f"{plain(str(file))} cannot be read: {error.strerror}.", hint) from error
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPublicKey):
        # Not `from` the parser's error: somebody may have given the private key.
        raise SandboxError(f"{plain(str(file))} is no certificate of an RSA key in PEM form.", hint) from None
    return replace(app, certificate=pem)


def _public_key(pem: str) -> str:
    """The public key of a PEM that may be a certificate."""
    if "BEGIN CERTIFICATE" not in pem:
        return pem
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(encoding, form).decode()
