"""Claims: how they are derived from spans and relations, and what must hold whatever the document."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fogbank import Corpus, Document, Relation, Span, find_corpus
from fogbank.cli import main
from fogbank.model.claim import Claim, Figure
from fogbank.model.claims import claims, derive

HOME = find_corpus(Path(__file__).parent)
STATED = {"source_kind": "police", "stance": "asserts"}


def document(text: str, spans: Mapping[str, tuple[Any, ...]], links: str) -> Document:
    """Build a document: spans by id as (label, words, attributes), relations as "head label tail; …"."""
    made = []
    for name, (label, words, *attributes) in spans.items():
        start = text.index(words)
        given = {"status": "actual"} if label.isupper() and label in ("DEATH", "STRIKE", "INJURY", "MISSING") else {}
        given |= dict(STATED) if label == "CUE" else {}
        made.append(Span(name, start, start + len(words), label, {**given, **(attributes[0] if attributes else {})}))
    relations = [Relation(head, tail, label) for head, label, tail in (link.split() for link in links.split(";"))]
    return Document("d", text, tuple(made), tuple(relations))


def exact(value: int) -> dict[str, Any]:
    return {"modifier": "exact", "value": value}


def told(found: Sequence[Claim]) -> list[tuple[Any, ...]]:
    """Show claims by their source, event, group and best figure."""
    return [
        (
            "/".join(source.name or "?" for source in claim.sources),
            claim.label,
            claim.affected and claim.affected.text,
            claim.quantity and claim.quantity.best,
        )
        for claim in found
    ]


def test_what_stands_in_no_content_is_said_by_the_writer() -> None:
    made = document("Shells killed men.", {"E": ("DEATH", "killed"), "P": ("PEOPLE", "men")}, "E affected P")
    (claim,) = derive(made)
    assert claim.sources == ()
    assert (claim.stance, claim.kind) == ("asserts", None)
    assert claim.spans == ("E", "P")


def test_a_nested_source_comes_before_the_one_who_cites_it() -> None:
    made = document(
        "The Courier said a nurse told it six died.",
        {
            "O": ("ORG", "Courier"), "C1": ("CUE", "said"), "K1": ("CONTENT", "a nurse told it six died"),
            "N": ("PERSON", "nurse"), "C2": ("CUE", "told", {"source_kind": "medical"}), "K2": ("CONTENT", "six died"),
            "P": ("PEOPLE", "six"), "Q": ("QUANTITY", "six", exact(6)), "E": ("DEATH", "died"),
        },
        "C1 source O; C1 content K1; C2 source N; C2 content K2; E affected P; P quantity Q",
    )  # fmt: skip
    (claim,) = derive(made)
    assert told([claim]) == [("nurse/Courier", "DEATH", "six", 6)]
    assert claim.kind == "medical"


def test_a_denial_that_shares_the_content_is_a_claim_of_its_own() -> None:
    made = document(
        "Police said rebels killed two men. Rebels denied it.",
        {
            "S": ("FORCE", "Police"), "C1": ("CUE", "said"), "K": ("CONTENT", "rebels killed two men"),
            "E": ("DEATH", "killed"), "P": ("PEOPLE", "men"), "Q": ("QUANTITY", "two", exact(2)),
            "A": ("FORCE", "rebels"), "R": ("FORCE", "Rebels"), "C2": ("CUE", "denied", {"stance": "denies"}),
        },
        "C1 source S; C1 content K; C2 source R; C2 content K; E affected P; P quantity Q; E agent A",
    )  # fmt: skip
    found = derive(made)
    assert told(found) == [("Police", "DEATH", "men", 2), ("Rebels", "DEATH", "men", 2)]
    assert [claim.is_denied for claim in found] == [False, True]


def test_blame_laid_outside_a_content_belongs_to_the_one_who_lays_it() -> None:
    made = document(
        "A blast killed men, a doctor said. The army blamed rebels.",
        {
            "K": ("CONTENT", "A blast killed men"), "B": ("STRIKE", "blast"), "E": ("DEATH", "killed"),
            "P": ("PEOPLE", "men"), "D": ("PERSON", "doctor"), "C1": ("CUE", "said"), "M": ("FORCE", "army"),
            "C2": ("CUE", "blamed", {"stance": "accuses"}), "R": ("FORCE", "rebels"),
        },
        "C1 source D; C1 content K; C2 source M; C2 content K; E affected P; B agent R; B causes E",
    )  # fmt: skip
    held = {(claim.sources[0].name, claim.label): claim.agent and claim.agent.text for claim in derive(made)}
    assert held == {("doctor", "STRIKE"): None, ("doctor", "DEATH"): None, ("army", "STRIKE"): "rebels"}


def test_figures_that_are_contents_of_their_own_are_claimed_by_their_own_sources() -> None:
    made = document(
        "Dead: 13 (hospital). Before: 9 (army).",
        {
            "E": ("DEATH", "Dead"), "K1": ("CONTENT", "13"), "P1": ("PEOPLE", "13"),
            "Q1": ("QUANTITY", "13", exact(13)), "C1": ("CUE", "hospital"), "H": ("ORG", "hospital"),
            "K2": ("CONTENT", "9"), "P2": ("PEOPLE", "9"),
            "Q2": ("QUANTITY", "9", exact(9)), "C2": ("CUE", "army"), "A": ("FORCE", "army"),
        },
        "E affected P1; E affected P2; P1 quantity Q1; P2 quantity Q2; C1 content K1; C1 source H; C2 content K2; "
        "C2 source A; Q1 revises Q2",
    )  # fmt: skip
    found = derive(made)
    assert told(found) == [("hospital", "DEATH", "13", 13), ("army", "DEATH", "9", 9)]
    assert [claim.revised for claim in found] == [False, True]


def test_a_part_of_a_group_is_a_claim_and_says_that_it_is_one() -> None:
    made = document(
        "27 dead, six children",
        {
            "W": ("PEOPLE", "27"), "Q1": ("QUANTITY", "27", exact(27)), "E": ("DEATH", "dead"),
            "C": ("PEOPLE", "children"), "Q2": ("QUANTITY", "six", exact(6)),
        },
        "E affected W; W quantity Q1; C quantity Q2; C part_of W",
    )  # fmt: skip
    assert told(derive(made)) == [("", "DEATH", "27", 27), ("", "DEATH", "children", 6)]
    assert [claim.part for claim in derive(made)] == [False, True]


def test_a_part_that_speaks_or_acts_elsewhere_is_no_affected_group() -> None:
    made = document(
        "The crew died. One member said so.",
        {"E": ("DEATH", "died"), "P": ("PEOPLE", "crew"), "M": ("PERSON", "member"), "C": ("CUE", "said")},
        "E affected P; M part_of P; C source M",
    )
    assert told(derive(made)) == [("", "DEATH", "crew", None)]


def test_the_figure_of_an_event_is_that_of_its_only_group_without_one() -> None:
    spans = {"Q": ("QUANTITY", "14", exact(14)), "E": ("DEATH", "deaths"), "P": ("PEOPLE", "miners")}
    made = document("14 deaths of miners", spans, "E quantity Q; E affected P")
    assert told(derive(made)) == [("", "DEATH", "miners", 14)]
    two = document(
        "14 deaths of miners and guards",
        {**spans, "G": ("FORCE", "guards")},
        "E quantity Q; E affected P; E affected G",
    )
    assert sorted(told(derive(two)), key=str) == [
        ("", "DEATH", "guards", None),
        ("", "DEATH", "miners", None),
        ("", "DEATH", None, 14),
    ]


def test_triggers_of_one_event_in_one_voice_are_one_claim() -> None:
    made = document(
        "A blast hit Hask on Monday; the explosion was loud.",
        {
            "B": ("STRIKE", "blast"), "H": ("PLACE", "Hask"), "X": ("STRIKE", "explosion"),
            "T": ("TIME", "Monday", {"start": "2030-03-04", "end": "2030-03-04"}),
        },
        "X same_event B; B affected H; X time T",
    )  # fmt: skip
    (claim,) = derive(made)
    assert (claim.start, claim.affected and claim.affected.text, claim.event) == ("2030-03-04", "Hask", "B")


def test_a_name_is_shown_rather_than_a_pronoun() -> None:
    made = document(
        "Ilse Marrow fled. She was killed.",
        {"M": ("PERSON", "Ilse Marrow"), "S": ("PERSON", "She"), "E": ("DEATH", "killed")},
        "S same M; E affected S",
    )
    (claim,) = derive(made)
    assert claim.affected is not None
    assert (claim.affected.text, claim.affected.spans) == ("Ilse Marrow", ("M", "S"))
    assert made.text is not None
    assert made.text[claim.affected.start : claim.affected.end] == "She"


def test_cues_in_a_circle_and_relations_to_nothing_come_to_an_end() -> None:
    made = document(
        "aa bb cc",
        {
            "C1": ("CUE", "aa"), "K1": ("CONTENT", "aa bb cc"), "C2": ("CUE", "bb"), "K2": ("CONTENT", "aa bb"),
            "E": ("DEATH", "cc"), "E2": ("DEATH", "b"),
        },
        "C1 content K1; C2 content K2; C2 content K1; C1 content K2; E affected nobody; nobody agent E",
    )  # fmt: skip
    assert derive(made)


def test_many_parallel_cues_stay_bounded() -> None:
    text = "x" * 40
    spans = [Span(f"K{i}", i, 40 - i, "CONTENT") for i in range(12)]
    spans += [Span(f"C{i}.{j}", i + 1, i + 2, "CUE", {"stance": "asserts"}) for i in range(12) for j in range(9)]
    links = [Relation(f"C{i}.{j}", f"K{i}", "content") for i in range(12) for j in range(9)]
    made = Document("d", text, (*spans, Span("E", 19, 21, "DEATH", {"status": "actual"})), tuple(links))
    assert 0 < len(derive(made)) <= 16


# ---------------------------------------------------------------- the corpus


@pytest.fixture(scope="module")
def gold() -> list[Document]:
    return list(HOME.gold())


def test_the_order_and_the_ids_of_spans_do_not_matter(gold: list[Document]) -> None:
    for one in gold:
        spans, relations = list(one.spans), list(one.relations)
        random.Random(one.id).shuffle(spans)
        random.Random(one.id).shuffle(relations)
        names = {span.id: f"n{number:03}" for number, span in enumerate(spans)}
        other = replace(
            one,
            spans=tuple(replace(span, id=names[span.id]) for span in spans),
            relations=tuple(Relation(names[r.head], names[r.tail], r.label) for r in relations),
        )
        assert [claim.to_json() | {"event": None} for claim in derive(other)] == [
            claim.to_json() | {"event": None} for claim in derive(one)
        ]


def test_nothing_but_names_depends_on_the_text(gold: list[Document]) -> None:
    for one in gold:
        bare = derive(one.without_text())
        assert [(c.label, c.status, c.quantity, c.start, c.event, c.spans) for c in bare] == [
            (c.label, c.status, c.quantity, c.start, c.event, c.spans) for c in derive(one)
        ]
        assert not any(mention.text for c in bare for s in c.sources for mention in s.mentions)


def test_every_claim_keeps_the_spans_that_it_came_from(gold: list[Document]) -> None:
    for one in gold:
        for claim in derive(one):
            held = [one.by_id[name] for name in claim.spans]
            assert claim.label in {span.label for span in held}
            assert claim.event in one.by_id
            assert all(source.cue in claim.spans for source in claim.sources)
            if claim.quantity is not None:
                assert claim.quantity in [Figure.of(s.attributes) for s in held if s.label == "QUANTITY"]


def test_every_figure_of_victims_is_claimed(gold: list[Document]) -> None:
    for one in gold:
        claimed = {(claim.label, claim.quantity) for claim in derive(one)}
        for relation in one.relations:
            head, tail = one.by_id[relation.head], one.by_id[relation.tail]
            if relation.label == "quantity" and head.label in ("DEATH", "INJURY", "MISSING"):
                assert (head.label, Figure.of(tail.attributes)) in claimed, (one.id, relation)


def test_given_claims_come_before_derived_ones_and_come_back_from_json(gold: list[Document]) -> None:
    one = gold[0]
    given = Document.from_json({"id": one.id, "claims": [claim.to_json() for claim in derive(one)]})
    assert [claim.to_json() for claim in claims(given)] == [claim.to_json() for claim in derive(one)]
    assert given.to_json()["claims"] == [claim.to_json() for claim in derive(one)]
    assert claims(replace(one, claims=())) == ()


def test_the_command_shows_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOGBANK_HOME", str(HOME.root))
    shown = CliRunner().invoke(main, ["claims", "vdr-01-a"])
    assert shown.exit_code == 0
    assert "Telhina Morruelda (medical, asserts)         DEATH" in shown.output
    assert len(CliRunner().invoke(main, ["claims", "vdr-01-a", "--json"]).output.splitlines()) == len(
        shown.output.splitlines()
    ) - 2  # fmt: skip
    assert CliRunner().invoke(main, ["claims", "vdr-09-z"]).exit_code == 2


def test_a_corpus_without_sheets_has_datelines(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/manifest.jsonl").write_bytes(HOME.manifest.read_bytes())
    (tmp_path / "corpus/articles").symlink_to(HOME.root / "corpus/articles")
    bare = Corpus(tmp_path)
    assert bare.datelines["vdr-01-a"].incident == "vdr-01"
    assert bare.datelines["vdr-01-a"].truth == {}
    assert HOME.datelines["vdr-01-a"].truth["killed"] == 21
