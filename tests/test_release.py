"""A release: its checksums, its description for other tools, its card and its citation."""

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner
from huggingface_hub import DatasetCard

import fogbank
from fogbank import DataError, find_corpus
from fogbank.cli import main
from fogbank.publish.dataset.configs import CONFIGS
from fogbank.publish.release.card import benchmark
from fogbank.publish.release.checksums import checksums, released_files
from fogbank.publish.release.citation import current_citation, read_citation

HOME = find_corpus(Path(__file__).parent)
ROOT = HOME.root


# ---------------------------------------------------------------- SHA256SUMS


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of a part of the release, with a list of its own."""
    for name in ("data/ledger", "corpus/splits"):
        shutil.copytree(ROOT / name, tmp_path / name)
    listed = checksums(released_files(tmp_path), lambda path: (tmp_path / path).read_bytes())
    (tmp_path / "SHA256SUMS").write_text(listed)
    return tmp_path


def test_the_published_list_is_what_sha256sum_reads() -> None:
    assert fogbank.verify(ROOT) == []
    done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_what_is_missing_changed_and_extra_is_named(copy: Path) -> None:
    assert fogbank.verify(copy) == []
    (copy / "data/ledger/test.parquet").unlink()
    (copy / "corpus/splits/train.txt").write_bytes(b"changed")
    (copy / "data/ledger/new.parquet").write_bytes(b"")
    (copy / "corpus/withheld").mkdir()
    (copy / "corpus/withheld/mine.txt").write_text("a reader's own copy is no part of a release")
    found = fogbank.verify(copy)
    assert [(one.path, one.what) for one in found] == [
        ("corpus/splits/train.txt", "changed"),
        ("data/ledger/new.parquet", "extra"),
        ("data/ledger/test.parquet", "missing"),
    ]
    assert sha256(b"changed").hexdigest() in found[0].detail
    run = CliRunner().invoke(main, ["verify", str(copy), "--json"])
    assert run.exit_code == 1
    assert [json.loads(line)["what"] for line in run.stdout.splitlines()] == ["changed", "extra", "missing"]


@pytest.mark.parametrize("line", ["", "0" * 64, f"{'0' * 64}  ../secret", f"{'0' * 64}  /etc/passwd", "x" * 64 + "  a"])
def test_a_list_that_is_none_is_refused_with_its_line(copy: Path, line: str) -> None:
    with (copy / "SHA256SUMS").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(DataError, match=r"SHA256SUMS:\d+: expected 64 hexadecimal digits"):
        fogbank.verify(copy)


def test_a_folder_without_a_list_is_named(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert run.exit_code == 2
    assert f"{tmp_path}/SHA256SUMS: cannot be read" in run.stderr


# ---------------------------------------------------------------- Croissant


@pytest.fixture(scope="module")
def described() -> Any:
    return json.loads((ROOT / "croissant.json").read_text())


@pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated", "ignore:The inplace keyword in DataFrame.reset_index"
)
def test_mlcroissant_reads_every_record_as_the_parquet_files_have_it(tmp_path: Path, described: Any) -> None:
    import mlcroissant

    # The smallest splits only, since mlcroissant is slow; all fields are in each.
    parts = {config.name: "test" if config.name == "wire" else "validation" for config in CONFIGS}
    shutil.copy(ROOT / "croissant.json", tmp_path)
    for name, split in parts.items():
        (tmp_path / "data" / name).mkdir(parents=True)
        shutil.copy(ROOT / f"data/{name}/{split}.parquet", tmp_path / "data" / name)
    loaded = mlcroissant.Dataset(str(tmp_path / "croissant.json"))
    assert not loaded.metadata.ctx.issues.errors
    assert not loaded.metadata.ctx.issues.warnings
    assert {one.id for one in loaded.metadata.record_sets} >= set(parts)
    for name, split in parts.items():
        rows = pq.read_table(tmp_path / f"data/{name}/{split}.parquet").to_pylist()
        records = list(loaded.records(name))
        assert len(records) == len(rows)
        for record, row in zip(records, rows, strict=True):
            assert plain(record.pop(f"{name}/split")) == split
            assert record.keys() == {f"{name}/{column}" for column in row}
            for column, value in row.items():
                assert plain(record[f"{name}/{column}"]) == flat(value, f"{name}/{column}"), (name, column)


def plain(value: Any) -> Any:
    """A value of mlcroissant's as JSON has it; it gives texts as bytes and numbers as NumPy's."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.item() if hasattr(value, "item") else value


def flat(value: Any, path: str) -> Any:
    """A value of a Parquet file as Croissant names it: within a list, structs are flattened and lists left out."""
    if isinstance(value, dict):
        return {f"{path}/{key}": one for key, one in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{f"{path}/{key}": one for key, one in leaves(item)} for item in value]
    return value


