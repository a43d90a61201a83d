"""Microsoft Graph behind the replica protocol: its JSON, its errors and its traps stop here.

`OutlookCalendar`, `OutlookContacts` and `OutlookTasks` are what the rest sees. The service library is imported by the first
request, not by this package.
"""

from lpc_tui.replicas.outlook.calendar import OutlookCalendar
from lpc_tui.replicas.outlook.contacts import OutlookContacts
from lpc_tui.replicas.outlook.tasks import OutlookTasks

__all__ = ["OutlookCalendar", "OutlookContacts", "OutlookTasks"]
