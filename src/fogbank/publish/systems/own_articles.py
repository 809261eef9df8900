"""A reader's own articles, taken in one at a time to be predicted; nothing of them is registered or kept.

Files are read as `fogbank.curate.intake` reads them; of what a file says of an article only `title` and `published` are
taken, and a text that does not say when it was published takes what the reader says.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from fogbank.curate.intake import moment, read_raw
from fogbank.errors import DataError
from fogbank.model.corpus import Article
from fogbank.model.text import digest

_FIELDS = frozenset({"text", "title", "published"})


def own_articles(paths: Iterable[Path], published: str) -> Iterator[Article]:
    """Take in articles in the order of `paths`, each when it is asked for; `published` is ISO 8601.

    Raises as `read_raw` does, and DataError, naming the place, for an id that has come before, or for a time of
    publication that is none.
    """
    seen: set[str] = set()
    for raw in read_raw(paths, {}, _FIELDS):
        if raw.id in seen:
            raise DataError(f"{raw.place}: id {raw.id!r} has come before; expected each id once")
        seen.add(raw.id)
        when, title = moment(raw.fields.get("published", published)), raw.fields.get("title")
        yield Article(
            raw.id,
            "wire",
            _checked(when, raw.place),
            digest(raw.text),
            licence="not known",
            text=raw.text,
            title=None if title is None else str(title),
        )


def _checked(published: object, place: str) -> str:
    try:
        datetime.fromisoformat(str(published))
    except ValueError:
        raise DataError(
            f"{place}: published {published!r}; expected a date or local time, as 2021-03-04 or 2021-03-04T11:20"
        ) from None
    return str(published)
