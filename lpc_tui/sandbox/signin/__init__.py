"""Where people and programs sign in to the sandbox: Microsoft's authority and Salesforce's OAuth, as strict as the real.

Two pure desks hold what was asked for and what was issued; `microsoft_routes` and `salesforce_routes` put them on the
ports of the Graph and the Salesforce server, whose apps accept what the desks issue as bearer tokens. The fixed tokens
of `sandbox.common` work beside them, with every right. Time is the sandbox's clock: a frozen one has to be moved for a
code or a token to expire, and also between two polls (the second within the interval is answered `slow_down`, and
lengthens the interval by 5 s, RFC 8628).

All posts are `application/x-www-form-urlencoded`. A page takes one POST to approve or decline, as a browser would send
it; a test calls the desk instead. Errors are HTTP 400 unless said otherwise: `{"error", "error_description", ...}`.

Microsoft, on the Graph port; `TENANT` is `common`, `organizations`, `consumers`, the directory's id or its domain
(`contoso.example`, the part behind the @ of the mailbox's address):

- `GET /TENANT/v2.0/.well-known/openid-configuration`. **The addresses in it are always https**: MSAL takes no other. On
  plain loopback the client's HTTP session has to send `https://127.0.0.1:PORT` to `http://127.0.0.1:PORT`.
- `GET /common/discovery/instance?authorization_endpoint=...`: knows this authority, and no other (`invalid_instance`).
- `POST /TENANT/oauth2/v2.0/devicecode`: `client_id`, `scope`. Answers `user_code`, `device_code`, `verification_uri`,
  `expires_in` (900), `interval` (5), `message`.
- `POST /TENANT/oauth2/v2.0/token`, `grant_type=urn:ietf:params:oauth:grant-type:device_code`: `client_id`, `device_code`.
  `authorization_pending`, `slow_down`, `authorization_declined`, `expired_token`, `bad_verification_code`;
  `invalid_grant` with AADSTS53003 where conditional access forbids it. MSAL adds `client_info=1` and gets `client_info`.
- the same with `grant_type=refresh_token`: `client_id`, `refresh_token`, `scope`. `invalid_grant` with AADSTS50173 once
  revoked, AADSTS700082 after 90 days unused, AADSTS65001 for a scope that nobody consented to. The refresh token is
  rotated; the old one stays good.
- `GET /device[?user_code=]` is the page; `POST /device` with `user_code`, `decision=approve|decline`.
- Client id `sandbox` is registered; any other is `unauthorized_client` AADSTS700016, and a registration that does not
  allow public clients is 401 `invalid_client` AADSTS7000218.
- Access tokens live 3599 s, then 401 `InvalidAuthenticationToken`; a missing scope is 403 `ErrorAccessDenied`, for a
  part of a batch in that part.

Salesforce, on its port:

- `POST /services/oauth2/token`, `response_type=device_code`: `client_id`, `scope` (optional). Answers `device_code`,
  `user_code`, `verification_uri` (`/setup/connect`), `interval` (5). No `expires_in`: it is good for ten minutes.
- the same address with a `grant_type`:
  `device` (`client_id`, `code`: Salesforce's own names, not those of RFC 8628): `authorization_pending`, `slow_down`,
  `access_denied`, `invalid_grant` once expired, used or unknown;
  `authorization_code` (`code`, `client_id`, `redirect_uri`, `code_verifier`);
  `refresh_token` (`refresh_token`, `client_id`): `invalid_grant` "expired access/refresh token";
  `urn:ietf:params:oauth:grant-type:jwt-bearer` (`assertion`: RS256, `iss` the client id, `sub` the org user's username,
  `aud` exactly `https://login.salesforce.com`, `exp`): the app's certificate has to be registered, no refresh token;
  `client_credentials` (`client_id`, `client_secret`, as a form or HTTP Basic).
- `GET /services/oauth2/authorize?response_type=code&client_id&redirect_uri&scope&state&code_challenge&
  code_challenge_method=S256` is the page; `POST` the same fields and `decision=approve|decline` there, and be redirected
  (302) to `redirect_uri` with `code` and `state`, or with `error=access_denied`, `error_description` and `state`.
- `GET|POST /setup/connect` is the device page: `user_code`, `decision=approve|decline`.
- `GET /services/oauth2/userinfo` (bearer), `GET /id/ORG/USER`, `POST /services/oauth2/revoke` with `token`: 200 and
  nothing, or `invalid_token`. A refresh token takes its access tokens with it.
- Client id `sandbox` is registered for every flow, with the secret `sandbox-secret` (needed for client credentials only,
  but never wrong) and the callback `http://localhost:1717/OauthRedirect`, letter for letter. It has no certificate
  but the one that `sandbox serve --certificate` is given.
- There is no `expires_in`. Access tokens live two hours after their last use, then 401 `INVALID_SESSION_ID`; a token
  without the scope `api` is 401 `INVALID_SESSION_ID` for good.

For a test, with `sandbox: Sandbox`::

    sandbox.microsoft_desk.approve(user_code)       # also .decline(user_code), .block(user_code): conditional access
    sandbox.salesforce_desk.approve(user_code)      # and .decline(user_code)
    sandbox.salesforce_desk.register(replace(SANDBOX_APP, certificate=pem, callback_urls=(url,)))
    desk.expire_access_tokens()                     # the next call is a 401; refresh tokens stay good
    desk.revoke_all()                               # nothing issued so far is good for anything
    desk.pending()                                  # the user codes that wait for somebody
"""
