"""Systems that FogBank offers for comparison: one public module each, with a class `System` (see README.md).

Modules whose names begin with an underscore are what these systems share and offer no system.
"""
