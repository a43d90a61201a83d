"""The tests, by kind: unit, property, contract, sandbox, cli, tui."""
