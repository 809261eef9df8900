"""How real the dispatches read: measures of their words beside the same measures of real conflict news.

A *set* is a list of texts.  Every measure is of words (runs of letters and digits, lower-cased, punctuation left out)
unless it says otherwise, and every set is measured by the same code:

- `documents`, `words`: how many there are.
- `document_words`, `paragraph_words`, `sentence_words`: medians of length.  Sentences are split by `sentencex`,
  paragraphs at blank lines.
- `mattr_100`: mean over documents of the moving-average type-token ratio in windows of 100 words; documents of fewer
  words are left out.  Covington & McFall 2010, doi:10.1080/09296171003643098.
- `mtld`: mean over documents of the measure of textual lexical diversity, forwards and backwards, factor size .72;
  documents of fewer than 100 words are left out.  McCarthy & Jarvis 2010, doi:10.3758/BRM.42.2.381.
- `distinct_4grams`: share of distinct sequences of four words among all, in the first `EQUAL_WORDS` words of the set
  (all of a smaller set, which flatters it).
- `compression`: bytes of the same words per byte that zlib makes of them; higher is more repetitive.
- `longest_shared`: words in the longest sequence that two documents of different incidents share, names, numbers and
  titles aside: those break a sequence.
- `quoted`: share of words inside quotation marks (straight single ones cannot be told from apostrophes).
- `reporting`, `numbers`: reporting expressions and numerals (in digits or words) per 100 words, found by word lists, so
  that texts without annotation can be measured.

`auc` is of a two-sample classifier: how well words and pairs of words tell two sets apart (see `likeness`).
"""

import re
import statistics
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sentencex import segment

from fogbank.errors import FogbankError
from fogbank.model.corpus import WIRE, Corpus
from fogbank.model.storage import read_bytes, read_json
from fogbank.model.text import normalise
from fogbank.publish.realism.likeness import auc

EQUAL_WORDS = 8000
DISPATCHES = "dispatches"
REFERENCES = {
    "wikinews": "wikinews",
    "re3d": "re3d",
    "muc4": "muc4",
    "amalgum": "background/amalgum",
    "isaf": "background/isaf",
}
"""Sets of real texts by name, with their folders below a reader's own copies."""

