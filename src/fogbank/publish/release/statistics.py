"""What the corpus holds, counted: by split, by label, by theatre and genre, and how far annotators agreed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from fogbank.check.splits import Likeness, likeness_across
from fogbank.compare.agreement import Agreement, Pair, agree
from fogbank.compare.tasks.claims import WRITER
from fogbank.curate.agreement import groups, of_part, round_pairs
from fogbank.curate.rounds import read_rounds, versions
from fogbank.model.claim import Claim
from fogbank.model.claims import claims
from fogbank.model.corpus import PARTS, SPLITS, WIRE, Article, Corpus
from fogbank.model.document import Document
from fogbank.model.ledger import ledger
from fogbank.model.scheme import SCHEME
from fogbank.model.text import tokens

AGREEMENT = ("spans", "relations", "relations_on_agreed_spans", "quantities_exact", "attributes")
"""The measures of agreement that are published, none of which needs the texts; `fogbank agree` gives all."""


@dataclass(frozen=True)
class Statistics:
    """Counts by split, the most alike texts across splits, and agreement by round; all are plain numbers and names."""

    splits: Mapping[str, Mapping[str, int]]
    labels: Mapping[str, Mapping[str, int]]
    relations: Mapping[str, Mapping[str, int]]
    theatres: Mapping[str, Mapping[str, int]]
    genres: Mapping[str, Mapping[str, int]]
    nearest: Likeness | None
    claims: Mapping[str, Mapping[str, int]]
    stances: Mapping[str, Mapping[str, int]]
    agreement: Mapping[str, Agreement]

    def to_json(self) -> dict[str, Any]:
        """Return the statistics as JSON values; agreement with rates rounded to four places."""
        return {
            "splits": self.splits,
            "labels": self.labels,
            "relations": self.relations,
            "theatres": self.theatres,
            "genres": self.genres,
            "nearest": self.nearest and {**self.nearest._asdict(), "share": round(self.nearest.share, 4)},
            "claims": self.claims,
            "stances": self.stances,
            "agreement": {
                name: {
                    "documents": one.documents,
                    **{
                        measure: {
                            "f1": round(agreed.value, 4),
                            "interval": agreed.interval and [round(bound, 4) for bound in agreed.interval],
                        }
                        for measure, agreed in ((name, one.measures[name]) for name in AGREEMENT)
                    },
                }
                for name, one in self.agreement.items()
            },
        }


def statistics(corpus: Corpus, gold: Mapping[str, Document]) -> Statistics:
    """Count the corpus; `gold` holds the gold documents by id.

    Words of withheld texts are not counted, since the figures must not depend on who has the texts.
    """
    names = (*SPLITS, WIRE)
    parts = {name: [(corpus.articles[i], gold[i]) for i in corpus.split(name)] for name in names}
    claimed = {name: [claim for _, document in part for claim in claims(document)] for name, part in parts.items()}
    held = Counter(i for one in read_rounds(corpus) if one.is_blind for i in chain(*one.assignments.values()))
    accounts = {
        name: len(ledger(replace(d, dateline=corpus.datelines[d.id]) for _, d in part)) for name, part in parts.items()
    }
    return Statistics(
        splits={
            name: {
                **_sizes(name, part),
                "claims": len(claimed[name]),
                "accounts": accounts[name],
                "versions": sum(held[article.id] for article, _ in part),
            }
            for name, part in parts.items()
        },
        labels={label: {name: _number(part, label) for name, part in parts.items()} for label in SCHEME.label_names},
        relations={
            relation: {
                name: sum(r.label == relation for _, d in part for r in d.relations) for name, part in parts.items()
            }
            for relation in SCHEME.relation_names
        },
        theatres=_by(parts, "theatre"),
        genres=_by(parts, "genre"),
        nearest=nearest_across(corpus),
        claims={
            label: {name: sum(c.label == label for c in held) for name, held in claimed.items()}
            for label in SCHEME.labels_in("event")
        },
        stances={
            stance: {name: sum(_stance(c) == stance for c in held) for name, held in claimed.items()}
            for stance in (WRITER, *SCHEME.attribute["stance"].names)
        },
        agreement=agreements(corpus),
    )


def nearest_across(corpus: Corpus) -> Likeness | None:
    """Give the two shared texts of different splits that are most alike; None where no two have five words in a row."""
    split_of = {article_id: name for name in SPLITS for article_id in corpus.split(name)}
    texts = {i: corpus.articles[i].text or "" for i in split_of}
    return next(iter(likeness_across(texts, split_of)), None)


def agreements(corpus: Corpus) -> dict[str, Agreement]:
    """Measure the agreement of what each round lets compare (see `round_pairs`), and of its parts where it has both."""
    found: dict[str, Agreement] = {}
    for one in read_rounds(corpus):
        # What is published needs no texts, and measuring alpha, which does, takes time.
        if pairs := [_without_texts(pair) for pair in round_pairs(corpus, one, versions(corpus, one))]:
            found[one.name] = agree(pairs, groups=groups(corpus))
            by_part = {part: of_part(corpus, pairs, part) for part in PARTS}
            if all(by_part.values()):
                found |= {f"{one.name}, {part}": agree(two, groups=groups(corpus)) for part, two in by_part.items()}
    return found


def _without_texts(pair: Pair) -> Pair:
    first, second = pair
    return replace(first, text=None), replace(second, text=None)


def _sizes(name: str, part: Sequence[tuple[Article, Document]]) -> dict[str, int]:
    sizes = {
        "documents": len(part),
        "incidents": len({article.incident or article.id for article, _ in part}),
        "theatres": len({article.theatre for article, _ in part} - {None}),
    }
    if name != WIRE:
        sizes["words"] = sum(
            any(c.isalnum() for c in (a.text or "")[start:end]) for a, _ in part for start, end in tokens(a.text or "")
        )
    sizes["spans"] = sum(len(d.spans) for _, d in part)
    sizes["relations"] = sum(len(d.relations) for _, d in part)
    return sizes


def _stance(claim: Claim) -> str:
    return claim.stance if claim.sources else WRITER


def _number(part: Sequence[tuple[Article, Document]], label: str) -> int:
    return sum(span.label == label for _, document in part for span in document.spans)


def _by(parts: Mapping[str, Sequence[tuple[Article, Document]]], field: str) -> dict[str, dict[str, int]]:
    counted = {name: Counter(getattr(article, field) for article, _ in part) for name, part in parts.items()}
    values = sorted({value for counter in counted.values() for value in counter if value})
    return {value: {name: counter[value] for name, counter in counted.items()} for value in values}
