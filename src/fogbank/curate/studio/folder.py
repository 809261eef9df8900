"""The data folder of a server: what is kept there beside Label Studio's own files, readable by its owner only.

    secrets.json   the administrator's password and token, the database, port and public address; from the first start
    server.json    which process serves the folder, and where; from each start until the server is stopped
    server.log     what the server printed
    lock           held by the process that starts a server

The folder can be deleted whole.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from fogbank.curate.studio.database import Database, read_database
from fogbank.errors import StudioError
from fogbank.model.storage import json_bytes, read_json


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The files of one folder; every process that names it sees the same."""

    path: Path

    @property
    def secrets(self) -> dict[str, Any]:
        """What `prepare` keeps.  Raises StudioError before the first start."""
        path = self.path / "secrets.json"
        if not path.is_file():
            raise StudioError(f"{path} does not exist; expected a folder in which a server was started before")
        return dict(read_json(path))

    @property
    def database(self) -> Database | None:
        """The PostgreSQL that the folder belongs to; None for SQLite.  Raises StudioError before the first start."""
        kept = self.secrets.get("database")
        return read_database(kept) if kept else None

    @property
    def state(self) -> dict[str, Any]:
        """What `keep_state` was given last: which process serves the folder; empty where none does."""
        path = self.path / "server.json"
        return dict(read_json(path)) if path.is_file() else {}

    @property
    def log(self) -> Path:
        """The file that holds what the server printed."""
        return self.path / "server.log"

    def prepare(self, database: Database | None, port: int | None, public_url: str | None) -> None:
        """Make the folder and its secrets, and keep there what is named.

        Raises StudioError for a folder with the data of another Label Studio, and for one of another database.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        given = {"database": database.url if database else None, "port": port, "public_url": public_url}
        named = {key: value for key, value in given.items() if value is not None}
        if not (self.path / "secrets.json").exists():
            if (self.path / "label_studio.sqlite3").exists():
                raise StudioError(f"{self.path} holds another Label Studio's data; expected an empty scratch folder")
            fresh = {"password": secrets.token_urlsafe(24), "token": secrets.token_hex(20)}
            self._write("secrets.json", fresh | named)
        elif database and str(database) != str(kept := self.database):
            raise StudioError(
                f"{self.path} belongs to {kept or 'its SQLite database'}; expected that, or another folder for "
                f"{database}"
            )
        elif self.secrets | named != self.secrets:
            self._write("secrets.json", self.secrets | named)

    def keep_state(self, state: Mapping[str, Any]) -> None:
        """Keep which process serves the folder."""
        self._write("server.json", state)

    def drop_state(self) -> None:
        """Keep that no process serves the folder."""
        (self.path / "server.json").unlink(missing_ok=True)

    def open_log(self) -> BinaryIO:
        """Open an empty log."""
        return _open_private(self.log)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time start a server on the folder."""
        with (self.path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, name: str, value: Any) -> None:
        fresh = self.path / f".{name}.new"
        with _open_private(fresh) as file:
            file.write(json_bytes(value))
        fresh.replace(self.path / name)


def _open_private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