_WORD = re.compile(r"[^\W_]+(?:[’'.,\-–][^\W_]+)*")
_NUMERAL = re.compile(
    r"\b(?:\d[\d.,]*|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thir|four|fif|six|seven|eigh|nine)"
    r"(?:teen|ty)?|twenty|thirty|forty|fifty|dozens?|scores?|hundreds?|thousands?|millions?)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"\b(?:said|says|saying|told|tells|according to|reported|reports|reportedly|announced|claimed|claims|stated|added"
    r"|confirmed|denied|accused|alleged(?:ly)?|warned|declined|estimated?|believed|thought to|quoted|citing|blamed"
    r"|insisted|admitted|acknowledged|disclosed|condemned)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“([^“”]*)”|\"([^\"]*)\"|«([^«»]*)»|‘((?:[^‘’]|’(?=\w))*)’(?!\w)")
_TITLE = frozenset(
    ["mr", "mrs", "ms", "dr", "col", "gen", "capt", "lt", "sgt", "maj", "president", "minister", "colonel", "general"]
).union(["captain", "major", "governor"])


class Text(NamedTuple):
    """A text and what it reports on; texts of one incident may share words."""

    text: str
    incident: str


def words(text: str) -> list[str]:
    """Give the words of a text, lower-cased."""
    return [match[0].lower() for match in _WORD.finditer(text)]


def mattr(tokens: Sequence[str], window: int = 100) -> float:
    """Give the moving-average type-token ratio.  `tokens` must hold at least `window` words."""
    counts: dict[str, int] = {}
    total = 0
    for position, token in enumerate(tokens):
        counts[token] = counts.get(token, 0) + 1
        if position >= window:
            gone = tokens[position - window]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if position >= window - 1:
            total += len(counts)
    return total / window / (len(tokens) - window + 1)


def mtld(tokens: Sequence[str], size: float = 0.72) -> float:
    """Give the measure of textual lexical diversity, the mean of both directions."""

    def factors(sequence: Iterable[str]) -> float:
        seen: set[str] = set()
        length, found = 0, 0.0
        for token in sequence:
            seen.add(token)
            length += 1
            if len(seen) / length <= size:
                found += 1
                seen, length = set(), 0
        return found + ((1 - len(seen) / length) / (1 - size) if length else 0.0)

    both = [len(tokens) / (factors(sequence) or 1.0) for sequence in (tokens, tokens[::-1])]
    return statistics.fmean(both)


def masked(text: str) -> str:
    """Replace names and numbers, so that what is left is how a text is written rather than of whom it tells.

    A name is a capitalised word that is not the first of its sentence, or one whose capitalised form stands elsewhere
    in the text inside a sentence.
    """
    sentences = list(segment("en", text))
    inside = {m[0] for s in sentences for m in list(_WORD.finditer(s))[1:] if m[0][0].isupper()}
    return "".join(
        _WORD.sub(
            lambda m: "0" if m[0][0].isdigit() else "Name" if m[0][0].isupper() and m[0] in inside else m[0], sentence
        )
        for sentence in sentences
    )


def longest_shared(texts: Sequence[Text], least: int = 3) -> tuple[int, str]:
    """Give the longest sequence of words that texts of two incidents share: its length, and the words themselves."""
    runs = [(one.incident, run) for one in texts for run in _runs(one.text)]
    length, shown = 0, ""
    size = least
    while True:
        seen: dict[tuple[str, ...], str] = {}
        shared = None
        for incident, run in runs:
            for start in range(len(run) - size + 1):
                sequence = tuple(run[start : start + size])
                if seen.setdefault(sequence, incident) != incident:
                    shared = sequence
                    break
        if shared is None:
            return length, shown
        length, shown = size, " ".join(shared)
        size += 1


def _runs(text: str) -> Iterator[list[str]]:
    """Yield the sequences of words between names, numbers and titles."""
    run: list[str] = []
    for match in _WORD.finditer(masked(text)):
        word = match[0]
        if word in {"Name", "0"} or word.lower() in _TITLE:
            yield run
            run = []
        else:
            run.append(word.lower())
    yield run


def measure(texts: Sequence[Text]) -> dict[str, float]:
    """Measure a set of texts.  Raises FogbankError for an empty one."""
    if not texts:
        raise FogbankError("no texts to measure; expected one at least")
    tokens = [words(one.text) for one in texts]
    total = sum(map(len, tokens))
    long = [one for one in tokens if len(one) >= 100]
    paragraphs = [len(words(p)) for one in texts for p in re.split(r"\n\s*\n", one.text) if p.strip()]
    sentences = [n for one in texts for p in one.text.split("\n") for s in segment("en", p) if (n := len(words(s)))]
    quoted = sum(len(words("".join(filter(None, m.groups())))) for one in texts for m in _QUOTED.finditer(one.text))
    first = _first(tokens, EQUAL_WORDS)
    grams = [tuple(one[i : i + 4]) for one in first for i in range(len(one) - 3)]
    written = " ".join(word for one in first for word in one).encode()

    def per_100(pattern: re.Pattern[str]) -> float:
        return 100 * sum(len(pattern.findall(one.text)) for one in texts) / total

    values: dict[str, float] = {
        "documents": len(texts),
        "words": total,
        "document_words": statistics.median(map(len, tokens)),
        "paragraph_words": statistics.median(paragraphs),
        "sentence_words": statistics.median(sentences),
        "mattr_100": statistics.fmean(map(mattr, long)) if long else 0.0,
        "mtld": statistics.fmean(map(mtld, long)) if long else 0.0,
        "distinct_4grams": len(set(grams)) / len(grams) if grams else 1.0,
        "compression": len(written) / len(zlib.compress(written, 9)),
        "longest_shared": longest_shared(texts)[0],
        "quoted": quoted / total,
        "reporting": per_100(_REPORTING),
        "numbers": per_100(_NUMERAL),
    }
    return {name: round(value, 4) for name, value in values.items()}


def _first(tokens: Sequence[list[str]], number: int) -> list[list[str]]:
    kept: list[list[str]] = []
    for one in tokens:
        if number <= 0:
            break
        kept.append(one[:number])
        number -= len(one)
    return kept


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
