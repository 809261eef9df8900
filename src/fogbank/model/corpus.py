"""The corpus: what a checkout keeps, and where.

    corpus/manifest.jsonl        one article a line: what it is, who wrote it, its SHA-256
    corpus/articles/<id>.txt     texts that are shared; offsets point into these
    corpus/withheld/<id>.txt     a reader's own copies of texts that are not shared (never committed)
    corpus/splits/<split>.txt    ids, one a line
    corpus/theatres, incidents   the sheets behind the dispatches
    annotations/exports/<round>/<annotator>.json   Label Studio exports, verbatim
    annotations/gold/<id>.json   adjudicated documents

`Corpus` only reads; writing is done where each file is made.  Every text that is read is checked against its SHA-256.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from fogbank.errors import DataError, FogbankError
from fogbank.model.document import Dateline, Document
from fogbank.model.storage import read_bytes, read_json, read_json_lines, write_text
from fogbank.model.text import digest

RELEASE = Path(__file__).resolve().parents[1] / "release"
"""Where an installed package keeps the release; not there in a checkout."""
SPLITS = ("train", "validation", "test")
WIRE = "wire"

Part = Literal["dispatches", "wire"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a withheld text can be had: a public repository at a commit, a file, and the record in it.

    `member` names the file inside an archive, where `path` is one.
    """

    repository: str
    commit: str
    path: str
    record: str
    member: str | None = None


@dataclass(frozen=True)
class Article:
    """A raw text and what is known of it.

    `published` is an ISO 8601 local time ("2021-03-04T11:20") or date; `text` is None where it is withheld.
    `provenance` says in words where a wire article comes from, `source` where its text can be had.  `retired` says why
    an article is out of use: it stands in no split and is not published; its text and annotations remain as a record.
    """

    id: str
    part: Part
    published: str
    sha256: str
    licence: str
    text: str | None = field(default=None, repr=False)
    title: str | None = None
    outlet: str | None = None
    genre: str | None = None
    theatre: str | None = None
    incident: str | None = None
    writer: str | None = None
    provenance: str | None = None
    source: Source | None = None
    retired: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the manifest's line; the text is not in it."""
        source = self.source and {key: value for key, value in asdict(self.source).items() if value is not None}
        line = {
            key: value
            for key in (
                "id", "part", "title", "published", "outlet", "genre", "theatre", "incident", "writer", "licence",
                "provenance", "retired", "sha256",
            )
            if (value := getattr(self, key)) is not None
        }  # fmt: skip
        return {**line, "source": source} if source else line

    @classmethod
    def from_json(cls, line: Mapping[str, Any], text: str | None) -> "Article":
        """Read a line of the manifest.  Raises TypeError where its fields are not those of an article."""
        source = line.get("source")
        return cls(**{**line, "source": source and Source(**source)}, text=text)


