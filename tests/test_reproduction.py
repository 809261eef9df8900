"""The whole path in a copy of the checkout, with the real Label Studio: twice, and once killed in between."""

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

HOME = find_corpus(Path(__file__).parent)
TEXTS = os.environ.get("FOGBANK_TEXTS", "")


@pytest.fixture
def checkout(studio_template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    for name in ("corpus", "annotations", "schema", "data", "baselines"):
        ignored = shutil.ignore_patterns("__pycache__", "withheld")
        shutil.copytree(HOME.root / name, folder / name, ignore=ignored)
    for name in ("README.md", "DATASHEET.md"):
        shutil.copy(HOME.root / name, folder)
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
    output, _ = process.communicate(timeout=500)
    assert process.returncode == 0, output
    return output


def tracked(checkout: Path) -> dict[str, str]:
    return {
        str(path.relative_to(checkout)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(checkout.rglob("*"))
        if path.is_file() and not {"build", "withheld", "__pycache__"} & set(path.relative_to(checkout).parts)
    }


@pytest.mark.studio
def test_the_path_continues_after_a_kill_and_a_second_run_changes_nothing(checkout: Path) -> None:
    before = tracked(checkout)
    texts = ["--texts", TEXTS] if TEXTS else []
    killed = begin(checkout, *texts)
    assert killed.stdout is not None
    for line in killed.stdout:
        if "Label Studio: running" in line:
            break
    time.sleep(3)  # somewhere among the first entries
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    first = finish(begin(checkout, *texts))
    assert first.count("the exports agree with the record") >= 3
    assert "build: gold, dataset, schemas and tables are current" in first
    for system in ("floor", "gazetteer", "linear"):
        assert f"{system}: training" in first
    assert (checkout / "build/report/index.html").is_file()
    assert tracked(checkout) == before
    made = {path: path.read_bytes() for path in (checkout / "build/reports").iterdir()}
    second = finish(begin(checkout, *texts))
    assert (
        second.count(" 0 tasks added") == second.count("0 annotations entered") == first.count("agree with the record")
    )
    assert "linear: trained before on the same data" in second
    assert {path: path.read_bytes() for path in (checkout / "build/reports").iterdir()} == made
    assert tracked(checkout) == before
    assert table(second) == table(first)


def table(output: str) -> str:
    return output[output.index("split   system") :]


@pytest.mark.studio
def test_a_changed_record_is_noticed(checkout: Path) -> None:
    path = next((checkout / "annotations/exports/round-1").glob("*.json"))
    changed = path.read_text().replace('"choices":["actual"]', '"choices":["planned"]', 1)
    finish(begin(checkout))
    path.write_text(changed)
    process = begin(checkout)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 2
    assert "there with other content" in output or "differs from the committed record" in output


def test_without_label_studio_the_committed_exports_are_the_start(checkout: Path) -> None:
    output = finish(begin(checkout, "--skip-studio"))
    assert "Label Studio skipped" in output
    assert "report: " in output
    assert not (checkout / "build/exports").exists()
