"""The sync core: items, links, matching, merging, planning. Pure.

Everything here is values and functions of values: no I/O, no clock, no logging, no await. It imports the standard library
and itself, so that every combination of states, boxes and policies can be checked without a service.
"""
