"""The real Label Studio: a server of our own, its users, its projects, and what comes back from them.

Everything here but `config` and `differences` needs the optional packages of `fogbank[studio]`; importing any other
module without them raises StudioError.
"""
