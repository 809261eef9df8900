"""The server: private, its own on its port, found again, and never the end of somebody else's process."""

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.studio
httpx = pytest.importorskip("httpx", reason="label-studio is not installed: pip install 'fogbank[studio]'")
psutil = pytest.importorskip("psutil", reason="label-studio is not installed: pip install 'fogbank[studio]'")
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from fogbank.curate.studio import launch  # noqa: E402
from fogbank.curate.studio.annotators import ensure_annotator  # noqa: E402
from fogbank.curate.studio.project import ensure_project  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.errors import StudioError  # noqa: E402
from fogbank.model.storage import read_json, write_bytes, write_json_lines  # noqa: E402

CONFIG = '<View><Labels name="label" toName="text"><Label value="A"/></Labels><Text name="text" value="$text"/></View>'


class Impostor(BaseHTTPRequestHandler):
    """Answers as healthy, but is no Label Studio of ours."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "UP"}')

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def taken_port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Impostor) as impostor:
        thread = threading.Thread(target=impostor.serve_forever)
        thread.start()
        yield impostor.server_port
        impostor.shutdown()
        thread.join()


def test_a_running_server_keeps_its_secrets_and_listens_on_loopback_only(studio: Server) -> None:
    process = psutil.Process(read_json(studio.folder / "server.json")["pid"])
    listening = {c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    assert not any(secret in " ".join(process.cmdline()) for secret in (studio.password, studio.token))
    for name in ("secrets.json", "server.json", "server.log"):
        assert stat.S_IMODE((studio.folder / name).stat().st_mode) == 0o600, name
    assert studio.token not in studio.log.read_text()
    assert studio.password not in studio.log.read_text()


def test_a_stranger_can_neither_ask_nor_sign_up(studio: Server) -> None:
    with httpx.Client(base_url=studio.url, trust_env=False) as stranger:
        assert stranger.get("/api/projects/").status_code == 401
        stranger.get("/user/signup/")
        form = {
            "email": "eve@fogbank.example",
            "password": "long enough 1",
            "csrfmiddlewaretoken": stranger.cookies["csrftoken"],
        }
        answer = stranger.post("/user/signup/", data=form, headers={"Referer": f"{studio.url}/user/signup/"})
        assert answer.status_code == 403
    assert "eve@fogbank.example" not in [user.email for user in studio.client().users.list()]


def test_users_and_projects_are_there_after_a_stop_and_a_start(studio_folder: Path) -> None:
    told: list[str] = []
    first = Server(studio_folder).start(keep=True, progress=told.append)
    annotator = ensure_annotator(first, "vera")
    project = ensure_project(first, "FogBank pilot vera", CONFIG)
    url = first.url
    with Server(studio_folder) as same:  # started to be kept, so the end of this block does not stop it
        assert same.url == url
    assert first.is_running
    assert told == ["starting Label Studio"]

    script = (
        "import sys, pathlib; from fogbank.curate.studio.server import Server\n"
        "server = Server(pathlib.Path(sys.argv[1])); print(server.url, server.stop())"
    )
    found = subprocess.run([sys.executable, "-c", script, studio_folder], capture_output=True, text=True, check=True)
    assert found.stdout.split() == [url, "True"]
    assert not first.is_running
    assert first.stop() is False
    with pytest.raises(StudioError, match="no Label Studio server is running"):
        _ = first.url

    with first as again:
        assert ensure_annotator(again, "vera") == annotator
        assert ensure_project(again, "FogBank pilot vera", CONFIG) == project
    assert not first.is_running


def test_a_wanted_port_that_is_taken_is_refused(studio_folder: Path, taken_port: int) -> None:
    with pytest.raises(StudioError, match=f"port {taken_port} of 127.0.0.1 is taken"):
        Server(studio_folder, port=taken_port).start()


def test_a_port_lost_while_starting_is_given_up_for_another(
    studio_folder: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Label Studio moves on silently, and /health of the lost port answers from somebody else."""
    ports = iter([taken_port])
    find = launch.free_port
    monkeypatch.setattr("fogbank.curate.studio.server.free_port", lambda: next(ports, None) or find())
    monkeypatch.setattr("fogbank.curate.studio.server.is_taken", lambda _: False)
    with Server(studio_folder) as server:
        assert not server.url.endswith(f":{taken_port}")
        assert server.client().users.whoami().email == server.email


def test_a_process_that_is_not_the_one_started_is_left_alone(tmp_path: Path) -> None:
    environment = {"LABEL_STUDIO_BASE_DATA_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=environment) as other:
        try:
            state = {"pid": other.pid, "port": 1, "url": "http://127.0.0.1:1", "kept": True}
            write_json_lines(tmp_path / "server.json", [state])
            server = Server(tmp_path)
            assert not server.is_running
            assert server.stop() is False
            assert other.poll() is None
        finally:
            other.kill()


def test_another_folders_label_studio_is_left_alone(studio: Server, tmp_path: Path) -> None:
    write_json_lines(tmp_path / "server.json", [read_json(studio.folder / "server.json")])
    assert Server(tmp_path).stop() is False
    assert studio.is_running


def test_a_server_that_cannot_start_says_why_without_secrets(tmp_path: Path) -> None:
    secret = "f" * 40
    write_json_lines(tmp_path / "secrets.json", [{"password": "hidden-password", "token": secret}])
    write_bytes(tmp_path / "label_studio.sqlite3", b"no database at all " * 100)
    with pytest.raises(StudioError, match="ended while starting; its last words") as caught:
        Server(tmp_path).start()
    assert "not a database" in str(caught.value)
    assert secret not in str(caught.value)
    assert not Server(tmp_path).is_running


def test_last_words_hide_tokens_and_cookies(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    hidden = [
        "tmK7mIiZ0s8zrk3r4IdQ",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.x",
        "0123456789abcdef" * 2 + "01234567",
        "pw",
    ]
    log.write_text(
        f'"POST /user/signup/?token={hidden[0]} HTTP/1.1" 302\n'
        f"set-cookie: sessionid={hidden[1]}; {hidden[1]}\nAuthorization: Token {hidden[2]} {hidden[2]}\nsaid pw here\n"
    )
    shown = launch.last_words(log, "pw")
    assert not [secret for secret in hidden if secret in shown]
    assert "said … here" in shown


def test_data_of_another_label_studio_are_refused(tmp_path: Path) -> None:
    (tmp_path / "label_studio.sqlite3").write_bytes(b"")
    with pytest.raises(StudioError, match="expected an empty scratch folder"):
        Server(tmp_path).start()


def test_without_label_studio_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(StudioError, match=r"pip install 'fogbank\[studio\]'"):
        Server(tmp_path / "data").start()


@pytest.mark.parametrize("missing", ["label_studio_sdk", "psutil", "httpx"])
def test_without_an_optional_package_the_import_says_how_to_get_it(missing: str) -> None:
    script = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from fogbank.errors import StudioError\n"
        "from fogbank.curate.studio.config import label_config\n"
        "try:\n    import fogbank.curate.studio.server\nexcept StudioError as error:\n    print(error)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'fogbank[studio]'" in told.stdout
