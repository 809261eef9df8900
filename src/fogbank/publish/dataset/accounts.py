"""Claims, the ledger and the annotators' versions as tables of the dataset, each with its declared features.

    data/claims/{train,validation,test,wire}.parquet     one row a claim of a gold document
    data/ledger/{train,validation,test,wire}.parquet     one row a measure of an incident
    data/versions/{train,validation,test,wire}.parquet   one row an annotator and document, before adjudication

`COLUMNS` says what each column holds.  A name is a struct of `text`, `start`, `end` (offsets of the mention that the
event or cue has) and `spans` (ids of all its mentions in the document); one that is not there is a struct of nulls.
Of wire articles no word is published: `text`, `group` and `source` are null there, and offsets stand in their place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fogbank.curate.rounds import read_rounds, versions
from fogbank.model.claim import Claim, Mention
from fogbank.model.claims import claims
from fogbank.model.corpus import SPLITS, WIRE, Article, Corpus
from fogbank.model.document import Document
from fogbank.model.ledger import STANDINGS, Account, Entry, ledger
from fogbank.model.scheme import SCHEME
from fogbank.publish.dataset.documents import annotation_columns, annotation_features

if TYPE_CHECKING:
    from datasets import Features

_BOUNDS = ("low", "best", "high")


def claim_features() -> "Features":
    """Declare the features of a row of `claims`."""
    from datasets import ClassLabel, Features, List, Value  # noqa: PLC0415

    def choice(attribute: str) -> Any:
        return ClassLabel(names=list(SCHEME.attribute[attribute].names))

    name = {
        "text": Value("string"),
        "start": Value("int32"),
        "end": Value("int32"),
        "spans": List(Value("string")),
    }
    source = {
        "names": List(name),
        "kind": choice("source_kind"),
        "stance": choice("stance"),
        "cue": Value("string"),
    }
    return Features(
        {
            **{key: Value("string") for key in ("document", "claim", "incident")},
            "sources": List(source),
            "stance": choice("stance"),
            "source_kind": choice("source_kind"),
            "label": ClassLabel(names=list(SCHEME.labels_in("event"))),
            "status": choice("status"),
            "affected": name,
            "quantity": {
                **{bound: Value("int64") for bound in _BOUNDS},
                "modifier": choice("modifier"),
                "vague_class": choice("vague_class"),
            },
            "agent": name,
            "place": name,
            **{key: Value("string") for key in ("start", "end", "said")},
            "part": Value("bool"),
            "revised": Value("bool"),
            "event": Value("string"),
            "spans": List(Value("string")),
        }
    )


def claim_row(article: Article, number: int, claim: Claim) -> dict[str, Any]:
    """Make the row of a document's claim, numbered from 1; choices are names."""

    def name(mention: Mention | None) -> dict[str, Any]:
        if mention is None:
            return {"text": None, "start": None, "end": None, "spans": []}
        return {"text": mention.text, "start": mention.start, "end": mention.end, "spans": list(mention.spans)}

    figure = claim.quantity
    return {
        "document": article.id,
        "claim": f"C{number}",
        "incident": article.incident or article.id,
        "sources": [
            {"names": [name(m) for m in s.mentions], "kind": s.kind, "stance": s.stance, "cue": s.cue}
            for s in claim.sources
        ],
        "stance": claim.stance,
        "source_kind": claim.kind,
        "label": claim.label,
        "status": claim.status,
        "affected": name(claim.affected),
        "quantity": {
            key: None if figure is None else getattr(figure, key) for key in (*_BOUNDS, "modifier", "vague_class")
        },
        "agent": name(claim.agent),
        "place": name(claim.place),
        "start": claim.start,
        "end": claim.end,
        "said": claim.said,
        "part": claim.part,
        "revised": claim.revised,
        "event": claim.event,
        "spans": list(claim.spans),
    }


def ledger_features() -> "Features":
    """Declare the features of a row of `ledger`."""
    from datasets import ClassLabel, Features, List, Value  # noqa: PLC0415

    bounds = {bound: Value("int64") for bound in _BOUNDS}
    entry = {
        **{key: Value("string") for key in ("document", "claim", "time", "source")},
        "source_kind": ClassLabel(names=list(SCHEME.attribute["source_kind"].names)),
        "stance": ClassLabel(names=list(SCHEME.attribute["stance"].names)),
        "group": Value("string"),
        **bounds,
        "modifier": ClassLabel(names=list(SCHEME.attribute["modifier"].names)),
        "vague_class": ClassLabel(names=list(SCHEME.attribute["vague_class"].names)),
        "standing": ClassLabel(names=list(STANDINGS)),
    }
    return Features(
        {
            "incident": Value("string"),
            "measure": ClassLabel(names=list(SCHEME.measures)),
            **bounds,
            "true": Value("int64"),
            "entries": List(entry),
        }
    )


