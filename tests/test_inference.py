"""Relations without a type: what their ends decide is typed when asked, all else is listed and stays as drawn."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fogbank import SCHEME, Corpus, Document, Relation, Span, find_corpus
from fogbank.curate.inference import infer_in_task, infer_relations
from fogbank.curate.rounds import Round, versions
from fogbank.model.regions import UNTYPED, read_result, write_result
from fogbank.model.storage import write_bytes

TEXT = "Police said two people died in Hask. The town mourned."
SPANS = (
    Span("T1", 0, 6, "ORG"),
    Span("T2", 7, 11, "CUE", {"stance": "asserts", "source_kind": "police"}),
    Span("T3", 12, 15, "QUANTITY", {"modifier": "exact", "value": 2}),
    Span("T4", 16, 22, "PEOPLE"),
    Span("T5", 23, 27, "DEATH", {"status": "actual"}),
    Span("T6", 31, 35, "PLACE"),
    Span("T7", 37, 45, "PLACE"),
    Span("T8", 46, 53, "OBJECT"),
    Span("T9", 0, 1, "OBJECT"),
)


NONE = "left untyped; the scheme has no relation for these ends"


def drawn(*ends: tuple[str, str], label: str = UNTYPED) -> Document:
    return Document("kd-01-a", TEXT, SPANS, tuple(Relation(head, tail, label) for head, tail in ends))


@pytest.mark.parametrize(
    ("head", "tail", "said"),
    [
        ("T2", "T1", "CUE “said” (7–11) → ORG “Police” (0–6): source"),
        ("T4", "T3", "PEOPLE “people” (16–22) → QUANTITY “two” (12–15): quantity"),
        ("T8", "T9", "OBJECT “mourned” (46–53) → OBJECT “P” (0–1): same"),
        (
            "T5",
            "T6",
            "DEATH “died” (23–27) → PLACE “Hask” (31–35): left untyped; possible are "
            "agent, affected, place, origin, destination",
        ),
        ("T7", "T6", "PLACE “The town” (37–45) → PLACE “Hask” (31–35): left untyped; possible are located_in, same"),
        ("T1", "T2", "ORG “Police” (0–6) → CUE “said” (7–11): left untyped; fits only turned round, as source"),
        ("T9", "T8", "OBJECT “P” (0–1) → OBJECT “mourned” (46–53): left untyped; fits only turned round, as same"),
        (
            "T3",
            "T5",
            "QUANTITY “two” (12–15) → DEATH “died” (23–27): left untyped; fits only turned round, as quantity",
        ),
        ("T3", "T2", f"QUANTITY “two” (12–15) → CUE “said” (7–11): {NONE}"),
        ("T8", "T8", f"OBJECT “mourned” (46–53) → OBJECT “mourned” (46–53): {NONE}"),
        ("T2", "T99", f"CUE “said” (7–11) → T99 (no span): {NONE}"),
    ],
)
def test_ends_decide_or_what_is_possible_is_listed(head: str, tail: str, said: str) -> None:
    inferred = infer_relations(drawn((head, tail)))
    assert list(map(str, inferred.inferences)) == [f"kd-01-a: {said}"]
    decided = said.rsplit(": ", 1)[1] if "left untyped" not in said else UNTYPED
    assert inferred.document.relations == (Relation(head, tail, decided),)
    assert inferred.document.spans == SPANS


def test_without_the_text_places_are_named_by_offsets() -> None:
    [one] = infer_relations(drawn(("T2", "T1")).without_text()).inferences
    assert str(one) == "kd-01-a: CUE (7–11) → ORG (0–6): source"


LABELS = st.sampled_from(SCHEME.label_names)


@given(LABELS, LABELS, st.booleans())
def test_what_is_inferred_is_allowed_and_the_only_relation_that_is(head: str, tail: str, forward: bool) -> None:
    places = (Span("T1", 0, 3, head), Span("T2", 5, 6, tail))
    if not forward:
        places = (replace(places[0], start=7, end=9), places[1])
    inferred = infer_relations(Document("kd-01-a", TEXT, places, (Relation("T1", "T2", UNTYPED),)))
    allowed = [name for name in SCHEME.relation_names if SCHEME.allows(name, head, tail)]
    (relation,), (one,) = inferred.document.relations, inferred.inferences
    assert (relation.head, relation.tail) == ("T1", "T2")
    if one.type:
        assert (allowed, relation.label) == ([one.type], one.type)
        assert not (forward and SCHEME.relation[one.type].backwards)
    else:
        assert relation.label == UNTYPED
        assert len(allowed) != 1 or (forward and SCHEME.relation[allowed[0]].backwards)


def task(result: list[dict[str, Any]], **annotation: Any) -> dict[str, Any]:
    data = {"id": "kd-01-a", "sha256": "0" * 64, "published": "2031-05-04", "text": TEXT}
    who = {"email": "vera@fogbank.example"}
    return {
        "data": data,
        "annotations": [{"completed_by": who, "was_cancelled": False, "result": result, **annotation}],
    }


def test_an_export_gets_types_and_nothing_else_changes() -> None:
    result = write_result(drawn(("T2", "T1"), ("T5", "T6"), ("T4", "T3")))
    result[-1] = {**result[-1], "direction": "left", "from_id": "T3", "to_id": "T4"}  # the row's arrow turned it
    result.append({"type": "relation", "from_id": "T6", "to_id": "T7", "direction": "right", "labels": ["located_in"]})
    result.append({"type": "relation", "from_id": "T5", "to_id": "T4", "direction": "right", "labels": []})
    exported = task(result)
    before = copy.deepcopy(exported)
    typed, found = infer_in_task(exported)
    assert exported == before
    items = typed["annotations"][0]["result"]
    assert [items[i].get("labels") for i in range(-5, 0)] == [["source"], None, ["quantity"], ["located_in"], []]
    for item in items:
        if item["type"] == "relation" and item.get("labels"):
            item.pop("labels")
    for item in before["annotations"][0]["result"]:
        if item["type"] == "relation" and item.get("labels"):
            item.pop("labels")
    assert typed == before
    assert [one.type for one in found] == ["source", None, "quantity", None]
    assert str(found[0]).startswith("kd-01-a: CUE “said” (7–11) → ORG “Police” (0–6) (vera@fogbank.example): source")


def test_what_was_skipped_is_left_alone() -> None:
    exported = task(write_result(drawn(("T2", "T1"))), was_cancelled=True)
    typed, found = infer_in_task(exported)
    assert (typed, found) == (exported, ())


def test_an_untyped_relation_is_written_as_label_studio_writes_it() -> None:
    document = drawn(("T2", "T1"))
    result: list[Any] = write_result(document)
    assert result[-1] == {"type": "relation", "from_id": "T2", "to_id": "T1", "direction": "right"}
    assert read_result(document.id, TEXT, result) == document


def test_versions_are_typed_on_reading_only_when_asked(tmp_path: Path) -> None:
    import orjson

    real = find_corpus(Path(__file__).parent)
    article = next(article for article in real.articles.values() if article.text)
    spans = (Span("T1", 0, 3, "CUE", {"stance": "asserts", "source_kind": "police"}), Span("T2", 4, 6, "ORG"))
    exported = task(write_result(Document(article.id, article.text, spans, (Relation("T1", "T2", UNTYPED),))))
    exported["data"]["id"] = article.id
    write_bytes(tmp_path / "annotations/exports/pilot/vera.json", orjson.dumps([exported]))
    (tmp_path / "corpus").symlink_to(real.root / "corpus")
    one = Round("pilot", "annotation", "2", {"vera": (article.id,)})
    for infer, label in ((False, UNTYPED), (True, "source")):
        [version] = versions(Corpus(tmp_path), one, infer=infer)
        assert [relation.label for relation in version.document.relations] == [label]
