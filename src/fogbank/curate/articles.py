"""Raw articles: registering them in the corpus, and joining withheld texts with a reader's own copies.

What kinds of file are read, and where they say what is known of an article (`title`, `published`, `outlet`, `licence`,
`provenance`, …: the fields of `Article`), stands in `intake`.  What an incident sheet says of a report of the same id
(outlet, genre, time of publication, writer) need not be repeated.

A registered text never changes: the same id with another text is refused; who replaces an article retires it.  A wire
article's text goes to `corpus/withheld`, which is never committed; its SHA-256 goes into the manifest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from fogbank.check.validation import explain
from fogbank.curate.intake import Raw, moment, read_raw, read_sheet
from fogbank.curate.sources import candidates
from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import SPLITS, WIRE, Article, Corpus, Source
from fogbank.model.storage import read_bytes, write_json_lines, write_text
from fogbank.model.text import digest, normalise

DISPATCH_LICENCE = "CC-BY-4.0"
_FIELDS = frozenset(field.name for field in fields(Article)) - {"id", "text", "sha256"}
_NAMES = ", ".join(sorted(_FIELDS))


def reports(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Give what the incident sheets say of each report, by its id: the fields of an article but for its title."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((corpus.root / "corpus" / "incidents").glob("*.toml")):
        sheet = read_sheet(path)
        for report in sheet.get("reports", ()):
            found[report["id"]] = {
                "part": "dispatches",
                "published": report["published"],
                "outlet": report["outlet"],
                "genre": report["genre"],
                "writer": report["writer"],
                "theatre": sheet["theatre"],
                "incident": sheet["id"],
                "licence": DISPATCH_LICENCE,
            }
    return found


class Intake(NamedTuple):
    """Articles that were read and not registered yet, and in how many rows a column said what no field takes."""

    articles: tuple[Article, ...]
    unused: Counter[str]


def read_articles(
    corpus: Corpus,
    paths: Iterable[Path],
    defaults: Mapping[str, str] = MappingProxyType({}),
    columns: Mapping[str, str] = MappingProxyType({}),
) -> Intake:
    """Read articles from files of any kind that `intake` reads, without registering them.

    `defaults` gives fields where neither a file nor an incident sheet does; `columns` maps fields to a table's columns.
    Raises DataError or FogbankError naming the file, or file and row.
    """
    if unknown := columns.keys() - _FIELDS - {"id", "text"}:
        raise FogbankError(f"{', '.join(sorted(unknown))}: no field of an article; expected id, text, {_NAMES}")
    known = reports(corpus)
    raw = list(read_raw(paths, columns, _FIELDS))
    articles = []
    seen: dict[str, str] = {}
    for one in raw:
        origin = {"provenance": one.origin} if one.origin else {}
        articles.append(_article(one, {**origin, **defaults, **known.get(one.id, {}), **one.fields}))
        if seen.get(one.id, one.place) != one.place:
            raise DataError(f"{one.place}: {one.id} is the id of {seen[one.id]} too; expected an id of its own")
        seen[one.id] = one.place
    return Intake(tuple(articles), Counter(name for one in raw for name in one.unused))


def register(corpus: Corpus, articles: Sequence[Article]) -> list[tuple[Article, bool]]:
    """Register articles; return each with whether it is new.

    Raises DataError, before anything is written, where an id is registered with another text.
    """
    registered = dict(corpus.articles) if corpus.manifest.exists() else {}
    new: set[str] = set()
    for article in articles:
        earlier = registered.get(article.id)
        if earlier is not None and earlier.sha256 != article.sha256:
            raise DataError(
                f"{article.id}: registered with another text; expected the text with SHA-256 {earlier.sha256}"
            )
        if earlier is None:
            new.add(article.id)
            registered[article.id] = article
    for article in articles:
        write_text(corpus.text_path(article.id, withheld=article.part == WIRE), article.text or "")
    ordered = sorted(registered.values(), key=lambda article: (article.part, article.id))
    write_json_lines(corpus.manifest, (article.to_json() for article in ordered))
    return [(article, article.id in new) for article in articles]


def retire(corpus: Corpus, ids: Sequence[str], why: str) -> None:
    """Take articles out of use: out of the splits and of all that is published; texts and annotations remain.

    Raises FogbankError, before anything is written, for an unknown id or one that is retired already.
    """
    for article_id in ids:
        if article_id not in corpus.current:
            state = "is retired already" if article_id in corpus.articles else "is not in the corpus"
            raise FogbankError(f"article {article_id!r} {state}; expected an id of {corpus.manifest} in use")
    kept = [replace(article, retired=why) if article.id in ids else article for article in corpus.articles.values()]
    write_json_lines(corpus.manifest, (article.to_json() for article in kept))
    for split in (*SPLITS, WIRE):
        held = corpus.split(split)
        if left := set(held) & set(ids):
            corpus.write_split(split, [name for name in held if name not in left])


def _article(raw: Raw, known: dict[str, Any]) -> Article:
    if unknown := known.keys() - _FIELDS:
        raise DataError(f"{raw.place}: {', '.join(sorted(unknown))}: no field of an article; expected {_NAMES}")
    for name in ("part", "published", "licence"):
        if name not in known:
            raise DataError(
                f"{raw.place}: {name} is missing; expected it there, or the report {raw.id} in an incident sheet, "
                f"or --{name} for all"
            )
    published, source = moment(known.pop("published")), known.pop("source", None)
    try:
        source = source and Source(**source)
    except TypeError as error:
        names = ", ".join(field.name for field in fields(Source))
        raise DataError(f"{raw.place}: source: {error}; expected {names}") from None
    article = Article(
        id=raw.id, published=str(published), sha256=digest(raw.text), text=raw.text, source=source, **known
    )
    for found in explain("article", article.to_json(), raw.place):
        if found.place != "$":  # what is lacking may still come with a sheet, and `check` asks for it
            raise DataError(str(found))
    return article


class Restored(NamedTuple):
    """What `restore` did: ids restored now, ids whose text was there before, ids not found, and files that differ.

    `differing` maps an id to the file that bears its name but holds another text.
    """

    restored: tuple[str, ...]
    present: tuple[str, ...]
    missing: tuple[str, ...]
    differing: dict[str, Path]


def restore(corpus: Corpus, texts: Path) -> Restored:
    """Join withheld texts with the copies below `texts`: texts found by hash, or cut out of the public source files.

    Each `.txt` file, whatever its name, is normalised as on import and hashed; what is still missing is looked for in
    the files that the articles' sources name (see `sources`).  Raises FogbankError where `texts` is no folder.
    """
    if not texts.is_dir():
        raise FogbankError(f"{texts}: no folder; expected a folder with your copies of the withheld texts")
    wanted = {a.sha256: a for a in corpus.articles.values() if a.part == WIRE and a.text is None}
    present = tuple(a.id for a in corpus.articles.values() if a.part == WIRE and a.text is not None)
    by_name = {article.id: article for article in wanted.values()}
    restored: list[str] = []
    differing: dict[str, Path] = {}
    for path in sorted(texts.rglob("*.txt")) if wanted else ():
        try:
            text = normalise(read_bytes(path), str(path))
        except DataError:
            continue  # not a text of ours: every text of ours passed this on import
        if article := wanted.get(digest(text)):
            write_text(corpus.text_path(article.id, withheld=True), text)
            restored.append(article.id)
        elif path.stem in by_name:
            differing[path.stem] = path
    for article in wanted.values():
        if article.id not in restored:
            for text in candidates(article, texts):
                if digest(text) == article.sha256:
                    write_text(corpus.text_path(article.id, withheld=True), text)
                    restored.append(article.id)
                    break
    done = set(restored)
    missing = tuple(article_id for article_id in by_name if article_id not in done)
    return Restored(
        tuple(dict.fromkeys(restored)), present, missing, {k: v for k, v in differing.items() if k not in done}
    )
