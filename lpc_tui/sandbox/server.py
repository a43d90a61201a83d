"""The sandbox as one object: a mailbox and an org, each behind its own HTTP server on loopback.

The demo, `sandbox serve` and the tests start it. The worlds stay usable while it serves: whoever acts as one of the
services' users calls their methods directly, from any thread.
"""

import asyncio
import datetime as dt
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp

from lpc_tui.sandbox.common import OUTLOOK_TOKEN, SALESFORCE_TOKEN, RequestLog
from lpc_tui.sandbox.faults import DailyLimit, DeadDeltaTokens, Faults
from lpc_tui.sandbox.faults.kinds import RequestFault, Service
from lpc_tui.sandbox.faults.parts import graph_part_hook, salesforce_part_hook
from lpc_tui.sandbox.faults.saving import saving_hook
from lpc_tui.sandbox.faults.serving import FaultyService, Sleep
from lpc_tui.sandbox.graph.app import graph_app
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.hosting import HOST, Host, Listener
from lpc_tui.sandbox.salesforce.app import salesforce_app
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.signin.microsoft import MicrosoftDesk
from lpc_tui.sandbox.signin.salesforce import SalesforceDesk


class Sandbox:
    """Both servers, their URLs and the log of what they answered; made for one start and one stop."""

    def __init__(
        self,
        mailbox: Mailbox,
        org: Org,
        *,
        graph_port: int = 0,
        salesforce_port: int = 0,
        tls: bool = False,
        tls_folder: Path | None = None,
        outlook_token: str = OUTLOOK_TOKEN,
        salesforce_token: str = SALESFORCE_TOKEN,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Port 0 takes any free one; `tls_folder` keeps the certificate (else a temporary folder, gone at `stop`).

        `sleep` is how a fault's latency is waited for.
        """
        self.mailbox = mailbox
        self.org = org
        self.outlook_token = outlook_token
        self.salesforce_token = salesforce_token
        self.graph_log = RequestLog()
        self.salesforce_log = RequestLog()
        self.faults = Faults(mailbox.ledger.now)
        """What goes wrong; add to it and clear it at any time."""
        self.microsoft_desk = MicrosoftDesk(mailbox)
        """Where people sign in to Outlook; a test approves there."""
        self.salesforce_desk = SalesforceDesk(org)
        self._graph_port = graph_port
        self._salesforce_port = salesforce_port
        self._tls = tls
        self._tls_folder = tls_folder
        self._sleep = sleep
        self._cleanup = ExitStack()
        self._ca_file: Path | None = None

    @property
    def graph_url(self) -> str:
        """Graph's version root, as `outlook.graph_url` in the settings wants it; valid after `start`."""
        return f"{self._scheme}://{HOST}:{self._graph_port}/v1.0"

    @property
    def salesforce_url(self) -> str:
        """The org's address, as `salesforce.instance_url` in the settings wants it; valid after `start`."""
        return f"{self._scheme}://{HOST}:{self._salesforce_port}"

    @property
    def authority(self) -> str:
        """Microsoft's sign-in authority, as `outlook.authority` in the settings wants it; valid after `start`."""
        return f"{self._scheme}://{HOST}:{self._graph_port}/common"

    @property
    def ca_file(self) -> Path | None:
        """The certificate that clients verify against; None without TLS."""
        return self._ca_file

    @property
    def _scheme(self) -> str:
        return "https" if self._tls else "http"

    def start(self) -> Self:
        """Serve until `stop`.

        Raises SandboxError if a port cannot be bound, OSError if the certificate cannot be written.
        """
        with ExitStack() as starting:
            certificate = None
            if self._tls:
                from lpc_tui.sandbox.tls import write_certificate  # slow to import, and seldom needed

                folder = self._tls_folder or Path(starting.enter_context(tempfile.TemporaryDirectory()))
                certificate = write_certificate(folder, now=dt.datetime.now(dt.UTC))
                self._ca_file = certificate.certificate
            host = Host(self._listeners(), certificate)
            host.start()
            starting.callback(host.stop)
            self._graph_port, self._salesforce_port = host.ports
            self._cleanup = starting.pop_all()
        return self

    def stop(self) -> None:
        """Close both servers and their connections; harmless if they do not run."""
        self._cleanup.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listeners(self) -> tuple[Listener, Listener]:
        mailbox, org, faults = self.mailbox, self.org, self.faults
        graph = graph_app(
            mailbox,
            token=self.outlook_token,
            log=self.graph_log,
            desk=self.microsoft_desk,
            part_hook=graph_part_hook(faults),
        )
        salesforce = salesforce_app(
            org, token=self.salesforce_token, log=self.salesforce_log, desk=self.salesforce_desk
        )
        org.fault_hook = saving_hook(faults, org)
        org.part_hook = salesforce_part_hook(faults)
        return (
            Listener("Graph", self._faulty(graph, "graph"), self._graph_port),
            Listener("Salesforce", self._faulty(salesforce, "salesforce"), self._salesforce_port),
        )

    def _faulty(self, app: ASGIApp, service: Service) -> FaultyService:
        clock = self.mailbox.ledger.now if service == "graph" else self.org.clock
        return FaultyService(app, service, self.faults, clock, self._bring_about, self._sleep)

    def _bring_about(self, fault: RequestFault) -> None:
        """Do to the worlds what a fault says."""
        if isinstance(fault, DeadDeltaTokens):
            with self.mailbox.lock:
                self.mailbox.expire_delta_tokens()
        elif isinstance(fault, DailyLimit):
            with self.org.lock:
                org, now = self.org, self.org.now
                others = org.options.daily_api_requests - fault.left - org.usage.used(now)
                org.usage.spend(now, max(others, 0))
