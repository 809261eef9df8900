"""The errors that FogBank raises for a user's mistake; what is wrong with data is a `fogbank.check.Problem` instead.

Every message says what is wrong, where, and what was expected.  The command line prints it without a traceback
and ends with exit status 2.
"""


class FogbankError(Exception):
    """A mistake that the user can mend: a wrong path or name, a missing optional package, an unreachable server."""


class InvalidValueError(FogbankError, ValueError):
    """A value that cannot be built, such as a span that ends before it starts."""


class DataError(FogbankError):
    """A file that cannot be read as what it was said to be; the message names file and place."""


class MissingTextError(FogbankError):
    """A document's text is withheld and no copy of it has been restored."""


class StudioError(FogbankError):
    """Label Studio did not start, did not answer, or did not keep what it was sent."""
