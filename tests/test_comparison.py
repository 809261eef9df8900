"""Two systems on the same gold, and slices of a score."""

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from fogbank import Article, DataError, Document, MissingTextError, Relation, Span, load, load_articles
from fogbank.cli import main
from fogbank.compare.significance import compare_systems
from fogbank.compare.slices import is_name, normalised, slice_documents, slice_names
from fogbank.compare.tasks import TASKS
from fogbank.model.storage import write_json_lines


def gold(number: int) -> list[Document]:
    spans = (Span("a", 0, 2, "FORCE"), Span("b", 3, 5, "STRIKE"), Span("c", 6, 8, "PLACE"))
    return [Document(f"d{i:02}", None, spans, (Relation("b", "a", "agent"),)) for i in range(number)]


def keeping(documents: Sequence[Document], sizes: Sequence[int]) -> list[Document]:
    return [Document(d.id, None, d.spans[:size]) for d, size in zip(documents, sizes, strict=True)]


def test_a_difference_by_hand() -> None:
    documents = gold(4)
    found = compare_systems(
        documents, keeping(documents, [3, 3, 3, 2]), keeping(documents, [2, 1, 1, 1]), tasks=["spans"]
    )
    one = found.differences["spans"]
    f1 = [2 * matched / (12 + matched) for matched in (11, 5)]
    assert (one.first, one.second, one.difference) == pytest.approx((*f1, f1[0] - f1[1]))
    assert one.randomisation == 2 / 16  # only the observed assignment and its mirror image are as large
    assert one.interval is not None
    assert 0 < one.interval[0] < one.difference < one.interval[1]
    assert one.bootstrap == pytest.approx(2 / 1001)
    assert "no randomised p can be below 0.125" in found.table()


def test_randomisation_is_exact_where_all_assignments_can_be_tried() -> None:
    documents, sizes = gold(6), ([3, 2, 3, 1, 2, 3], [2, 2, 1, 2, 1, 3])
    one = compare_systems(documents, *(keeping(documents, s) for s in sizes), tasks=["spans"]).differences["spans"]

    def difference(swapped: Sequence[bool]) -> float:
        totals = [sum(s[swap != side] for *s, swap in zip(*sizes, swapped, strict=True)) for side in (False, True)]
        return abs(2 * totals[0] / (18 + totals[0]) - 2 * totals[1] / (18 + totals[1]))

    every = [difference(swapped) for swapped in product((False, True), repeat=6)]
    assert one.randomisation == np.mean([d >= every[0] - 1e-12 for d in every])


def test_one_system_cannot_be_told_from_itself() -> None:
    documents = gold(30)
    predicted = keeping(documents, [1, 2, 3] * 10)
    for one in compare_systems(documents, predicted, predicted).differences.values():
        assert (one.difference, one.bootstrap, one.randomisation, one.interval) == (0, 1, 1, (0, 0))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=14))
@settings(max_examples=25)
def test_exchanging_the_systems_changes_the_sign_only(sizes: list[tuple[int, int]]) -> None:
    documents = gold(len(sizes))
    first, second = (keeping(documents, [pair[side] for pair in sizes]) for side in (0, 1))
    forth = compare_systems(documents, first, second, tasks=["spans"], resamples=99).differences["spans"]
    back = compare_systems(documents, second, first, tasks=["spans"], resamples=99).differences["spans"]
    assert (forth.difference, forth.bootstrap, forth.randomisation) == pytest.approx(
        (-back.difference, back.bootstrap, back.randomisation)
    )
    assert 0 < (forth.bootstrap or 0) <= 1
    assert 0 < (forth.randomisation or 0) <= 1


def test_incidents_are_exchanged_whole() -> None:
    documents = gold(4)
    sides = keeping(documents, [3, 3, 3, 3]), keeping(documents, [1, 1, 1, 1])
    groups = {"d00": "i", "d01": "i", "d02": "j", "d03": "j"}
    found = compare_systems(documents, *sides, groups=groups, tasks=["spans"])
    assert (found.groups, found.differences["spans"].randomisation) == (2, 2 / 4)
    alone = compare_systems(documents, *sides, groups=dict.fromkeys(groups, "i"), tasks=["spans"]).differences["spans"]
    assert (alone.interval, alone.bootstrap, alone.randomisation) == (None, None, None)
    json.dumps(found.to_json())


def test_a_large_difference_is_found_and_chance_is_not() -> None:
    documents, draw = gold(60), np.random.default_rng(3)
    noise = [keeping(documents, draw.integers(0, 4, 60).tolist()) for _ in range(2)]
    chance = compare_systems(documents, *noise, tasks=["spans"]).differences["spans"]
    assert chance.bootstrap is not None
    assert chance.bootstrap > 0.1
    assert chance.randomisation is not None
    assert chance.randomisation > 0.1
    real = compare_systems(documents, documents, noise[0], tasks=["spans"]).differences["spans"]
    assert real.bootstrap == pytest.approx(2 / 1001)
    assert real.randomisation == pytest.approx(1 / 1001)


def test_predictions_of_other_documents_are_refused() -> None:
    with pytest.raises(DataError, match="not in test, first 'x'"):
        compare_systems(gold(2), gold(2), [Document("x", None)], split="test")


# ---------------------------------------------------------------- slices


