"""LinkPoint Assist for the terminal: the two-way sync of Outlook and Salesforce.

The package's root imports nothing, so that every command starts as fast as what it needs.
"""

__version__ = "0.1.0"
