"""How to cite a version: CITATION.cff, and the same as BibTeX and in the style of the APA.

CITATION.cff is written by hand but for two lines that `fogbank build` keeps: `version` is the package's, and
`date-released` the date that the changelog gives for it.  Authors are named as entities.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import yaml

from fogbank.errors import DataError
from fogbank.model.corpus import Corpus
from fogbank.model.storage import read_bytes

_SPECIAL = re.compile(r"([&%$#_{}])")
_DATED = re.compile(r"^## (?P<version>\S+) \((?P<date>\d{4}-\d\d-\d\d)\)$", re.MULTILINE)


@dataclass(frozen=True)
class Citation:
    """What CITATION.cff says; `cff` is the file itself, `url` None as long as it names none."""

    cff: str
    title: str
    authors: tuple[str, ...]
    version: str
    released: date
    abstract: str
    keywords: tuple[str, ...]
    url: str | None = None

    def bibtex(self) -> str:
        """Give an entry that BibTeX and biblatex both read; a name in double braces is one entity."""
        fields = {
            "author": " and ".join(f"{{{_escaped(name)}}}" for name in self.authors),
            "title": f"{{{_escaped(self.title)}}}",
            "year": str(self.released.year),
            "version": self.version,
            "note": f"Data set, version {self.version}",
            **({"url": self.url} if self.url else {}),
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{fogbank-{self.version},\n{lines}\n}}\n"

    def apa(self) -> str:
        """Give one line in the style of the APA, seventh edition."""
        authors = ", ".join(self.authors[:-1]) + (", & " if self.authors[1:] else "") + self.authors[-1]
        end = f" {self.url}" if self.url else ""
        return f"{authors}. ({self.released.year}). {self.title} (Version {self.version}) [Data set].{end}\n"


FORMATS: Mapping[str, Callable[[Citation], str]] = {
    "bibtex": Citation.bibtex,
    "apa": Citation.apa,
    "cff": lambda cited: cited.cff,
}
"""What `fogbank cite` prints, by the name of the format."""


def read_citation(content: str, place: str = "CITATION.cff") -> Citation:
    """Read a CITATION.cff.  Raises DataError, naming `place`, where it is not YAML or lacks what is cited."""
    try:
        held = yaml.safe_load(content)
        return Citation(
            cff=content,
            title=held["title"],
            authors=tuple(author["name"] for author in held["authors"]),
            version=str(held["version"]),
            released=date.fromisoformat(str(held["date-released"])),
            abstract=held["abstract"].strip(),
            keywords=tuple(held["keywords"]),
            url=held.get("url"),
        )
    except (yaml.YAMLError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{place}: {error!r}; expected YAML with title, authors (each with name), version, date-released, abstract "
            "and keywords"
        ) from None


def citation(corpus: Corpus) -> Citation:
    """Give how to cite the corpus in use."""
    path = corpus.root / "CITATION.cff"
    return read_citation(read_bytes(path).decode(), str(path))


def current_citation(cff: str, changelog: str) -> str:
    """Put the package's version and its date into a CITATION.cff.  Raises DataError where the changelog has none."""
    now = version("fogbank")
    dates = {found["version"]: found["date"] for found in _DATED.finditer(changelog)}
    if now not in dates:
        raise DataError(f"CHANGELOG.md: no version {now}; expected a line '## {now} (YYYY-MM-DD)'")
    cff = re.sub(r"^version: .*$", f"version: {now}", cff, count=1, flags=re.MULTILINE)
    return re.sub(r"^date-released: .*$", f"date-released: {dates[now]}", cff, count=1, flags=re.MULTILINE)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
