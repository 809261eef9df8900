"""Documents in the formats of other tools, and back: one module a format, listed in `formats`.

Each module's docstring says how spans, attributes and relations are written, and what the format cannot carry; what is
left out of a file is counted by kind and reported, in either direction.
"""
