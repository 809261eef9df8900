"""Label variation: the same words in the same context, annotated differently; a report to review, no rule.

Definition: the variation n-grams of Dickinson & Meurers 2003 (Detecting errors in part-of-speech annotation, EACL), for
spans as in their 2005 paper (Detecting errors in discontinuous structural annotation, ACL).  A nucleus is the words of
a span.  Every occurrence of these words in the corpus has a reading in each layer in which one of them is a span: its
label, or `unmarked`.  Occurrences vary if they differ in their reading while at least `min_context` words are the same
on both sides.  Of an attribute the readings are its values, on spans of the same words and label; dates are left out,
since they depend on the day of publication.

Words are runs of letters and digits, and single other marks; letter case does not count.  A line end counts as one word
and ends a context, as nothing beyond it tells how a mention is to be read.

Order: a variation is the more suspicious the more words around it are the same for two occurrences of different
readings, then the fewer the occurrences that stand against the most frequent reading.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, takewhile
from typing import Any, NamedTuple

from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME

UNMARKED = "unmarked"
_TOKEN = re.compile(r"\n+|\w+|[^\w\s]")
_SHOWN = 40  # characters of context on either side of a place
_FURTHEST = 10  # words; nobody needs to know how much more of two reprints is the same
_COMPARED = 50  # occurrences of a reading, of which contexts are compared pair by pair


class Place(NamedTuple):
    """An occurrence: the document, offsets in code points, end exclusive, the quote, and what stands around it."""

    document: str
    start: int
    end: int
    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class Variation:
    """Words that are read differently in the same context.

    `aspect` is a layer or an attribute; `before` and `after` count the words that are the same around those two
    occurrences of different readings that have most of them; `readings` come most frequent first.
    """

    aspect: str
    words: str
    before: int
    after: int
    readings: Mapping[str, tuple[Place, ...]]

    @property
    def minority(self) -> int:
        """How many occurrences stand against the most frequent reading."""
        return sum(map(len, self.readings.values())) - max(map(len, self.readings.values()))

    def to_json(self) -> dict[str, Any]:
        """Return the variation as JSON values."""
        return {
            "aspect": self.aspect,
            "words": self.words,
            "before": self.before,
            "after": self.after,
            "readings": {name: [place._asdict() for place in places] for name, places in self.readings.items()},
        }


def variations(documents: Iterable[Document], *, min_context: int = 1) -> list[Variation]:
    """Find all variations, the most suspicious first; documents whose text is withheld are left out.

    `min_context` counts the words that must be the same on each side; 0 asks for none.
    """
    texts = [_Text.of(document) for document in documents if document.text is not None]
    found = [
        variation
        for (aspect, *_), occurrences in _contexts(texts, min_context).items()
        if (variation := _vary(aspect, occurrences)) is not None
    ]
    return sorted(found, key=lambda one: (-(one.before + one.after), one.minority, one.aspect, one.words))


@dataclass(frozen=True)
class _Text:
    """A document as words: the words themselves, where they stand, and the readings of each stretch of words."""

    document: Document
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    readings: Mapping[tuple[int, int], Mapping[str, str]]

    @classmethod
    def of(cls, document: Document) -> "_Text":
        matches = list(_TOKEN.finditer(document.text or ""))
        words = tuple("\n" if match[0].startswith("\n") else match[0].casefold() for match in matches)
        starts = {match.start(): number for number, match in enumerate(matches)}
        ends = {match.end(): number for number, match in enumerate(matches, start=1)}
        readings: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
        for span in sorted(document.spans, key=lambda span: span.label):
            if span.start not in starts or span.end not in ends or span.label not in SCHEME.layer_of:
                continue  # `check` finds what cuts a word or has no label
            held = readings[starts[span.start], ends[span.end]]
            layer = SCHEME.layer_of[span.label]
            held[layer] = f"{held[layer]} {span.label}" if layer in held else span.label
            for attribute in SCHEME.attributes_of[span.label]:
                if attribute.type != "date":
                    held[f"{attribute.name} of {span.label}"] = str(span.attributes.get(attribute.name, "none"))
        return cls(document, words, tuple(match.span() for match in matches), readings)

    def around(self, start: int, end: int, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give up to so many words before (the nearest first) and after; a line end is the last."""
        before, after = self.words[max(0, start - number) : start][::-1], self.words[end : end + number]
        return tuple(_to_line_end(before, number)), tuple(_to_line_end(after, number))

    def place(self, start: int, end: int) -> Place:
        text = self.document.text or ""
        at, upto = self.places[start][0], self.places[end - 1][1]
        before, after = text[max(0, at - _SHOWN) : at], text[upto : upto + _SHOWN]
        return Place(self.document.id, at, upto, before, text[at:upto], after)


def _to_line_end(words: Iterable[str], number: int) -> Iterator[str]:
    """Cut words after a line end; the edge of a text is one."""
    for word in words:
        yield word
        number -= 1
        if word == "\n":
            return
    if number > 0:
        yield "\n"


class _Occurrence(NamedTuple):
    text: _Text
    start: int
    end: int
    reading: str


def _contexts(texts: list[_Text], min_context: int) -> dict[tuple[Any, ...], list[_Occurrence]]:
    """Group the occurrences of every nucleus by aspect, words, and the nearest words around them."""
    aspects: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for text in texts:
        for (start, end), held in text.readings.items():
            aspects[text.words[start:end]].update(held)
    lengths: dict[str, set[int]] = defaultdict(set)
    for words in aspects:
        lengths[words[0]].add(len(words))
    found: dict[tuple[Any, ...], list[_Occurrence]] = defaultdict(list)
    for text in texts:
        for start, word in enumerate(text.words):
            for length in lengths.get(word, ()):
                words = text.words[start : start + length]
                for aspect in aspects.get(words, ()):
                    layer = SCHEME.layer_of.get(aspect.partition(" of ")[2])
                    reading = text.readings.get((start, start + length), {}).get(aspect)
                    if reading is not None or layer is None:  # an attribute has a reading only on a span
                        context = text.around(start, start + length, min_context)
                        occurrence = _Occurrence(text, start, start + length, reading or UNMARKED)
                        found[aspect, words, context].append(occurrence)
    return found


def _vary(aspect: str, occurrences: list[_Occurrence]) -> Variation | None:
    by_reading: dict[str, list[_Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        by_reading[occurrence.reading].append(occurrence)
    if len(by_reading) == 1:
        return None
    before, after = max(
        (
            _in_common(one, other)
            for first, second in combinations(by_reading.values(), 2)
            for one in first[:_COMPARED]
            for other in second[:_COMPARED]
        ),
        key=lambda common: (sum(common), common),
    )
    ranked = sorted(by_reading.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    readings = {name: tuple(one.text.place(one.start, one.end) for one in held) for name, held in ranked}
    return Variation(aspect, next(iter(readings.values()))[0].quote, before, after, readings)


def _in_common(one: _Occurrence, other: _Occurrence) -> tuple[int, int]:
    first, second = (held.text.around(held.start, held.end, _FURTHEST) for held in (one, other))
    return _same(first[0], second[0]), _same(first[1], second[1])


def _same(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """Count the words at the beginning of both that are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