@dataclass(frozen=True)
class Corpus:
    """The files of a checkout below `root`."""

    root: Path

    @property
    def manifest(self) -> Path:
        """Where the articles are listed."""
        return self.root / "corpus" / "manifest.jsonl"

    @property
    def exports(self) -> Path:
        """The folder of Label Studio exports, one folder a round."""
        return self.root / "annotations" / "exports"

    @property
    def gold_folder(self) -> Path:
        """The folder of adjudicated documents."""
        return self.root / "annotations" / "gold"

    def text_path(self, article_id: str, *, withheld: bool) -> Path:
        """Where the text of an article stands."""
        return self.root / "corpus" / ("withheld" if withheld else "articles") / f"{article_id}.txt"

    @cached_property
    def articles(self) -> dict[str, Article]:
        """All articles by id, in the order of the manifest, with their texts where they are there.

        Raises DataError where a shared text is missing, or any text is not the one that was registered.
        """
        found: dict[str, Article] = {}
        for number, entry in enumerate(read_json_lines(self.manifest), start=1):
            try:
                article = Article.from_json(entry, self._text(entry))
            except TypeError as error:
                raise DataError(f"{self.manifest}:{number}: {error}; expected the fields of an article") from None
            if article.id in found:
                raise DataError(f"{self.manifest}:{number}: {article.id} is listed twice; expected each id once")
            found[article.id] = article
        return found

    @property
    def current(self) -> dict[str, Article]:
        """The articles that are in use: all but the retired ones."""
        return {name: article for name, article in self.articles.items() if article.retired is None}

    def _text(self, entry: dict[str, Any]) -> str | None:
        withheld = entry.get("part") == WIRE
        path = self.text_path(str(entry.get("id")), withheld=withheld)
        if withheld and not path.exists():
            return None
        text = read_bytes(path).decode("utf-8", errors="replace")
        if digest(text) != entry.get("sha256"):
            raise DataError(
                f"{path}: the text has changed since it was registered; expected SHA-256 {entry.get('sha256')}"
            )
        return text

    def split(self, name: str) -> tuple[str, ...]:
        """Return the ids of a split (`train`, `validation`, `test`, or `wire`), in order.

        Raises FogbankError for another name.
        """
        if name not in (*SPLITS, WIRE):
            raise FogbankError(f"split {name!r} does not exist; expected one of {', '.join((*SPLITS, WIRE))}")
        return tuple(line for line in read_bytes(self._split_path(name)).decode().split("\n") if line)

    def write_split(self, name: str, ids: Iterable[str]) -> None:
        """Write the ids of a split, one a line."""
        write_text(self._split_path(name), "".join(f"{article_id}\n" for article_id in ids))

    def _split_path(self, name: str) -> Path:
        return self.root / "corpus" / "splits" / f"{name}.txt"

    def incident(self, incident_id: str) -> Mapping[str, Any] | None:
        """Read the sheet of an incident; None where there is none.  Raises DataError where it is no TOML."""
        path = self.root / "corpus" / "incidents" / f"{incident_id}.toml"
        if not path.is_file():
            return None
        try:
            return tomllib.loads(read_bytes(path).decode())
        except ValueError as error:
            raise DataError(f"{path}: {error}; expected TOML in UTF-8") from None

    @cached_property
    def datelines(self) -> dict[str, Dateline]:
        """The dateline of every article by its id; one without an incident is an incident of its own."""
        truths: dict[str, dict[str, int]] = {}
        for article in self.articles.values():
            if article.incident and article.incident not in truths:
                truths[article.incident] = truth(self.incident(article.incident) or {})
        return {
            article.id: Dateline(
                article.incident or article.id,
                article.published,
                article.outlet,
                truths.get(article.incident or "", {}),
            )
            for article in self.articles.values()
        }

    def has_gold(self, article_id: str) -> bool:
        """Whether there is a gold document of an article."""
        return (self.gold_folder / f"{article_id}.json").exists()

    def gold(self, ids: Iterable[str] | None = None) -> Iterator[Document]:
        """Yield the gold documents of these ids; if none are given, all of articles in use, in the manifest's order."""
        for article_id in filter(self.has_gold, self.current) if ids is None else ids:
            path = self.gold_folder / f"{article_id}.json"
            yield Document.from_json(read_json(path), self.articles[article_id].text, self.datelines[article_id])


def truth(sheet: Mapping[str, Any]) -> dict[str, int]:
    """Give what is true by an incident's sheet: by measure, of several groups the largest."""
    found: dict[str, int] = {}
    for figure in sheet.get("truth", {}).get("figures", ()):
        found[figure["measure"]] = max(figure["value"], found.get(figure["measure"], 0))
    return found


def find_corpus(start: Path | None = None) -> Corpus:
    """Find the checkout: `FOGBANK_HOME`, else the folder `start` (default: the current one) or one above it.

    Last, the checkout that an editable installation runs from, or the release that an installed package brings along;
    that has texts, gold, dataset and schemas, but no exports, baselines or leaderboard.  Raises FogbankError where
    there is none.
    """
    if home := os.environ.get("FOGBANK_HOME"):
        candidates = [Path(home)]
    else:
        here = (start or Path.cwd()).resolve()
        candidates = [here, *here.parents, Path(__file__).resolve().parents[3], RELEASE]
    for candidate in candidates:
        if (candidate / "corpus" / "manifest.jsonl").is_file():
            return Corpus(candidate)
    raise FogbankError(
        f"no corpus at {candidates[0]} or above it; run inside a checkout of FogBank or set FOGBANK_HOME to one"
    )
