"""Carries out the faults that befall single parts of a batch and records of a collection, as hooks of the services."""

from __future__ import annotations

from collections.abc import Callable

from lpc_tui.sandbox.faults import kinds
from lpc_tui.sandbox.faults.kinds import Service
from lpc_tui.sandbox.faults.schedule import Asked, Faults
from lpc_tui.sandbox.faults.serving import FREE_PLACES, Refusal, refusal_of, too_many_at_once
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest
from lpc_tui.sandbox.graph.service import PartHook as GraphPartHook
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.writing import PartHook as SalesforcePartHook

__all__ = ["graph_part_hook", "salesforce_part_hook"]


def graph_part_hook(faults: Faults) -> GraphPartHook:
    """What the Graph service calls with each part of a batch."""

    def answered(part: GraphRequest, carry_out: Callable[[], GraphAnswer]) -> GraphAnswer:
        refusal = _refusal(faults, "graph", part.method, "/v1.0/" + "/".join(part.segments))
        if refusal is None:
            return carry_out()
        if refusal.after_work:
            carry_out()
        error = {"error": {"code": refusal.code, "message": refusal.message}}
        return GraphAnswer(refusal.status, error, refusal.headers)

    return answered


def salesforce_part_hook(faults: Faults) -> SalesforcePartHook:
    """What the org calls with each part of a composite and each record of a collection."""

    def checked(method: str, path: str) -> None:
        refusal = _refusal(faults, "salesforce", method, path)
        if refusal is not None:
            raise SalesforceError(refusal.status, refusal.code, refusal.message)

    return checked


def _refusal(faults: Faults, service: Service, method: str, path: str) -> Refusal | None:
    """What one part is answered instead of what it would be; None: nothing."""
    struck = faults.strike(Asked(service, method, path, is_part=True))
    free = FREE_PLACES.get()
    if free is not None:
        free[0] -= 1
        if free[0] < 0:
            return too_many_at_once(service)
    fault = next((each for each in struck if isinstance(each, kinds.Status)), None)
    return None if fault is None else refusal_of(service, fault)
