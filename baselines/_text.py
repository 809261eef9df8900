"""An article as a system reads it, and a prediction as the scheme wants it.

A `Reading` cuts a text into tokens and sentences.  Tokens are those of `fogbank.tokens`, cut again at hyphens and
before a possessive 's, and never inside a run of letters, so that every span from one token to another starts and ends
at words.  Positions named `first` and `last` count tokens, `last` exclusive; `start` and `end` are offsets in the text.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from unicodedata import category

from baselines._figures import read_figure
from baselines._times import read_time
from fogbank import SCHEME, Article, Document, MissingTextError, Relation, Span, tokens

_PIECE = re.compile(r"[-–]|['’]s\Z|(?:(?!['’]s\Z)[^-–])+")
_SHORTENED = "dr mr mrs ms gen col lt sgt maj capt st no nos jan feb mar apr jun jul aug sep sept oct nov dec"
_SHORT = frozenset(_SHORTENED.split())
_DATELINE = re.compile(r"^[^\S\n]*[^\n]{0,30}[^\W\d_a-z]{3}[^\n]{0,60}?\s(?:[—–-]{1,2})\s", re.MULTILINE)
OPEN, CLOSE = '“‘"«', '”’"»'
STOPS = frozenset(".!?…")


def _is_joined(text: str, at: int) -> bool:
    return all(c.isalnum() or category(c).startswith("M") for c in text[at - 1 : at + 1]) and 0 < at < len(text)


def pieces(text: str) -> list[tuple[int, int]]:
    """Offsets of the tokens of a text."""
    found: list[tuple[int, int]] = []
    for start, end in tokens(text):
        for match in _PIECE.finditer(text[start:end]):
            piece = start + match.start(), start + match.end()
            if found and found[-1][1] == piece[0] and _is_joined(text, piece[0]):
                piece = found.pop()[0], piece[1]
            found.append(piece)
    return found


@dataclass(frozen=True)
class Reading:
    """An article's text with its tokens (`offsets`, `words`)."""

    article: Article
    text: str
    offsets: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, article: Article) -> "Reading":
        """Read an article.  Raises MissingTextError where its text is withheld."""
        if article.text is None:
            raise MissingTextError(f"{article.id}: the text is withheld; expected an article with its text")
        return cls(article, article.text, tuple(pieces(article.text)))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The tokens' words."""
        return tuple(self.text[start:end] for start, end in self.offsets)

    @cached_property
    def lower(self) -> tuple[str, ...]:
        """The tokens' words in lower case."""
        return tuple(word.lower() for word in self.words)

    @cached_property
    def body(self) -> int:
        """The first token after the dateline ("VELMAR, Kestria (KPA) — "), if there is one near the beginning."""
        match = _DATELINE.search(self.text, 0, 400)
        return self.token_at(match.end()) if match else 0

    @cached_property
    def sentence_of(self) -> tuple[int, ...]:
        """The number of each token's sentence."""
        numbers, number = [], 0
        for at in range(len(self.offsets)):
            number += at > 0 and self._is_break(at)
            numbers.append(number)
        return tuple(numbers)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """First and last token of each sentence."""
        starts = [i for i, n in enumerate(self.sentence_of) if i == 0 or n != self.sentence_of[i - 1]]
        return tuple(zip(starts, [*starts[1:], len(self.offsets)], strict=True)) if starts else ()

    def _is_break(self, at: int) -> bool:
        between = self.text[self.offsets[at - 1][1] : self.offsets[at][0]]
        if between.count("\n") > 1:
            return True
        word = self.words[at]
        back = at - 1
        while back > 0 and self.words[back] in CLOSE and self.offsets[back - 1][1] == self.offsets[back][0]:
            back -= 1
        if not between or self.words[back] not in STOPS or not (word[0].isupper() or word[0].isdigit() or word in OPEN):
            return False
        before = self.words[back - 1] if back else ""
        is_short = before.lower() in _SHORT or (len(before) == 1 and before.isupper())
        is_hour = before.lower() in ("a.m", "p.m") and read_time(word, self.article.published) is not None
        return not (self.words[back] == "." and (is_short or is_hour))

    @cached_property
    def _starts(self) -> dict[int, int]:
        return {start: i for i, (start, _) in enumerate(self.offsets)}

    @cached_property
    def _ends(self) -> dict[int, int]:
        return {end: i + 1 for i, (_, end) in enumerate(self.offsets)}

    def token_at(self, offset: int) -> int:
        """Give the first token that ends behind an offset (the number of tokens where none does)."""
        return next((i for i, (_, end) in enumerate(self.offsets) if end > offset), len(self.offsets))

    def range_of(self, start: int, end: int) -> tuple[int, int] | None:
        """Give the tokens of a stretch of text; None where it does not start and end with tokens."""
        first, last = self._starts.get(start), self._ends.get(end)
        return None if first is None or last is None or first >= last else (first, last)

    def quote(self, first: int, last: int) -> str:
        """Give the text of some tokens."""
        return self.text[self.offsets[first][0] : self.offsets[last - 1][1]]

    def span(self, first: int, last: int, label: str, attributes: Mapping[str, Any] | None = None) -> Span:
        """Make a span of tokens; its id says its place, which is enough until `settle` numbers it."""
        start, end = self.offsets[first][0], self.offsets[last - 1][1]
        return Span(f"{start}-{end}-{label}", start, end, label, attributes or {})


