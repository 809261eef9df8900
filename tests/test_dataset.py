"""The published dataset, as researchers load it."""

import json
from pathlib import Path

import datasets
import pytest

import fogbank
from fogbank import SCHEME, SPLITS, Corpus, DataError, FogbankError, find_corpus
from fogbank.publish.dataset import parquet_path


@pytest.fixture(scope="module")
def home() -> Corpus:
    return find_corpus(Path(__file__).parent)


@pytest.fixture(scope="module")
def loaded(home: Corpus, tmp_path_factory: pytest.TempPathFactory) -> datasets.DatasetDict:
    found = datasets.load_dataset(str(home.root), cache_dir=str(tmp_path_factory.mktemp("cache")))
    assert isinstance(found, datasets.DatasetDict)
    return found


def test_a_checkout_loads_as_three_splits_with_declared_features(loaded: datasets.DatasetDict, home: Corpus) -> None:
    assert list(loaded) == list(SPLITS)
    for split in SPLITS:
        assert tuple(loaded[split]["id"]) == home.split(split)
        span = loaded[split].features["spans"].feature
        assert span["label"].names == list(SCHEME.label_names)
        assert span["attributes"]["stance"].names == list(SCHEME.attribute["stance"].names)
        assert loaded[split].features["relations"].feature["label"].names == list(SCHEME.relation_names)


def test_the_wire_config_has_offsets_and_no_text(home: Corpus, tmp_path: Path) -> None:
    wire = datasets.load_dataset(str(home.root), "wire", cache_dir=str(tmp_path))
    assert list(wire) == ["test"]
    assert all(row["text"] is None and row["spans"] and row["sha256"] for row in wire["test"])


def test_rows_agree_with_gold_files(loaded: datasets.DatasetDict, home: Corpus) -> None:
    names = SCHEME.label_names
    for split in SPLITS:
        for row in loaded[split]:
            gold = json.loads((home.gold_folder / f"{row['id']}.json").read_text())
            assert row["sha256"] == gold["sha256"]
            assert [(s["start"], s["end"], names[s["label"]]) for s in row["spans"]] == [
                (s["start"], s["end"], s["label"]) for s in gold["spans"]
            ]


def test_loading_gives_documents_equal_to_gold(home: Corpus) -> None:
    for split in (*SPLITS, "wire"):
        assert fogbank.load(split, home) == list(home.gold(home.split(split)))
        assert [a.id for a in fogbank.load_articles(split, home)] == list(home.split(split))


def test_quantities_are_published_with_their_interval(loaded: datasets.DatasetDict) -> None:
    quantity = SCHEME.label_names.index("QUANTITY")
    modifiers = SCHEME.attribute["modifier"].names
    seen = 0
    for row in loaded["train"]:
        for span in row["spans"]:
            if span["label"] == quantity and modifiers[span["attributes"]["modifier"]] == "exact":
                assert set(span["interval"].values()) == {span["attributes"]["value"]}
                seen += 1
    assert seen > 50


def test_an_unknown_split_is_refused(home: Corpus) -> None:
    with pytest.raises(FogbankError, match="expected one of train, validation, test, wire"):
        fogbank.load("dev", home)


def test_a_missing_file_is_named(home: Corpus, tmp_path: Path) -> None:
    (tmp_path / "corpus").symlink_to(home.root / "corpus")
    with pytest.raises(DataError, match=r"test\.parquet: is missing"):
        fogbank.load("test", Corpus(tmp_path))
    assert parquet_path(home, "wire").parts[-2:] == ("wire", "test.parquet")
