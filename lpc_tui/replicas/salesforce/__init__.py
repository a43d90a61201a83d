"""Salesforce: one person's records over REST, through simple-salesforce's connection. Native JSON stops here."""

from lpc_tui.replicas.salesforce.contacts import SalesforceContacts
from lpc_tui.replicas.salesforce.events import SalesforceEvents
from lpc_tui.replicas.salesforce.tasks import SalesforceTasks

__all__ = ["SalesforceContacts", "SalesforceEvents", "SalesforceTasks"]
