"""Raw articles: registering them in the corpus, and joining withheld texts with a reader's own copies.

An article is a `.txt` file; what is known of it stands beside it in a `.toml` file of the same name (`title`,
`published`, `outlet`, `licence`, `provenance`, …: the fields of `Article`).  What an incident sheet says of a report of
the same id (outlet, genre, time of publication, writer) need not be repeated.

A registered text never changes: the same id with another text is refused.  A wire article's text goes to
`corpus/withheld`, which is never committed; its SHA-256 goes into the manifest.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from fogbank.curate.sources import candidates
from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import WIRE, Article, Corpus, Source
from fogbank.model.storage import read_bytes, write_json_lines, write_text
from fogbank.model.text import digest, normalise

DISPATCH_LICENCE = "CC-BY-4.0"
_FIELDS = frozenset(field.name for field in fields(Article)) - {"id", "text", "sha256"}


def read_sheet(path: Path) -> dict[str, Any]:
    """Read a TOML sheet.  Raises DataError with the place of a syntax error."""
    try:
        return tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}; expected TOML in UTF-8") from None


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


def import_articles(corpus: Corpus, paths: Iterable[Path]) -> list[tuple[Article, bool]]:
    """Register articles; return each with whether it is new.

    `paths` are `.txt` files or folders of them.  All are read before anything is written, so one bad file leaves the
    corpus as it was.  Raises DataError or FogbankError naming the file.
    """
    registered = dict(corpus.articles) if corpus.manifest.exists() else {}
    known = reports(corpus)
    read = [_read_article(path, known.get(path.stem, {})) for path in _text_files(paths)]
    new: set[str] = set()
    for article in read:
        earlier = registered.get(article.id)
        if earlier is not None and earlier.sha256 != article.sha256:
            raise DataError(
                f"{article.id}: registered with another text; expected the text with SHA-256 {earlier.sha256}"
            )
        if earlier is None:
            new.add(article.id)
            registered[article.id] = article
    for article in read:
        write_text(corpus.text_path(article.id, withheld=article.part == WIRE), article.text or "")
    ordered = sorted(registered.values(), key=lambda article: (article.part, article.id))
    write_json_lines(corpus.manifest, (article.to_json() for article in ordered))
    return [(article, article.id in new) for article in read]


def _text_files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FogbankError(f"{path}: does not exist; expected a .txt file or a folder of them")
        inside = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
        if not inside or inside[0].suffix != ".txt":
            raise FogbankError(f"{path}: expected a .txt file or a folder of them")
        found.extend(inside)
    return found


def _read_article(path: Path, report: dict[str, Any]) -> Article:
    text = normalise(read_bytes(path), str(path))
    beside = path.with_suffix(".toml")
    known = {**report, **(read_sheet(beside) if beside.exists() else {})}
    if unknown := known.keys() - _FIELDS:
        raise DataError(
            f"{beside}: {', '.join(sorted(unknown))}: no field of an article; expected {', '.join(sorted(_FIELDS))}"
        )
    for name in ("part", "published", "licence"):
        if name not in known:
            raise DataError(
                f"{beside}: {name} is missing; expected it there, or the report {path.stem} in an incident sheet"
            )
    published = known.pop("published")
    if isinstance(published, datetime):
        published = published.isoformat(timespec="minutes")
    elif isinstance(published, date):
        published = published.isoformat()
    title, source = known.pop("title", None), known.pop("source", None)
    try:
        source = source and Source(**source)
    except TypeError as error:
        names = ", ".join(field.name for field in fields(Source))
        raise DataError(f"{beside}: source: {error}; expected {names}") from None
    return Article(
        id=path.stem, title=title, published=published, sha256=digest(text), text=text, source=source, **known
    )


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
