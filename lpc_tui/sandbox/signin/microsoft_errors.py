"""How Microsoft's authority says no: an OAuth error, an AADSTS number and a sentence.

Facts: https://learn.microsoft.com/entra/identity-platform/reference-error-codes and .../v2-oauth2-device-code. Clients
decide by `error`, and show the description, in which the number is what an admin searches for.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from lpc_tui.sandbox.signin.replies import Refusal


@dataclass(frozen=True, slots=True)
class EntraError:
    """A reason to say no."""

    error: str
    number: int
    message: str
    status: int = 400

    def refusal(self, now: datetime, random: Random) -> Refusal:
        """The reason as it travels, with the ids by which support would find it."""
        trace, correlation = (str(UUID(int=random.getrandbits(128), version=4)) for _ in range(2))
        timestamp = f"{now:%Y-%m-%d %H:%M:%SZ}"
        return Refusal(
            {
                "error": self.error,
                "error_description": f"AADSTS{self.number}: {self.message} Trace ID: {trace} "
                f"Correlation ID: {correlation} Timestamp: {timestamp}",
                "error_codes": [self.number],
                "timestamp": timestamp,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
            },
            self.status,
        )


def missing(name: str) -> EntraError:
    """The form lacks a field."""
    return EntraError(
        "invalid_request", 900144, f"The request body must contain the following parameter: '{name}'."
    )


def unknown_instance() -> EntraError:
    """An authority that this cloud does not know."""
    return EntraError("invalid_instance", 50049, "Unknown or invalid instance.")


def unknown_tenant(tenant: str) -> EntraError:
    """No such directory."""
    return EntraError(
        "invalid_tenant",
        90002,
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud.",
    )


def unknown_client(client_id: str) -> EntraError:
    """No such app registration."""
    return EntraError(
        "unauthorized_client",
        700016,
        f"Application with identifier '{client_id}' was not found in the directory. This can happen if the application "
        "has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
    )


def unknown_scope(scope: str) -> EntraError:
    """A scope that is not of Graph, or not offered here."""
    return EntraError(
        "invalid_scope",
        70011,
        f"The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
    )


def not_consented(client_id: str) -> EntraError:
    """A refresh asks for more than was agreed to."""
    return EntraError(
        "invalid_grant",
        65001,
        f"The user or administrator has not consented to use the application with ID '{client_id}'. Send an "
        "interactive authorization request for this user and resource.",
    )


def unsupported_grant(grant_type: str) -> EntraError:
    """A flow that is not offered here."""
    return EntraError(
        "unsupported_grant_type", 70003, f"The app requested an unsupported grant type '{grant_type}'."
    )


CONFIDENTIAL_CLIENT = EntraError(
    "invalid_client",
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    401,
)
"""The registration does not allow public client flows."""

PENDING = EntraError(
    "authorization_pending",
    70016,
    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
)
TOO_SOON = EntraError("slow_down", 90055, "The server is seeing too many requests. Poll less often.")
DECLINED = EntraError("authorization_declined", 70018, "The user declined the authorization request.")
EXPIRED_CODE = EntraError(
    "expired_token",
    70020,
    "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
)
UNKNOWN_CODE = EntraError(
    "bad_verification_code",
    70018,
    "Invalid verification code. The device_code was not recognized.",
)
REDEEMED = EntraError(
    "invalid_grant",
    54005,
    "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
)
BLOCKED = EntraError(
    "invalid_grant",
    53003,
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
)
REVOKED = EntraError(
    "invalid_grant",
    50173,
    "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed "
    "or reset their password.",
)
INACTIVE = EntraError(
    "invalid_grant",
    700082,
    "The refresh token has expired due to inactivity. It was inactive for 90.00:00:00.",
)
MALFORMED = EntraError("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
