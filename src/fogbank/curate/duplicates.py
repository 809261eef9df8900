"""New articles whose texts are there already, whole or nearly: what likeness is, `fogbank.check.splits` says."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fogbank.check.splits import NEAR_DUPLICATE, likeness_across
from fogbank.model.corpus import Article


class Duplicate(NamedTuple):
    """A new article, another that was registered or read before it, and how much of the shorter text is in both.

    `exact`: the two texts are the same to the letter.
    """

    article: str
    other: str
    share: float
    exact: bool


def duplicates(fresh: Iterable[Article], registered: Mapping[str, Article]) -> list[Duplicate]:
    """Find the new articles that repeat another one, exactly or nearly, the most alike first.

    Articles that are registered under their own id are not new; texts that are withheld and not here repeat nothing,
    unless their SHA-256 does.
    """
    new = {article.id: article for article in fresh if article.id not in registered}
    everyone = {**registered, **new}
    order = {name: number for number, name in enumerate(everyone)}
    texts = {name: article.text for name, article in everyone.items() if article.text is not None}
    # Everything registered stands on one side, each new article on a side of its own.
    side = {name: name if name in new else "" for name in everyone}
    found: list[Duplicate] = []
    for pair in likeness_across(texts, side):
        if pair.share >= NEAR_DUPLICATE:
            earlier, later = sorted((pair.first, pair.second), key=order.__getitem__)
            found.append(Duplicate(later, earlier, pair.share, exact=False))
    same: dict[str, str] = {}
    for name, article in everyone.items():
        same.setdefault(article.sha256, name)
    exact = [Duplicate(a.id, same[a.sha256], 1.0, exact=True) for a in new.values() if same[a.sha256] != a.id]
    repeated = {(one.article, one.other) for one in exact}
    return [*exact, *(one for one in found if (one.article, one.other) not in repeated)]