def account_json(account: Account) -> dict[str, Any]:
    """Make the row of one measure of an incident; choices are names."""
    return {
        "incident": account.incident,
        "measure": account.measure,
        **account.range._asdict(),
        "true": account.true,
        "entries": [_entry(entry) for entry in account.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "document": entry.document,
        "claim": f"C{entry.number + 1}",
        "time": entry.time,
        "source": entry.source,
        "source_kind": entry.kind,
        "stance": entry.stance,
        "group": entry.group,
        **entry.figure.interval._asdict(),
        "modifier": entry.figure.modifier,
        "vague_class": entry.figure.vague_class,
        "standing": entry.standing,
    }


def version_features() -> "Features":
    """Declare the features of a row of `versions`."""
    from datasets import Features, Value  # noqa: PLC0415

    names = ("document", "annotator", "round", "guidelines", "sha256")
    return Features({**{name: Value("string") for name in names}, **annotation_features()})


def account_tables(corpus: Corpus, gold: Mapping[str, Document]) -> dict[Path, pa.Table]:
    """Make the tables of claims, ledger and versions, by the file that each is published as.

    Gold documents of the wire part are taken without their text, so that nothing depends on who has it.
    """
    made: dict[Path, pa.Table] = {}
    held = [(version, one) for one in read_rounds(corpus) if one.is_blind for version in versions(corpus, one)]
    for split in (*SPLITS, WIRE):
        documents = [published(corpus, gold[name]) for name in corpus.split(split) if name in gold]
        ids = {document.id for document in documents}
        rows = {
            "claims": [
                claim_row(corpus.articles[document.id], number, claim)
                for document in documents
                for number, claim in enumerate(claims(document), start=1)
            ],
            "ledger": [account_json(account) for account in ledger(documents)],
            "versions": [
                {
                    "document": version.document.id,
                    "annotator": version.annotator,
                    "round": one.name,
                    "guidelines": one.guidelines,
                    "sha256": corpus.articles[version.document.id].sha256,
                    **annotation_columns(version.document.canonical()),
                }
                for version, one in held
                if version.document.id in ids
            ],
        }
        for config, features in FEATURES.items():
            path = corpus.root / "data" / config / f"{split}.parquet"
            made[path] = _table(features(), rows[config])
    return made


def published(corpus: Corpus, document: Document) -> Document:
    """Give a gold document with its dateline as all may have it: one of the wire part without its text."""
    article = corpus.articles[document.id]
    text = None if article.part == WIRE else document.text
    return replace(document, text=text, dateline=corpus.datelines[document.id])


def _table(features: "Features", rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Make an Arrow table with the features in its schema; choices are given by name."""
    return pa.Table.from_pylist([features.encode_example(row) for row in rows], schema=features.arrow_schema)


FEATURES = {"claims": claim_features, "ledger": ledger_features, "versions": version_features}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "claims": {
        "document": "id of the document",
        "claim": "C1, C2, … in the order of derivation",
        "incident": "id of the incident; of a wire article its own",
        "sources": "the chain of sources, innermost first: `names` (several make a joint statement), `kind`, `stance`, "
        "`cue` (a span id); empty for the writer's own voice",
        "stance": "how the innermost source stands to it; the writer asserts",
        "source_kind": "the kind of the innermost source; null for the writer",
        "label": "what kind of event",
        "status": "how the event is presented",
        "affected": "to whom or what, a name",
        "quantity": "how many: `low`, `best`, `high` by the scheme's table, null where open; `modifier`, `vague_class`",
        "agent": "who did it, a name",
        "place": "where, a name",
        "start": "earliest day or minute",
        "end": "latest day or minute, inclusive",
        "said": "when it was said, where the text tells",
        "part": "the group is part of another that the document counts",
        "revised": "the document itself replaces the figure by a later one",
        "event": "id of the event's first trigger in the document, so that rival claims of one event share it",
        "spans": "ids of all spans that the claim was made from",
    },
    "ledger": {
        "incident": "id of the incident; of a wire article its own",
        "measure": "killed, injured, missing, detained, displaced, evacuated, trapped",
        "low": "the smallest lower bound that stands",
        "best": "the latest figure of the most reliable sources that stand",
        "high": "the largest upper bound that stands",
        "true": "what is true in the invented world; null where the sheet does not say, and of wire articles",
        "entries": "every source's figure in order of `time`: `document` and `claim`, `source`, `source_kind`, "
        "`stance`, `group`, `low`, `best`, `high`, `modifier`, `vague_class`, and its `standing`",
    },
    "versions": {
        "document": "id of the document",
        "annotator": "who annotated it",
        "round": "in which round",
        "guidelines": "by which version of the guidelines",
        "sha256": "of the text that the offsets are of",
        "spans": "as in `documents`",
        "relations": "as in `documents`",
    },
}
"""What each column holds, by config."""
