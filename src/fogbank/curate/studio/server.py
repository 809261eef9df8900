"""A Label Studio server of our own: in a scratch folder, loopback only, no telemetry, sign-up only by link.

A server started again on the same folder (see `folder`) finds users, projects and secrets as they were; they stand in
its SQLite database, or in the PostgreSQL that is named at the first start, to which the folder then belongs.

Label Studio silently takes the next port when the wanted one is in use, so a server counts as started only when our own
process listens on the port and answers there.  A process is ended only if it is the one that was started for the
folder, which its environment tells.  Needs a POSIX system.
"""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from fogbank.curate.studio.client import NOT_INSTALLED, LabelStudio, connect
from fogbank.curate.studio.database import Database
from fogbank.curate.studio.folder import DataFolder
from fogbank.curate.studio.launch import (
    ADMIN,
    DATA_FOLDER,
    HOST,
    command,
    environment,
    free_port,
    is_healthy,
    is_taken,
    last_words,
)
from fogbank.errors import StudioError

try:
    import psutil
except ImportError:
    raise StudioError(NOT_INSTALLED) from None

START_SECONDS = 300.0
_STOP_SECONDS = 20.0
_PORTS_TRIED = 3

Progress = Callable[[str], None]


class Server:
    """The server of one data folder, running or not; any process can make one and start, find or stop the server.

    As a context manager it starts the server, or takes the one that runs already, and stops it at the end unless it
    was started with `keep`, as `fogbank studio up` does.
    """

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        database: Database | None = None,
        public_url: str | None = None,
    ) -> None:
        """Name the folder, and a port if it must be a certain one; the default is any free one.

        `database`: a PostgreSQL; it must be this server's alone.  `public_url`: where a proxy with https answers for
        it.  What is named is kept in the folder for the next starts; the database must be named at the first.
        """
        self.folder = folder.absolute()
        self._kept = DataFolder(self.folder)
        self._port = port
        self._database = database
        self._public_url = public_url
        self._child: subprocess.Popen[bytes] | None = None

    # -------------------------------------------------------------- what is known of it

    @property
    def email(self) -> str:
        """The address of the administrator."""
        return ADMIN

    @property
    def password(self) -> str:
        """The administrator's password.  Raises StudioError before the first start."""
        return str(self._kept.secrets["password"])

    @property
    def token(self) -> str:
        """The administrator's token.  Raises StudioError before the first start."""
        return str(self._kept.secrets["token"])

    @property
    def database(self) -> Database | None:
        """The PostgreSQL that the folder belongs to; None for SQLite.  Raises StudioError before the first start."""
        return self._kept.database

    @property
    def url(self) -> str:
        """Where the server answers, without a final slash.  Raises StudioError if it does not run."""
        if not self.is_running:
            raise StudioError(f"no Label Studio server is running for {self.folder}; expected `fogbank studio up`")
        return str(self._kept.state["url"])

    @property
    def is_running(self) -> bool:
        """Whether the process that was started for this folder is there (it may not be ready yet)."""
        return self._process() is not None

    @property
    def log(self) -> Path:
        """The file that holds what the server printed."""
        return self._kept.log

    def client(self, token: str | None = None) -> LabelStudio:
        """Give a client of the API that acts as the administrator, or as the user whose token is given."""
        return connect(self.url, token or self.token)

    # -------------------------------------------------------------- start and stop

    def start(self, *, keep: bool = False, progress: Progress | None = None) -> Self:
        """Start the server and wait until it answers; one that runs already is taken as it is.

        `keep`: it outlives the `with` block and the program that started it.  The first start prepares the database
        and takes most of a minute.  Raises StudioError if Label Studio is not installed, the wanted port is taken, or
        the server does not become healthy; the message ends with its last words, without secrets.
        """
        self._kept.prepare(self._database, self._port, self._public_url)
        self._port = self._kept.secrets.get("port")
        with self._kept.locked():
            for _ in range(1 if self._port else _PORTS_TRIED):
                if self._process() is None:
                    self._launch(progress)
                try:
                    if self._await(progress):
                        self._kept.keep_state({**self._kept.state, "kept": keep or self._kept.state["kept"]})
                        return self
                except BaseException:
                    if self._child:
                        self.stop()
                    raise
                self.stop()
        raise StudioError(f"Label Studio lost port {self._port or '(any)'} to another program; expected a free one")

    def stop(self) -> bool:
        """Ask the server to end, wait, and end it by force if it does not; return whether there was one."""
        was_running = self.is_running
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            if (process := self._process()) is not None:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal_number)
            deadline = time.monotonic() + _STOP_SECONDS
            while self.is_running and time.monotonic() < deadline:
                time.sleep(0.05)
        self._reap()
        self._kept.drop_state()
        return was_running

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if not self._kept.state.get("kept"):
            self.stop()

    # -------------------------------------------------------------- inside

    def _process(self) -> psutil.Process | None:
        """Find the process that serves this folder: the one whose number was kept, if it was started for the folder.

        Its command and first environment tell; times of birth shift with the clock, and Label Studio changes folders.
        """
        if self._child:
            self._child.poll()  # or a dead child would stay as a zombie
        try:
            process = psutil.Process(self._kept.state["pid"])
            is_label_studio = any("label-studio" in word for word in process.cmdline())
            served = Path(process.environ()[DATA_FOLDER]) if is_label_studio else None
            return process if served and served.samefile(self.folder) else None
        except (KeyError, OSError, psutil.Error):
            return None

    def _reap(self) -> None:
        """Be done with a child that no longer serves the folder; it lives only if the folder was taken away."""
        if self._child:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _launch(self, progress: Progress | None) -> None:
        port = self._port or free_port()
        if is_taken(port):
            raise StudioError(f"port {port} of {HOST} is taken; expected a free one, or none given")
        words = command(port)
        self._reap()
        if progress:
            is_first = not self.log.exists()
            progress("starting Label Studio" + (": the first start takes most of a minute" if is_first else ""))
        with self._kept.open_log() as log:
            self._child = subprocess.Popen(  # noqa: S603  the program is the one beside this Python
                words,
                cwd=self.folder,
                env=environment(
                    self.folder, self.password, self.token, self.database, self._kept.secrets.get("public_url")
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # an interrupt at the terminal is the caller's to handle
            )
        state = {"pid": self._child.pid, "port": port, "url": f"http://{HOST}:{port}", "kept": False}
        self._kept.keep_state(state)

    def _await(self, progress: Progress | None) -> bool:
        """Wait until our process answers on its port; False if it lost the port to another program."""
        begun = told = time.monotonic()
        port = self._kept.state["port"]
        while (process := self._process()) is not None or self._is_child_alive():
            now = time.monotonic()
            ports = _ports(process) if process else set()
            if ports and port not in ports:
                return False
            if ports and is_healthy(port):
                return True
            if now - begun > START_SECONDS:
                words = self._last_words()
                raise StudioError(f"Label Studio did not answer within {START_SECONDS:.0f} s; its last words:\n{words}")
            if progress and now - told >= 15:
                progress(f"Label Studio is still starting ({now - begun:.0f} s)")
                told = now
            time.sleep(0.2)
        words = self._last_words()
        if "already in use" in words and self._port is None:
            return False
        raise StudioError(f"Label Studio ended while starting; its last words:\n{words}")

    def _is_child_alive(self) -> bool:
        """Whether our own child lives; for a moment a busy machine may not tell its command or environment."""
        return self._child is not None and self._child.poll() is None and self._kept.state.get("pid") == self._child.pid

    def _last_words(self) -> str:
        hidden = [self.database.password] if self.database and self.database.password else []
        return last_words(self.log, self.password, self.token, *hidden)


def _ports(process: psutil.Process) -> set[int]:
    """Give the ports on which a process listens; none while that cannot be told."""
    try:
        found = process.net_connections("inet")
    except (OSError, RuntimeError, psutil.Error):  # a table that changes while it is read
        return set()
    return {entry.laddr.port for entry in found if entry.status == psutil.CONN_LISTEN}
