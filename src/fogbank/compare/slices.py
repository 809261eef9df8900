"""Slices: the same scores of parts of a split, by what the articles are or by which names a system could have seen.

- `theatre`, `genre`, `writer`: documents by what the manifest says of their article; `unknown` where it says nothing.
- `length`: documents by how many tokens (`model.text.tokens`) their text has, in `LENGTHS`.
- `seen`: not documents but spans: of both versions only the names are kept, entity mentions with a capital letter, that
  occur in train gold or do not; only the task `spans` is asked.  Two names are one if their
  normalised forms are equal: `normalised`.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

from fogbank.errors import MissingTextError
from fogbank.model.corpus import Article
from fogbank.model.document import Document, Span
from fogbank.model.scheme import SCHEME
from fogbank.model.text import tokens

By = Literal["theatre", "genre", "writer", "length", "seen"]
BY: tuple[By, ...] = get_args(By)
LENGTHS = {"under 250": 250, "250–499": 500, "500 or more": None}
"""Bins of documents with the number of tokens that each stays below."""
_ENTITIES = frozenset(SCHEME.labels_in("entity"))
_OUTSIDE = re.compile(r"^the\s+|[’']s?$|[’'`]", re.IGNORECASE)
Slices = dict[str, tuple[list[Document], list[Document]]]


def slice_documents(
    by: By, gold: Sequence[Document], versions: Sequence[Document], articles: Mapping[str, Article]
) -> Slices:
    """Give the gold documents and their aligned versions by slice; `by` is anything but `seen`.

    Raises MissingTextError where the length of a withheld text is asked for.
    """
    of: Callable[[Document], str] = _length if by == "length" else lambda d: _field(articles.get(d.id), by)
    made: Slices = defaultdict(lambda: ([], []))
    for document, version in zip(gold, versions, strict=True):
        held = made[of(document)]
        held[0].append(document)
        held[1].append(version)
    order = dict.fromkeys([*LENGTHS, *sorted(made)])
    return {f"{by} {name}": made[name] for name in order if name in made}


def slice_names(gold: Sequence[Document], versions: Sequence[Document], train: Iterable[Document]) -> Slices:
    """Give both versions with only those names that `train` has, and with only those that it has not.

    Raises MissingTextError where a text is withheld.
    """
    known = {
        normalised(document.quote(span)) for document in train for span in document.spans if span.label in _ENTITIES
    }

    def kept(side: Sequence[Document], *, seen: bool) -> list[Document]:
        texts = [document.text for document in gold]
        return [_names(replace(d, text=text), known, seen) for d, text in zip(side, texts, strict=True)]

    names = {"names seen in train": True, "names unseen in train": False}
    return {name: (kept(gold, seen=seen), kept(versions, seen=seen)) for name, seen in names.items()}


def normalised(name: str) -> str:
    """Give a name in NFKC and lower case, without leading article, possessive and inner apostrophes."""
    words = " ".join(unicodedata.normalize("NFKC", name).split())
    return _OUTSIDE.sub("", _OUTSIDE.sub("", words)).casefold()


def is_name(words: str) -> bool:
    """Whether some word of a mention begins with a capital letter."""
    return any(words[start].isupper() for start, _ in tokens(words))


def _names(document: Document, known: set[str], seen: bool) -> Document:
    def belongs(span: Span) -> bool:
        words = document.quote(span)
        return span.label in _ENTITIES and is_name(words) and (normalised(words) in known) == seen

    return replace(document, spans=tuple(filter(belongs, document.spans)), relations=())


def _field(article: Article | None, by: str) -> str:
    return (getattr(article, by) if article else None) or "unknown"


def _length(document: Document) -> str:
    if document.text is None:
        raise MissingTextError(f"{document.id}: the text is withheld, so its length is unknown")
    number = len(tokens(document.text))
    return next(name for name, below in LENGTHS.items() if below is None or number < below)