def article(name: str, theatre: str) -> Article:
    return Article(name, "dispatches", "2021-03-04", "0", "x", theatre=theatre)


def test_documents_are_sliced_by_what_is_known_of_them() -> None:
    documents = gold(3)
    articles = {"d00": article("d00", "t"), "d01": article("d01", "s")}
    found = slice_documents("theatre", documents, [*documents[:2], Document("d02", None)], articles)
    assert {name: [d.id for d in sides[0]] for name, sides in found.items()} == {
        "theatre s": ["d01"], "theatre t": ["d00"], "theatre unknown": ["d02"],
    }  # fmt: skip
    assert found["theatre unknown"][1] == [Document("d02", None)]


def test_documents_are_sliced_by_length() -> None:
    documents = [Document(f"d{n}", "word " * n) for n in (500, 249, 250, 499)]
    found = slice_documents("length", documents, documents, {})
    assert {name: [d.id for d in sides[0]] for name, sides in found.items()} == {
        "length under 250": ["d249"], "length 250–499": ["d250", "d499"], "length 500 or more": ["d500"],
    }  # fmt: skip
    with pytest.raises(MissingTextError, match="d: the text is withheld"):
        slice_documents("length", [Document("d", None)], [Document("d", None)], {})


def test_names_are_sliced_by_whether_train_has_them() -> None:
    text = "The Seventh Column's men left Hask for Orelum."
    train = Document("t", "The SEVENTH column moved.", (Span("a", 4, 18, "FORCE"), Span("b", 19, 24, "MOVE")))
    spans = (
        Span("f", 4, 20, "FORCE"),
        Span("m", 21, 24, "PEOPLE"),
        Span("h", 30, 34, "PLACE"),
        Span("l", 25, 29, "MOVE"),
    )
    one = Document("d", text, spans, (Relation("l", "m", "agent"),))
    predicted = Document("d", None, (Span("x", 4, 20, "ORG"), Span("y", 39, 45, "PLACE")))
    found = slice_names([one], [predicted], [train])
    ids = {name: tuple([s.id for s in side[0].spans] for side in sides) for name, sides in found.items()}
    assert ids == {"names seen in train": (["f"], ["x"]), "names unseen in train": (["h"], ["y"])}


@pytest.mark.parametrize(
    ("one", "other"),
    [("the Seventh Column", "Seventh  column’s"), ("STRASSE", "Straße"), ("Ａrmy", "army"), ("Kings'", "Kings")],
)
def test_names_are_compared_in_one_form(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_a_name_has_a_capital() -> None:
    assert [is_name(words) for words in ("Hask", "al-Hask men", "some men", "the Army", "30")] == [
        True, False, False, True, False,
    ]  # fmt: skip


# ---------------------------------------------------------------- the verbs


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("predictions")
    half = [Document(d.id, None, tuple(s for s in d.spans if s.label != "CONTENT")[::2]) for d in load("test")]
    write_json_lines(folder / "whole.jsonl", (d.to_json() for d in load("test")))
    write_json_lines(folder / "half.jsonl", (d.to_json() for d in half))
    return folder / "whole.jsonl", folder / "half.jsonl"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_table_has_a_row_a_task_and_more_where_asked(files: tuple[Path, Path]) -> None:
    short = run("score", files[1]).output.splitlines()
    assert [line.split()[0] for line in short[2:-1]] == list(TASKS)
    more = run("score", files[1], "--task", "relations").output.splitlines()
    assert "  Arg-C" in {line[:7] for line in more}
    assert not any(line.startswith("  overlap") for line in more)
    assert len(run("score", files[1], "--all").output.splitlines()) > len(more) > len(short)


@pytest.mark.parametrize("by", ["theatre", "genre", "writer", "length"])
def test_slices_add_up_to_the_whole(files: tuple[Path, Path], by: str) -> None:
    whole = json.loads(run("score", files[1], "--json").output)
    parts = json.loads(run("score", files[1], "--by", by, "--json").output)
    assert sum(part["documents"] for part in parts) == whole["documents"]
    for name in ("gold", "predicted", "matched_gold"):
        assert sum(p["scores"]["spans"]["all"][name] for p in parts) == whole["scores"]["spans"]["all"][name]
    if by == "theatre":
        theatres = {article.theatre for article in load_articles("test")}
        assert {part["signature"]["split"] for part in parts} == {f"test, theatre {name}" for name in theatres}


def test_seen_and_unseen_names_are_spans_only(files: tuple[Path, Path]) -> None:
    parts = json.loads(run("score", files[0], "--by", "seen", "--json").output)
    assert [list(part["scores"]) for part in parts] == [["spans"], ["spans"]]
    assert all(part["scores"]["spans"]["all"]["value"] == 1 for part in parts)
    assert all(part["scores"]["spans"]["all"]["gold"] > 0 for part in parts)


def test_two_files_are_compared(files: tuple[Path, Path]) -> None:
    result = run("compare", *files)
    assert result.exit_code == 0, result.output
    assert "whole and half on test" in result.output
    found = json.loads(run("compare", *files, "--json").output)
    assert list(found["differences"]) == list(TASKS)
    assert found["differences"]["spans"]["difference"] > 0


def test_a_file_with_problems_is_not_compared(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": 3}\n')
    result = run("compare", files[0], tmp_path / "bad.jsonl")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
