"""The whole path: settings, engine, real adapters, real HTTP, the sandbox's two servers."""
