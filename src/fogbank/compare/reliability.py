"""Krippendorff's alpha of attribution, token by token: chance-corrected agreement on who says what.

A unit is a token of `model.text.tokens` (a word or a punctuation mark); it is inside a span if the two share a
character.  Each version gives each token one value, and values are nominal.  A token inside several spans takes the
first value that fits in the order CUE, source, CONTENT, that is the innermost in every ordinary nesting.  A source is
an entity mention that some CUE cites (the tail of a `source` relation).

- `attribution`: cue, content, outside (three values).
- `attribution_with_sources`: cue, source, content, outside (four values).
- `cue`, `source`, `content`: inside one such span or not (two values each; here nesting hides nothing).

`attribution_with_sources` is the figure to lay beside the token-wise alpha of 75.4 % that PolNeAR reports (Newell,
Margolin & Ruths 2018, LREC; the corpus's README), whose annotations likewise give each token exactly one of source,
cue, content and none.  It differs in this: PolNeAR is annotated flat, a token belonging to one attribution at most,
whereas nesting and overlap are flattened here after the fact; a source is here a base noun phrase without article,
title or relative clause, and a content one continuous clause; the tokens are ours (PolNeAR ships Stanford CoreNLP's);
PolNeAR also marks inner states, the thoughts and intentions of anyone; and its texts are political news, its annotators
trained people.  The two are of one kind, but a difference of a few points between them says nothing.

Definition.  Over pairs of values (one of each version, every token entered in both orders) let o(c, k) be the
coincidences, n(c) their row sums and n = Σ n(c), twice the tokens.  Then alpha = 1 − D_o / D_e with
D_o = Σ_{c≠k} o(c, k) / n and D_e = Σ_{c≠k} n(c) n(k) / (n (n − 1)).  Coincidences add up over documents, so they are
what is stored: the alpha of every resample of a bootstrap is then one matrix product away.  Where both versions use one
and the same value only, alpha is undefined; it is given as 1 here, as for every measure that has nothing to count.
Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fogbank.errors import MissingTextError
from fogbank.model.document import Document, Span
from fogbank.model.text import tokens

Coincidences = NDArray[np.int64]

OUTSIDE = 0
ALPHAS = {
    "attribution": ("cue", "content"),
    "attribution_with_sources": ("cue", "source", "content"),
    "cue": ("cue",),
    "source": ("source",),
    "content": ("content",),
}
"""The values beside `outside` that each alpha tells apart, in the order in which they are tried."""


def coincidences(first: Document, second: Document, alpha_name: str) -> Coincidences:
    """Count the coincidences of two versions of one text, shape (values, values), `outside` first; symmetric.

    Raises MissingTextError where the text is withheld, since its tokens are then unknown.
    """
    values = ALPHAS[alpha_name]
    table = np.zeros((len(values) + 1, len(values) + 1), dtype=np.int64)
    np.add.at(table, (token_values(first, values), token_values(second, values)), 1)
    return table + table.T


def token_values(document: Document, values: Sequence[str]) -> list[int]:
    """Give each token its value: 0 outside, else the place in `values`, counted from 1, of the first that fits."""
    if document.text is None:
        raise MissingTextError(f"{document.id}: the text is withheld, so its tokens are unknown")
    places = tokens(document.text)
    given = [OUTSIDE] * len(places)
    for number, value in reversed(list(enumerate(values, start=1))):
        inside = _characters(_spans(document, value))
        for at, (start, end) in enumerate(places):
            if not inside.isdisjoint(range(start, end)):
                given[at] = number
    return given


def alpha(table: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Give alpha of coincidences of shape (…, values, values), as shape (…); see the module for its definition."""
    margins = table.sum(axis=-1).astype(np.float64)
    total = margins.sum(axis=-1)
    observed = (total - np.trace(table, axis1=-2, axis2=-1)) * (total - 1)
    expected = total**2 - (margins**2).sum(axis=-1)
    return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1.0), 1.0)


def _spans(document: Document, value: str) -> Iterable[Span]:
    if value == "source":
        known = document.by_id
        return [known[r.tail] for r in document.relations if r.label == "source" and r.tail in known]
    return [span for span in document.spans if span.label == value.upper()]


def _characters(spans: Iterable[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}
