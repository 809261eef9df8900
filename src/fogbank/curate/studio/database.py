"""The database of a server: SQLite in its data folder, or a PostgreSQL that is named by a URL.

    postgresql://user:password@host:port/name

A password is best left out of the URL and given in the environment variable PGPASSWORD.  It is never printed.
"""

import os
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from fogbank.errors import StudioError

SQLITE = {"DJANGO_DB": "sqlite"}
_EXPECTED = "expected postgresql://user@host:port/name, with the password in PGPASSWORD"


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL database and who logs in to it; the password is not shown."""

    user: str
    host: str
    port: int
    name: str
    password: str = field(repr=False)

    def __str__(self) -> str:
        """Name it, without the password."""
        return self._url(quote(self.user, safe=""))

    @property
    def url(self) -> str:
        """Name it with the password, for a file that only its owner can read."""
        return self._url(f"{quote(self.user, safe='')}:{quote(self.password, safe='')}")

    def _url(self, who: str) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgresql://{who}@{host}:{self.port}/{quote(self.name, safe='')}"

    @property
    def environment(self) -> dict[str, str]:
        """How Label Studio is told of it."""
        return {
            "DJANGO_DB": "default",
            "POSTGRE_USER": self.user,
            "POSTGRE_PASSWORD": self.password,
            "POSTGRE_HOST": self.host,
            "POSTGRE_PORT": str(self.port),
            "POSTGRE_NAME": self.name,
        }


def read_database(url: str, *, is_public: bool = False) -> Database:
    """Read a URL; its password, or else PGPASSWORD's, is taken.

    `is_public`: it comes from where others can read it, such as a command line, so a password in it is refused.
    Raises StudioError, which never shows a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        raise StudioError(f"the URL of the database cannot be read; {_EXPECTED}") from None
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not (parts.username and parts.hostname and name):
        raise StudioError(f"the URL of the database lacks its scheme, user, host or name; {_EXPECTED}")
    if parts.query or parts.fragment or "/" in name:
        raise StudioError(f"the URL of the database has more than user, host, port and name; {_EXPECTED}")
    if is_public and parts.password is not None:
        raise StudioError(f"every user of this machine can read a password on the command line; {_EXPECTED}")
    password = parts.password if parts.password is not None else quote(os.environ.get("PGPASSWORD", ""), safe="")
    return Database(unquote(parts.username), parts.hostname, port, name, unquote(password))
