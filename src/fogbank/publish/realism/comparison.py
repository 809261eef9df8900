"""The dispatches beside real conflict news: the same measures of both, and how well words tell them apart.

`auc` is of a two-sample classifier: how well words and pairs of words tell two sets apart (see `likeness`).
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from fogbank.errors import FogbankError
from fogbank.model.corpus import WIRE, Corpus
from fogbank.model.storage import read_bytes, read_json
from fogbank.model.text import normalise
from fogbank.publish.realism.likeness import auc
from fogbank.publish.realism.measures import Text, masked, measure

DISPATCHES = "dispatches"
REFERENCES = {
    "wikinews": "wikinews",
    "re3d": "re3d",
    "muc4": "muc4",
    "amalgum": "background/amalgum",
    "isaf": "background/isaf",
}
"""Sets of real texts by name, with their folders below a reader's own copies."""


def dispatches(corpus: Corpus, theatre: str | None = None) -> list[Text]:
    """Give the texts of the dispatches in use (of one theatre, if it is named), with their incidents."""
    return [
        Text(a.text, a.incident or a.id)
        for a in corpus.current.values()
        if a.part != WIRE and a.text is not None and theatre in (None, a.theatre)
    ]


def references(folder: Path) -> dict[str, list[Text]]:
    """Read the sets of real texts that are below `folder`; each text is an incident of its own."""
    found = {
        name: [
            Text(normalise(read_bytes(path), path.name), path.name) for path in sorted((folder / below).glob("*.txt"))
        ]
        for name, below in REFERENCES.items()
    }
    return {name: texts for name, texts in found.items() if texts}


def text_digest(texts: Sequence[Text]) -> str:
    """Give the first 16 digits of a SHA-256 over a set's texts, in any order."""
    return sha256("".join(sorted(sha256(one.text.encode()).hexdigest() for one in texts)).encode()).hexdigest()[:16]


def realism(corpus: Corpus, folder: Path | None = None) -> dict[str, Any]:
    """Measure the dispatches beside real texts.

    With `folder`, a reader's own copies of real texts, everything is measured; without, what `data/realism.json` holds
    of the real texts stands in, and classifiers are given only if they were measured on these very dispatches.
    Returns `digest` (of the dispatches), `sets` (name → measures; each theatre is a set too) and `auc` (pair of names →
    area, or None).
    """
    ours = dispatches(corpus)
    theatres = sorted({a.theatre for a in corpus.current.values() if a.theatre is not None})
    digest, measured = text_digest(ours), {DISPATCHES: measure(ours)}
    measured |= {theatre: measure(dispatches(corpus, theatre)) for theatre in theatres}
    if folder is not None:
        real = references(folder)
        if not real:
            names = ", ".join(REFERENCES.values())
            raise FogbankError(f"{folder}: no real texts; expected folders of .txt files: {names}")
        news = [text for name in ("wikinews", "re3d", "muc4", "amalgum") for text in real.get(name, [])]
        pairs = {f"{DISPATCHES} / {name}": (ours, texts) for name, texts in real.items()}
        pairs[f"{DISPATCHES} / all but isaf"] = (ours, news)
        for name, texts in real.items():
            others = [text for other in real if other not in (name, "isaf") for text in real[other]]
            pairs[f"{name} / others but isaf"] = (texts, others)
        areas: Mapping[str, float | None] = {
            pair: auc([(masked(t.text), t.incident) for t in one], [(masked(t.text), t.incident) for t in other])
            for pair, (one, other) in pairs.items()
        }
        return {"digest": digest, "sets": measured | {k: measure(v) for k, v in real.items()}, "auc": dict(areas)}
    stored = read_json(corpus.root / "data" / "realism.json")
    kept = {name: values for name, values in stored["sets"].items() if name in REFERENCES}
    same = stored["digest"] == digest
    return {"digest": digest, "sets": measured | kept, "auc": stored["auc"] if same else dict.fromkeys(stored["auc"])}
