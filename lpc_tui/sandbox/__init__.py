"""The sandbox: Microsoft Graph and Salesforce on loopback, for the demo, the tests and practice offline.

It speaks the services' wire protocols over real HTTP, strictly, and holds its own data. It knows nothing of
the sync engine, nor the engine of it: what the engine sees is two URLs. This package's root imports nothing.
"""