def settled_attributes(label: str, words: str, published: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Give the attributes of a predicted span: choices that are `known`, else their defaults; values by rule.

    A figure that no rule reads is vague ("several"), and such a time the day of publication.
    """
    if label == "QUANTITY":
        return dict(read_figure(words) or {"modifier": "vague", "vague_class": "several"})
    if label == "TIME":
        return dict(read_time(words, published) or dict.fromkeys(("start", "end"), published[:10]))
    choices = [a for a in SCHEME.attributes_of[label] if a.required]
    return {a.name: known.get(a.name, a.default) for a in choices}


def settle(reading: Reading, spans: Iterable[Span], relations: Iterable[Relation]) -> Document:
    """Make the predicted document: of what the scheme does not let stand together, the first given stays.

    Dropped are spans that repeat or cross an earlier one of their layer, contents that no cue is left for, relations
    whose ends are dropped or that the scheme does not allow, and all but the first relation of an ordered pair.
    """
    layers: defaultdict[str, list[Span]] = defaultdict(list)
    for span in spans:
        layer = layers[SCHEME.layer_of[span.label]]
        if not any(s.key == span.key or crosses(s, span) for s in layer):
            layer.append(span)
    kept = [span for layer in layers.values() for span in layer]
    by_id = {span.id: span for span in kept}
    pairs: dict[tuple[str, str], Relation] = {}
    for relation in relations:
        head, tail = by_id.get(relation.head), by_id.get(relation.tail)
        if head and tail and may_relate(relation.label, head, tail):
            pairs.setdefault((relation.head, relation.tail), relation)
    said = {r.tail for r in pairs.values() if r.label == "content"}
    kept = [span for span in kept if span.label != "CONTENT" or span.id in said]
    article = reading.article
    return Document(article.id, article.text, tuple(kept), tuple(pairs.values())).canonical()


def crosses(one: Span, other: Span) -> bool:
    """Whether two spans overlap without one holding the other."""
    return one.start < other.start < one.end < other.end or other.start < one.start < other.end < one.end


def may_relate(label: str, head: Span, tail: Span) -> bool:
    """Whether the scheme lets a relation run between two spans, coreference only backwards."""
    is_forward = SCHEME.relation[label].backwards and (tail.start, tail.end) > (head.start, head.end)
    return head.id != tail.id and SCHEME.allows(label, head.label, tail.label) and not is_forward
