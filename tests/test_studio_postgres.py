"""PostgreSQL as a server's database: named safely, kept for the folder, and the same record comes out of it."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.studio
psutil = pytest.importorskip("psutil", reason="label-studio is not installed: pip install 'fogbank[studio]'")
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from click.testing import CliRunner  # noqa: E402

from fogbank import find_corpus  # noqa: E402
from fogbank.cli import main  # noqa: E402
from fogbank.curate.rounds import find_round  # noqa: E402
from fogbank.curate.studio.database import Database, read_database  # noqa: E402
from fogbank.curate.studio.launch import environment, free_port  # noqa: E402
from fogbank.curate.studio.record import (  # noqa: E402
    compare_round,
    enter_round,
    pull_round,
    push_round,
    recorded_documents,
)
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.errors import StudioError  # noqa: E402
from fogbank.model.storage import read_json  # noqa: E402

HOME = find_corpus(Path(__file__).parent)
PASSWORD = "not / so:secret@here"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An empty database: that of FOGBANK_POSTGRES (a URL), else one in a cluster of our own."""
    if url := os.environ.get("FOGBANK_POSTGRES"):
        yield read_database(url)
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    programs = found[-1].parent if found else Path(shutil.which("initdb") or "/nowhere/initdb").parent
    if not (programs / "initdb").exists():
        pytest.skip("no PostgreSQL: apt-get install postgresql, or name an empty database by FOGBANK_POSTGRES")
    folder = Path(f"/tmp/fogbank-postgres-{os.getpid()}")  # pytest's own folders are closed to other users
    folder.mkdir(mode=0o700)
    owner = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if owner:
        shutil.chown(folder, owner)

    def run(program: str, *words: str | Path) -> None:
        command = [programs / program, "--pgdata", folder / "data", *words]
        subprocess.run(command, cwd=folder, user=owner, stdout=subprocess.DEVNULL, timeout=120, check=True)

    try:
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        access = ("--username", "fogbank", "--auth", "scram-sha-256", "--pwfile", folder / "password")
        run("initdb", "--encoding", "UTF8", "--locale", "C.UTF-8", *access)
        port = free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "--wait", "--log", folder / "log", "--options", options, "start")
        try:
            yield Database("fogbank", "127.0.0.1", port, "postgres", PASSWORD)
        finally:
            run("pg_ctl", "--wait", "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.mark.timeout(900)
def test_a_round_goes_in_and_comes_out_of_postgresql_as_it_is_recorded(postgres: Database, tmp_path: Path) -> None:
    one = find_round(HOME, "round-1")
    folder = tmp_path / "studio"
    with Server(folder, database=postgres) as server:
        process = psutil.Process(read_json(folder / "server.json")["pid"])
        assert postgres.password not in " ".join(process.cmdline())
        assert server.database == postgres
        assert not (folder / "label_studio.sqlite3").exists()
        assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
        assert postgres.password not in server.log.read_text()
        entered = enter_round(server, HOME, one, recorded_documents(HOME, one))
        assert entered.added == sum(
            HOME.articles[document_id].text is not None for ids in one.assignments.values() for document_id in ids
        )
        assert sum(pushed.counts.added for pushed in push_round(server, HOME, one)) == 0
        pull_round(server, HOME, one, tmp_path)
        assert compare_round(HOME, one, tmp_path) == []

    with Server(folder) as again:  # the folder remembers its database
        assert again.database == postgres
        assert enter_round(again, HOME, one, recorded_documents(HOME, one)).added == 0

    other = Database(postgres.user, postgres.host, postgres.port, "another", postgres.password)
    with pytest.raises(StudioError, match=f"belongs to {postgres}; expected that") as caught:
        Server(folder, database=other).start()
    assert postgres.password not in str(caught.value)


def test_a_database_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    nowhere = Database("fogbank", "127.0.0.1", free_port(), "none", PASSWORD)
    with pytest.raises(StudioError, match="ended while starting; its last words") as caught:
        Server(tmp_path, database=nowhere).start()
    assert "refused" in str(caught.value).lower()
    assert PASSWORD not in str(caught.value)


def test_a_folder_with_sqlite_does_not_change_to_postgresql(studio_folder: Path) -> None:
    with pytest.raises(StudioError, match="belongs to its SQLite database; expected that"):
        Server(studio_folder, database=Database("u", "h", 1, "n", "p")).start()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:secret@h:6000/n", Database("u", "h", 6000, "n", "secret")),
        ("postgres://u%40x@h/n%20m", Database("u@x", "h", 5432, "n m", "from/env%")),
        ("postgresql://u:a%2Fb%40@[::1]:6000/n", Database("u", "::1", 6000, "n", "a/b@")),
    ],
)
def test_a_url_is_read(url: str, expected: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "from/env%")
    database = read_database(url)
    assert database == expected
    assert read_database(database.url) == database
    assert database.password not in f"{database!r} {database}"
    assert environment(Path("/x"), "", "", database)["POSTGRE_PASSWORD"] == expected.password


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hidden@h/n",
        "postgresql://h/n",
        "postgresql://u:hidden@h",
        "postgresql://u:hidden@h:port/n",
        "postgresql://u:hidden@h/n/m",
        "postgresql://u:hidden@h/n?sslmode=require",
        "postgresql://u:hidden@[h/n",
        "hidden",
    ],
)
def test_a_url_that_names_no_postgresql_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(StudioError, match="expected postgresql://user@host:port/name") as caught:
        read_database(url)
    assert "hidden" not in str(caught.value)


def test_a_password_on_the_command_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["studio", "up", "--database", "postgresql://u:hidden@h/n"])
    assert result.exit_code == 2
    assert "every user of this machine can read a password" in result.output
    assert "hidden" not in result.output
