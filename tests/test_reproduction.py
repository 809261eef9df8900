"""The whole path in a copy of the checkout, with the real Label Studio: killed, continued, and once without it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from fogbank import find_corpus
from fogbank.curate.rounds import read_rounds

HOME = find_corpus(Path(__file__).parent)
TEXTS = os.environ.get("FOGBANK_TEXTS", "")


@pytest.fixture
def checkout(studio_template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    for name in ("corpus", "annotations", "schema", "data", "baselines", "leaderboard", "docs"):
        ignored = shutil.ignore_patterns("__pycache__", "withheld")
        shutil.copytree(HOME.root / name, folder / name, ignore=ignored)
    for path in filter(Path.is_file, HOME.root.glob("[!.]*")):
        shutil.copy(path, folder)
    shutil.copytree(studio_template, folder / "build" / "studio")
    return folder


def begin(checkout: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "fogbank", "reproduce", *words],
        env={**os.environ, "FOGBANK_HOME": str(checkout), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> str:
    output, _ = process.communicate(timeout=1500)
    assert process.returncode == 0, output
    return output


def tracked(checkout: Path) -> dict[str, str]:
    return {
        str(path.relative_to(checkout)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(checkout.rglob("*"))
        if path.is_file() and not {"build", "withheld", "__pycache__"} & set(path.relative_to(checkout).parts)
    }


@pytest.mark.studio
@pytest.mark.timeout(1800)
def test_the_whole_path(checkout: Path) -> None:
    """One checkout goes through it all, since training takes a minute: killed, continued, short, refused."""
    before = tracked(checkout)
    texts = ["--texts", TEXTS] if TEXTS else []
    kill_while_annotations_are_entered(begin(checkout, *texts))

    continued = finish(begin(checkout, *texts))
    assert continued.count("the exports agree with the record") == len(read_rounds(HOME))
    assert "build: gold, dataset, schemas and tables are current" in continued
    assert all(f"{system}: training" in continued for system in ("floor", "gazetteer", "linear"))
    assert (checkout / "build/report/index.html").is_file()
    assert tracked(checkout) == before
    reports = {path: path.read_bytes() for path in (checkout / "build/reports").iterdir()}

    shutil.rmtree(checkout / "build" / "exports")
    shutil.rmtree(checkout / "annotations" / "gold")
    short = finish(begin(checkout, "--skip-studio", *texts))
    assert "Label Studio skipped" in short
    assert "linear: trained before on the same data" in short
    assert {path: path.read_bytes() for path in (checkout / "build/reports").iterdir()} == reports
    assert not (checkout / "build/exports").exists()
    assert tracked(checkout) == before  # gold is derived, and comes back the same
    assert table(short) == table(continued)

    record = next((checkout / "annotations/exports/round-2").glob("*.json"))  # of dispatches, whose texts are here
    record.write_text(record.read_text().replace('"choices":["actual"]', '"choices":["planned"]', 1))
    refused = begin(checkout)
    output, _ = refused.communicate(timeout=300)
    assert refused.returncode == 2, output
    assert "it is there with other content" in output


def kill_while_annotations_are_entered(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if "Label Studio: running" in line:
            break
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()


def table(output: str) -> str:
    return output[output.index("split       system") :]
