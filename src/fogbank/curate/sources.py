"""Where withheld texts can be had, and how a public file becomes the text whose hash the manifest holds.

A wire article's `source` names a public repository, a commit, a file, and the record of this article in it.  One
function for each kind of file cuts the record out; `clean` then makes the text of it.  What comes out is only accepted
if its SHA-256 is the published one, so a file that has changed is told from one that has not.
"""

import csv
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, urljoin

import httpx

from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import Article, Source
from fogbank.model.storage import read_bytes, write_bytes
from fogbank.model.text import normalise

HOST = "https://raw.githubusercontent.com/"

LARGEST_CELL = 2**24  # characters; the csv module's own limit is below the length of a long article
_DATE_LINE = re.compile(r"\w+day, \w+ \d{1,2}, \d{4}\n\n")
_RECORD_LINE = re.compile(r"^(TST\d-MUC\d-\d{4})$", re.MULTILINE)


def clean(text: str) -> str:
    """Bring a text to one blank line between paragraphs, single spaces, no blanks at line ends, and one final LF."""
    text = re.sub("[^\\S\n]*(?:\r\n|[\n\u2028])", "\n", text)
    text = re.sub("[ \t\u00a0]{2,}|\u00a0", " ", text)
    return re.sub("\n{2,}", "\n\n", re.sub("[ \t]+\n", "\n", text)).strip() + "\n"


def wikinews(data: str, record: str) -> str | None:
    """Cut one article out of a table of Wikinews (columns `url` and `text`) and drop the line with its date."""
    csv.field_size_limit(LARGEST_CELL)
    for row in csv.DictReader(io.StringIO(data)):
        if row.get("url") == record:
            return _DATE_LINE.sub("", clean(row["text"]), count=1)
    return None


def muc4(data: str, record: str) -> str | None:
    """Cut one report out of a file of MUC-4 and join the lines of each paragraph."""
    parts = _RECORD_LINE.split(data)
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        if name == record:
            paragraphs = re.split(r"\n[ \t]*\n", body)
            return clean("\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs))
    return None


def re3d(data: str, record: str) -> str | None:
    """Cut one document out of a `documents.json` of re3d, which is JSON Lines."""
    for line in data.splitlines():
        if line.strip() and (document := json.loads(line))["_id"] == record:
            return clean(document["text"])
    return None


READERS: dict[str, Callable[[str, str], str | None]] = {
    "vanatteveldt/wikinews": wikinews,
    "xinyadu/grit_doc_event_entity": muc4,
    "dstl/re3d": re3d,
}


def url(source: Source, host: str = HOST) -> str:
    """Give the address of the file that holds an article."""
    return urljoin(host, quote(f"{source.repository}/{source.commit}/{source.path}"))


def cut(article: Article, content: bytes) -> str | None:
    """Make an article's text of the file that its source names; None where the file does not have the record.

    `content` may be an archive (.tar.gz) if the source names a member.  Raises DataError where the file is not of its
    kind.
    """
    source = article.source
    if source is None or source.repository not in READERS:
        return None
    try:
        if source.member and content[:2] == b"\x1f\x8b":
            content = _member(content, source.member)
        found = READERS[source.repository](content.decode("utf-8-sig"), source.record)
    except (UnicodeDecodeError, csv.Error, ValueError, KeyError, TypeError, tarfile.TarError, EOFError) as error:
        raise DataError(f"{source.path}: {error}; expected the file of {source.repository}") from None
    return None if found is None else normalise(found.encode(), article.id)


def candidates(article: Article, folder: Path) -> Iterator[str]:
    """Yield the texts that files below `folder` give for an article; files that are not of its kind are passed over."""
    if article.source is None:
        return
    names = {Path(part).name for part in (article.source.path, article.source.member) if part}
    for path in sorted(path for name in names for path in folder.rglob(name) if path.is_file()):
        try:
            text = cut(article, read_bytes(path))
        except DataError:
            continue
        if text is not None:
            yield text


def fetch(articles: Iterable[Article], folder: Path, host: str = HOST) -> list[Path]:
    """Download the public files that articles are cut out of, each once, to `folder/<repository>/<commit>/<path>`.

    Files that are there are left alone.  Raises FogbankError with the address that could not be had.
    """
    there: list[Path] = []
    for source in dict.fromkeys(article.source for article in articles if article.source is not None):
        path = folder / source.repository / source.commit / source.path
        if path not in there and not path.exists():
            try:
                answer = httpx.get(url(source, host), follow_redirects=True, timeout=60).raise_for_status()
            except httpx.HTTPError as error:
                raise FogbankError(f"{url(source, host)}: {error}; expected the file to be there") from None
            write_bytes(path, answer.content)
        if path not in there:
            there.append(path)
    return there


def _member(content: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        file = archive.extractfile(name)
        if file is None:
            raise KeyError(name)
        return file.read()
