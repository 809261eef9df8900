"""The corpus that is published: what must hold of it, beyond what `fogbank check` finds."""

import os
from collections import defaultdict
from pathlib import Path

import pytest

from fogbank import SPLITS, find_corpus
from fogbank.check.files import check_corpus
from fogbank.curate.articles import restore
from fogbank.curate.rounds import read_rounds, versions
from fogbank.publish.realism.comparison import dispatches
from fogbank.publish.realism.measures import longest_shared
from fogbank.publish.release.generated import build

HOME = find_corpus(Path(__file__).parent)


def test_the_corpus_has_no_problems() -> None:
    assert list(map(str, check_corpus(HOME))) == []


def test_generated_files_are_current() -> None:
    assert build(HOME, check=True) == []


def test_no_withheld_text_is_committed() -> None:
    withheld = {a.id for a in HOME.articles.values() if a.part == "wire"}
    assert withheld
    for one in read_rounds(HOME):
        for annotator in one.assignments:
            raw = (HOME.exports / one.name / f"{annotator}.json").read_bytes()
            for line in raw.splitlines():
                if any(f'"id":"{name}"'.encode() in line for name in withheld):
                    assert b'"text":"' not in line
                    assert b'"title":"' not in line


def test_no_incident_and_no_outlet_of_an_incident_stands_in_two_splits() -> None:
    where = defaultdict(set)
    for split in SPLITS:
        for document_id in HOME.split(split):
            where[HOME.articles[document_id].incident].add(split)
    assert all(len(splits) == 1 for splits in where.values())
    theatres = {split: {HOME.articles[i].theatre for i in HOME.split(split)} for split in SPLITS}
    assert theatres["test"] - theatres["train"] - theatres["validation"]


def test_every_document_was_annotated_twice_and_adjudicated() -> None:
    annotators = defaultdict(set)
    adjudicated = set()
    for one in read_rounds(HOME):
        for version in versions(HOME, one):
            if one.kind == "annotation":
                annotators[version.document.id].add(version.annotator)
            else:
                adjudicated.add(version.document.id)
    assert set(annotators) == adjudicated == set(HOME.articles)
    assert all(len(names) >= 2 for names in annotators.values())


def test_dispatches_of_different_incidents_share_at_most_eight_words_between_names() -> None:
    length, words = longest_shared(dispatches(HOME))
    assert length <= 8, words


@pytest.mark.texts
def test_the_seed_article_was_annotated_in_every_layer() -> None:
    if (texts := Path(os.environ.get("FOGBANK_TEXTS", "nowhere"))).is_dir():
        restore(HOME, texts)
    [gold] = find_corpus(HOME.root).gold(["azovstal-2022-05-04"])
    if gold.text is None:
        pytest.skip("the text of azovstal-2022-05-04 is not here: fogbank restore --texts DIR")
    labels = {span.label for span in gold.spans}
    assert {"PERSON", "FACILITY", "QUANTITY", "TIME", "TRAP", "CUE", "CONTENT"} <= labels
    words = [gold.quote(span) for span in gold.spans if span.label == "QUANTITY"]
    assert "at least 6,469" in words