def leaves(struct: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in struct.items():
        if isinstance(value, dict):
            found += [(f"{key}/{below}", one) for below, one in leaves(value)]
        elif not isinstance(value, list):
            found.append((key, value))
    return found


def test_croissant_has_each_file_with_its_sum_and_what_venues_ask_for(described: Any) -> None:
    sums = {one["contentUrl"]: one["sha256"] for one in described["distribution"] if one["@type"] == "cr:FileObject"}
    assert sums == {
        path: sha256((ROOT / path).read_bytes()).hexdigest() for config in CONFIGS for path in config.files.values()
    }
    assert described["version"] == fogbank.__version__
    asked = {
        f"rai:{name}" for name in (
            "dataLimitations", "dataBiases", "personalSensitiveInformation", "dataUseCases", "dataSocialImpact",
            "hasSyntheticData",
        )
    } | {"prov:wasDerivedFrom", "prov:wasGeneratedBy"}  # fmt: skip
    assert all(described[name] for name in asked)


# ---------------------------------------------------------------- the card and the benchmark's description


def test_the_card_tells_the_hub_what_loading_finds(tmp_path: Path) -> None:
    card = DatasetCard.load(ROOT / "README.md")
    data = card.data.to_dict()
    for key in ("language", "license", "annotations_creators", "language_creators", "source_datasets", "tags"):
        assert data[key], key
    assert data["task_categories"] == ["token-classification"]
    assert data["size_categories"] == ["n<1K"] if len(HOME.articles) < 1000 else ["1K<n<10K"]
    informed = {one["config_name"]: one for one in data["dataset_info"]}
    assert list(informed) == [one["config_name"] for one in data["configs"]] == [config.name for config in CONFIGS]
    for config in CONFIGS:
        loaded = datasets.load_dataset(str(ROOT), config.name, cache_dir=str(tmp_path))
        told = {one["name"]: one for one in informed[config.name]["splits"]}
        assert set(told) == set(loaded)
        for split, rows in loaded.items():
            assert datasets.Features._from_yaml_list(informed[config.name]["features"]) == rows.features
            assert told[split]["num_examples"] == rows.num_rows
            assert told[split]["num_bytes"] == rows.info.splits[split].num_bytes
        assert informed[config.name]["download_size"] == sum((ROOT / p).stat().st_size for p in config.files.values())


def test_the_benchmark_has_a_task_for_each_that_is_scored() -> None:
    told = yaml.safe_load((ROOT / "eval.yaml").read_text())
    assert set(told) == {"name", "description", "evaluation_framework", "tasks"}
    report = json.loads((ROOT / "leaderboard/test/floor.json").read_text())["report"]
    assert [task["id"] for task in told["tasks"]] == list(report["scores"])
    splits = {one.name: one.files for one in CONFIGS}
    assert all(task["split"] in splits[task["config"]] for task in told["tasks"])
    assert yaml.safe_load(benchmark(fogbank.citation(HOME))) == told


# ---------------------------------------------------------------- citation and version


def test_a_version_is_cited_in_every_format() -> None:
    def cite(form: str) -> str:
        run = CliRunner().invoke(main, ["cite", "--format", form])
        assert run.exit_code == 0
        return run.stdout

    held = yaml.safe_load(cite("cff"))
    assert held["cff-version"] == "1.2.0"
    assert held["version"] == fogbank.__version__
    assert held["title"] in cite("apa")
    bibtex = cite("bibtex")
    assert bibtex.startswith("@misc{")
    assert bibtex.count("{") == bibtex.count("}")
    assert f"version = {{{fogbank.__version__}}}" in bibtex
    assert "author = {{The FogBank authors}}" in bibtex


def test_special_characters_and_several_authors_are_cited_right() -> None:
    made = read_citation(
        "title: R&D_1\nauthors: [{name: A}, {name: B}, {name: C}]\nversion: 1.0\ndate-released: 2030-01-02\n"
        "abstract: x\nkeywords: [y]\nurl: https://example.org/x\n"
    )
    assert r"title = {{R\&D\_1}}" in made.bibtex()
    assert "author = {{A} and {B} and {C}}" in made.bibtex()
    assert made.apa() == "A, B, & C. (2030). R&D_1 (Version 1.0) [Data set]. https://example.org/x\n"


@pytest.mark.parametrize("content", ["", "[", "title: x", "title: x\nauthors: [y]", "- a"])
def test_a_citation_file_that_is_none_is_refused(content: str) -> None:
    with pytest.raises(DataError, match="expected YAML with title, authors"):
        read_citation(content)


def test_the_version_and_its_date_are_the_changelog_s() -> None:
    now = fogbank.__version__
    changed = current_citation("version: 9\ndate-released: 2000-01-01\n", f"# C\n\n## {now} (2031-02-03)\n")
    assert changed == f"version: {now}\ndate-released: 2031-02-03\n"
    with pytest.raises(DataError, match=f"no version {now}"):
        current_citation("version: 9\n", "## 0.0.0 (2031-02-03)\n")


def test_every_version_in_the_changelog_has_its_sections_and_the_current_one_is_first() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    parts = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    assert parts[0].split()[0] == fogbank.__version__
    assert all(re.findall(r"^### (.+)$", part, re.MULTILINE) == ["Data", "Scores", "Code"] for part in parts)
