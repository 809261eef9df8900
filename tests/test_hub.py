"""Publishing, through the real client, to a server of this machine that speaks the Hub's protocol."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from huggingface_hub import constants

import fogbank
from fogbank import Corpus, FogbankError, find_corpus
from fogbank.cli import main
from fogbank.publish.release import hub
from fogbank.publish.release.checksums import SUMS, checksums, released_files

HOME = find_corpus(Path(__file__).parent)
REPOSITORY = "owner/fogbank"


class FakeHub(ThreadingHTTPServer):
    """As much of the Hub as an upload needs; `refused` is a path that it answers with an error."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] | None = None
        self.commits: list[str] = []
        self.tags: dict[str, str] = {}
        self.refused = ""

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        if self.refused and self.refused in path:
            return 500, {"error": "out of order"}
        if path == "/api/repos/create":
            created, self.files = self.files is None, self.files or {".gitattributes": b"", "old.txt": b"old"}
            return (200 if created else 409), {"url": f"{constants.ENDPOINT}/datasets/{REPOSITORY}"}
        if path == "/api/validate-yaml":
            yaml.safe_load(json.loads(body)["content"].split("---\n")[1])
            return 200, {}
        prefix, _, verb = path.partition(f"/api/datasets/{REPOSITORY}/")
        assert not prefix
        assert self.files is not None
        head = self.commits[-1] if self.commits else "0" * 40
        match verb.split("/")[0]:
            case "refs":
                tags = [{"name": n, "ref": f"refs/tags/{n}", "targetCommit": c} for n, c in self.tags.items()]
                main = {"name": "main", "ref": "refs/heads/main", "targetCommit": head}
                return 200, {"branches": [main], "converts": [], "tags": tags}
            case "tree":
                return 200, [{"type": "file", "path": p, "size": len(c), "oid": oid(c)} for p, c in self.files.items()]
            case "revision":
                return 200, {"id": REPOSITORY, "sha": head}
            case "preupload":
                asked = [one["path"] for one in json.loads(body)["files"]]
                known = {path: oid(content) for path, content in self.files.items()}
                return 200, {
                    "files": [
                        {"path": p, "uploadMode": "regular", "shouldIgnore": False, "oid": known.get(p)} for p in asked
                    ]
                }
            case "commit":
                for line in map(json.loads, body.splitlines()):
                    if line["key"] == "file":
                        self.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
                    elif line["key"] == "deletedFile":
                        del self.files[line["value"]["path"]]
                self.commits.append(sha1(body).hexdigest())
                return 200, {
                    "commitUrl": f"{constants.ENDPOINT}/datasets/{REPOSITORY}/commit/x",
                    "commitOid": self.commits[-1],
                }
            case "tag":
                self.tags[json.loads(body)["tag"]] = verb.split("/")[1]
                return 200, {}
        raise AssertionError(path)


class Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") == "Bearer hf_secret":
            status, answer = self.server.answer(self.path.split("?")[0], body)
        else:
            status, answer = 401, {"error": "Invalid credentials"}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        pass


def oid(content: bytes) -> str:
    return sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with FakeHub() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        # what HF_ENDPOINT sets where the client is not imported yet
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{running.server_port}")
        monkeypatch.setenv("HF_TOKEN", "hf_secret")
        yield running
        running.shutdown()
        thread.join()


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A small committed checkout, of which a rebuild changes nothing."""
    root = tmp_path / "checkout"
    for name in ("data/ledger", "corpus/splits"):
        shutil.copytree(HOME.root / name, root / name)
    for name in ("README.md", ".gitignore", "corpus/manifest.jsonl"):
        shutil.copyfile(HOME.root / name, root / name)
    (root / SUMS).write_text(checksums(released_files(root), lambda path: (root / path).read_bytes()))
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    monkeypatch.setattr(hub, "build", lambda corpus, *, check: [] if check else pytest.fail("it must not write"))
    monkeypatch.setenv("FOGBANK_HOME", str(root))
    return Corpus(root)


def test_a_version_is_published_whole_and_tagged_and_never_twice(checkout: Corpus, server: FakeHub) -> None:
    run = CliRunner().invoke(main, ["publish", "--repo", REPOSITORY])
    assert run.exit_code == 0, run.output
    tracked = {one.path: (checkout.root / one.path).read_bytes() for one in hub.uploads(checkout)}
    assert {"README.md", ".gitignore", "data/ledger/test.parquet"} < tracked.keys()
    assert server.files == {**tracked, ".gitattributes": b""}
    assert server.tags == {fogbank.__version__: server.commits[0]}
    again = CliRunner().invoke(main, ["publish", "--repo", REPOSITORY])
    assert again.exit_code == 2
    assert f"version {fogbank.__version__} is published" in again.stderr
    assert len(server.commits) == 1


def test_a_run_that_was_cut_off_before_the_tag_is_completed_without_sending_again(
    checkout: Corpus, server: FakeHub
) -> None:
    server.refused = "/tag/"
    with pytest.raises(FogbankError, match=f"{REPOSITORY}: the Hub refused or did not answer"):
        hub.publish(checkout, REPOSITORY)
    assert server.tags == {}
    server.refused = ""
    assert hub.publish(checkout, REPOSITORY) == server.commits[0]
    assert len(server.commits) == 1
    assert server.tags == {fogbank.__version__: server.commits[0]}


def test_a_dry_run_lists_every_file_and_asks_nobody(checkout: Corpus) -> None:
    run = CliRunner().invoke(main, ["publish", "--repo", REPOSITORY, "--dry-run"])
    assert run.exit_code == 0, run.output
    *lines, last = run.stdout.splitlines()
    listed = {path: (digest, int(size)) for digest, size, path in (line.split(maxsplit=2) for line in lines)}
    there = [p for p in checkout.root.rglob("*") if p.is_file() and ".git" not in p.relative_to(checkout.root).parts]
    assert listed == {
        str(p.relative_to(checkout.root)): (sha256(p.read_bytes()).hexdigest(), p.stat().st_size) for p in there
    }
    assert last.startswith(f"{len(there)} files")


def test_what_is_not_committed_is_not_published(checkout: Corpus) -> None:
    (checkout.root / "data/ledger/new.parquet").write_bytes(b"")
    with pytest.raises(FogbankError, match=r"not committed; expected a clean checkout:\ndata/ledger/new\.parquet"):
        hub.publish(checkout, REPOSITORY, dry_run=True)


def test_what_a_rebuild_would_change_is_not_published(checkout: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "build", lambda corpus, *, check: [corpus.root / "data/ledger/test.parquet"])
    with pytest.raises(FogbankError, match=r"a rebuild would change these.*\ndata/ledger/test\.parquet"):
        hub.publish(checkout, REPOSITORY, dry_run=True)


def test_what_differs_from_its_checksum_is_not_published(checkout: Corpus) -> None:
    (checkout.root / "corpus/splits/train.txt").write_text("other\n")
    git(checkout.root, "commit", "-qam", "other")
    with pytest.raises(FogbankError, match=r"corpus/splits/train\.txt: changed"):
        hub.publish(checkout, REPOSITORY, dry_run=True)


def test_a_wrong_token_name_or_folder_is_said_without_a_traceback(
    checkout: Corpus, server: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(FogbankError, match="expected a repository owner/name"):
        hub.publish(checkout, "not a name/x/y")
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(FogbankError, match=r"401.*hf auth login"):
        hub.publish(checkout, REPOSITORY)
    with pytest.raises(FogbankError, match=r"not a git repository.*expected a checkout"):
        hub.publish(Corpus(tmp_path), REPOSITORY)
