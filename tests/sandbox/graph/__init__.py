"""Tests of the Graph server: what a client meets on the wire, asked for over real HTTP."""
