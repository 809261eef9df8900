"""The installed package, outside any checkout: it brings the release along."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from fogbank import SPLITS, find_corpus, load
from fogbank.publish.dataset.configs import CONFIGS
from fogbank.publish.release.checksums import RELEASED, SUMS

HOME = find_corpus(Path(__file__).parent)

LOADS = """
import json, sys
import fogbank
from datasets import load_dataset

home = fogbank.find_corpus()
found = {"module": fogbank.__file__, "version": fogbank.__version__, "differences": fogbank.verify()}
found["gold"] = {s: [d.id for d in fogbank.load(s)] for s in (*fogbank.SPLITS, "wire")}
found["texts"] = all(d.text for s in fogbank.SPLITS for d in fogbank.load(s))
for name, splits in json.loads(sys.argv[1]).items():
    whole = load_dataset(str(home.root), name)
    stream = load_dataset(str(home.root), name, streaming=True)
    found |= {f"{name}/{split}": [whole[split].num_rows, list(stream[split]) == list(whole[split])] for split in splits}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy, so that nothing is left in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in ("src", "pyproject.toml", "setup.py", "LICENSE", SUMS, *RELEASED):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if (HOME.root / name).is_dir():
            shutil.copytree(HOME.root / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copyfile(HOME.root / name, source / name)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    pip("wheel", *options, "--wheel-dir", str(source / "dist"), str(source))
    (made,) = (source / "dist").glob("*.whl")
    return made


def pip(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    source = HOME.root / "src"
    files = {path.relative_to(source).as_posix() for path in (source / "fogbank").rglob("*") if path.is_file()}
    files = {name for name in files if "__pycache__" not in name}
    assert any(name.endswith(".html") for name in files)
    assert files <= set(ZipFile(wheel).namelist())


def test_an_installed_package_loads_every_config_whole_and_streaming_without_a_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    pip("install", "--quiet", "--no-deps", "--no-index", "--target", str(site), str(wheel))
    there = {key: value for key, value in os.environ.items() if key not in {"FOGBANK_HOME", "FOGBANK_TEXTS"}}
    offline = {"PYTHONPATH": str(site), "HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    configs = {config.name: list(config.files) for config in CONFIGS}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=there | offline, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    found = json.loads(run("-c", LOADS, json.dumps(configs)))
    assert Path(found.pop("module")).is_relative_to(site)
    assert found.pop("version") in wheel.name
    assert found.pop("differences") == []
    assert found.pop("gold") == {split: [one.id for one in load(split, HOME)] for split in (*SPLITS, "wire")}
    assert found.pop("texts")
    assert found.keys() == {f"{name}/{split}" for name, splits in configs.items() for split in splits}
    assert all(rows > 0 and same for rows, same in found.values())
    assert str(site) in run("-m", "fogbank", "verify")
