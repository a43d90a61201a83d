"""The Salesforce replica: its pure parts, and the whole of it over real HTTP against the sandbox."""
