"""Salesforce: one person's records over REST, through simple-salesforce's connection. Native JSON stops here."""

from lpc_tui.replicas.salesforce.events import SalesforceEvents

__all__ = ["SalesforceEvents"]
