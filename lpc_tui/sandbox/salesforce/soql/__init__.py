"""SOQL, the part of it that clients of activities and contacts use: `parser` reads, `compiler` checks and evaluates."""
