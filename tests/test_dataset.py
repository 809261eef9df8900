"""The published dataset, as researchers load it."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

import fogbank
from fogbank import SCHEME, SPLITS, Corpus, DataError, FogbankError, find_corpus
from fogbank.curate.rounds import read_rounds
from fogbank.model.claims import claims
from fogbank.publish.dataset.configs import CONFIGS
from fogbank.publish.dataset.documents import parquet_path
from fogbank.publish.dataset.parquet import account_tables

DERIVED = {config.name: config for config in CONFIGS if config.name not in {"documents", "wire"}}


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


# ---------------------------------------------------------------- claims, ledger, versions


@pytest.fixture(scope="module", params=DERIVED)
def config(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def derived(config: str, home: Corpus, tmp_path_factory: pytest.TempPathFactory) -> datasets.DatasetDict:
    found = datasets.load_dataset(str(home.root), config, cache_dir=str(tmp_path_factory.mktemp("derived")))
    assert isinstance(found, datasets.DatasetDict)
    return found


def test_what_is_derived_loads_by_config_with_declared_and_described_features(
    derived: datasets.DatasetDict, config: str
) -> None:
    assert list(derived) == [*SPLITS, "wire"]
    for rows in derived.values():
        assert rows.num_rows
        assert rows.features == DERIVED[config].features()
        assert list(rows.features) == list(DERIVED[config].columns)


def test_what_is_derived_can_be_streamed(derived: datasets.DatasetDict, config: str, home: Corpus) -> None:
    for split in (*SPLITS, "wire"):
        stream = datasets.load_dataset(str(home.root), config, split=split, streaming=True)
        assert list(stream.take(2)) == list(derived[split].take(2))


def test_no_word_of_a_withheld_text_is_published(derived: datasets.DatasetDict, config: str, home: Corpus) -> None:
    def strings(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for held in value.values() for text in strings(held)]
        if isinstance(value, list):
            return [text for held in value for text in strings(held)]
        return [value] if isinstance(value, str) else []

    names = {"document", "claim", "incident", "annotator", "round", "guidelines", "sha256"}
    outlets = {article.outlet for article in home.articles.values()}
    for row in derived["wire"]:
        held = [s for s in strings({key: value for key, value in row.items() if key not in names}) if s not in outlets]
        # ids of spans, claims and documents, dates and lengths
        assert all(re.fullmatch(r"[A-Z]\d+|[\d:T-]+|P[\dTDHMYW]+|[a-z0-9-]+-\d{4}-\d\d-\d\d", s) for s in held), held
        if config == "ledger":
            assert all(entry["source"] in outlets | {None} and entry["group"] is None for entry in row["entries"])


def test_published_claims_are_those_of_gold(home: Corpus) -> None:
    stances = SCHEME.attribute["stance"].names
    published = pq.read_table(home.root / "data/claims/test.parquet").to_pylist()
    derived = [(one.id, claim) for one in home.gold(home.split("test")) for claim in claims(one)]
    assert [
        (row["document"], row["affected"]["text"], row["quantity"]["best"], stances[row["stance"]]) for row in published
    ] == [
        (name, claim.affected and claim.affected.text, claim.quantity and claim.quantity.best, claim.stance)
        for name, claim in derived
    ]


def test_published_versions_are_the_two_of_each_round_and_those_of_readers(home: Corpus) -> None:
    kinds = {one.name: one.kind for one in read_rounds(home)}
    for split in (*SPLITS, "wire"):
        rows = pq.read_table(home.root / f"data/versions/{split}.parquet").to_pylist()
        held = Counter((row["document"], row["round"]) for row in rows)
        twice = {key: number for key, number in held.items() if kinds[key[1]] == "annotation"}
        assert set(twice.values()) == {2}  # in each round that had the document
        assert {name for name, _ in twice} == set(home.split(split))
        assert {kinds[name] for _, name in held} <= {"annotation", "reading"}


def test_restoring_a_text_changes_nothing_that_is_published(home: Corpus) -> None:
    (name,) = home.split("wire")[:1]
    gold = next(home.gold([name]))
    size = max(span.end for span in gold.spans)
    restored = replace(gold, text="Words " * size)
    made = account_tables(home, {name: restored})
    assert made.keys() == {home.root / "data" / c / f"{s}.parquet" for c in DERIVED for s in (*SPLITS, "wire")}
    published = pq.read_table(home.root / "data/claims/wire.parquet").to_pylist()
    assert made[home.root / "data/claims/wire.parquet"].to_pylist() == [r for r in published if r["document"] == name]
