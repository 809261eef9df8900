"""Measures of how texts read.

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
"""

import re
import statistics
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sentencex import segment

from fogbank.errors import FogbankError

EQUAL_WORDS = 8000

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
