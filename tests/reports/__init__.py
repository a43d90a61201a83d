"""The reports: history, open issues, prevented counts, why."""
