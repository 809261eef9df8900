"""`fogbank view`: the corpus as pages to look at, which need no server and no network.

    index.html              every document, incident and theatre, with a search of titles, names and texts
    documents/<id>.html     a document: text, relations, claims, versions side by side
    incidents/<id>.html     an incident: what is true, its reports, every source's figures over time
    theatres/<id>.html      a theatre: its incidents, outlets and parties

A wire text is shown where its reader has restored it; these pages are then not to be shared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fogbank.curate.intake import read_sheet
from fogbank.curate.rounds import read_rounds, versions
from fogbank.errors import FogbankError
from fogbank.model.claims import claims
from fogbank.model.corpus import SPLITS, WIRE, Article, Corpus
from fogbank.model.document import Document
from fogbank.model.ledger import Account, ledger
from fogbank.model.storage import write_text
from fogbank.publish.pages.document import Head, Link, document_page, pair, prediction_head
from fogbank.publish.pages.html import templates
from fogbank.publish.pages.incident import Group, Report, incident_page, theatre_page

GOLD = "gold"
FOLDERS = ("documents", "incidents", "theatres")
FILTERS = ("theatre", "split", "genre")
HOME = Link("FogBank", "../index.html")
FICTION = "An invented dispatch: no state, party or person in it is real."
_MARK = '<meta name="generator" content="fogbank view">'


def write_document_view(document: Document, out: Path) -> Path:
    """Write the page of one predicted document, with its claims, and return its path.

    `out` is the file where it ends in `.html`, else a folder, in which `index.html` is written.
    """
    path = out if out.suffix == ".html" else out / "index.html"
    write_text(path, document_page(document.text, {"predicted": document}, (), prediction_head(document)))
    return path


@dataclass(frozen=True)
class Holding:
    """An article with all its versions by name, gold first, and which of them are compared."""

    article: Article
    split: str | None
    versions: Mapping[str, Document]
    compared: Sequence[tuple[str, str]] = ()

    @property
    def incident(self) -> str:
        """The incident that it reports; a real article is one of its own."""
        return self.article.incident or self.article.id


@dataclass(frozen=True)
class Library:
    """All that is shown: articles in the manifest's order, and the sheets of incidents and theatres by id."""

    holdings: Sequence[Holding]
    incidents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    theatres: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def by_incident(self) -> Mapping[str, Sequence[Holding]]:
        """Articles by incident, in order of publication."""
        found: defaultdict[str, list[Holding]] = defaultdict(list)
        for one in sorted(self.holdings, key=lambda one: one.article.published):
            found[one.incident].append(one)
        return dict(sorted(found.items()))

    @cached_property
    def outlets(self) -> Mapping[str, str]:
        """Names of outlets by their ids."""
        return {outlet["id"]: outlet["name"] for sheet in self.theatres.values() for outlet in sheet["outlets"]}

    def title(self, incident: str) -> str:
        """What an incident is called: by its sheet, else by its article."""
        article = self.by_incident[incident][0].article
        return str(self.incidents[incident]["title"]) if incident in self.incidents else article.title or article.id

    def choices(self, held: Iterable[Holding]) -> list[list[str]]:
        """Give what these articles are found by, for each of `FILTERS`."""
        names = {name: sheet["name"] for name, sheet in self.theatres.items()}
        values = [(names.get(one.article.theatre or ""), one.split, one.article.genre) for one in held]
        return [sorted({row[at] or "" for row in values} - {""}) for at in range(len(FILTERS))]

    def facts(self, article: Article, split: str | None) -> list[str]:
        """Give what is known of an article in a few words."""
        outlet = self.outlets.get(article.outlet or "", article.outlet)
        return [word for word in (article.published.replace("T", " "), outlet, article.genre, split) if word]


def collect(corpus: Corpus) -> Library:
    """Take everything that is shown out of a checkout."""
    splits = {name: split for split in (*SPLITS, WIRE) for name in corpus.split(split)}
    held: defaultdict[str, dict[str, Document]] = defaultdict(dict)
    compared: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for document in corpus.gold():
        held[document.id][GOLD] = document
    for one in read_rounds(corpus):
        if one.is_blind:
            for version in versions(corpus, one, partial=True):
                name, own = f"{version.annotator} ({one.name})", held[version.document.id]
                others = [other for other in own if other == GOLD or other.endswith(f" ({one.name})")]
                compared[version.document.id] += [(other, name) for other in others]
                own[name] = version.document
    return Library(
        [Holding(a, splits.get(a.id), held[a.id], sorted(compared[a.id])) for a in corpus.current.values()],
        _sheets(corpus, "incidents"),
        _sheets(corpus, "theatres"),
    )


def _sheets(corpus: Corpus, folder: str) -> dict[str, dict[str, Any]]:
    return {path.stem: read_sheet(path) for path in sorted((corpus.root / "corpus" / folder).glob("*.toml"))}


def write_view(library: Library, folder: Path) -> Path:
    """Write all pages into a folder and return the path of its `index.html`.

    Pages of an earlier view that are not made again are removed.  Raises FogbankError for a folder that holds anything
    else.
    """
    index = folder / "index.html"
    if folder.exists() and not folder.is_dir():
        raise FogbankError(f"{folder}: is no folder; expected one to write the pages to")
    if folder.is_dir() and any(folder.iterdir()) and not (index.is_file() and _MARK in index.read_text("utf-8")):
        raise FogbankError(f"{folder}: holds other files; expected an empty folder, or one with an earlier view")
    write_text(index, _index(library))  # first, as it says whose folder this is
    made = set()
    for path, page in _pages(library, folder):
        write_text(path, page)
        made.add(path)
    for old in (path for name in FOLDERS for path in (folder / name).glob("*.html") if path not in made):
        old.unlink()
    return index


def _pages(library: Library, folder: Path) -> Iterator[tuple[Path, str]]:
    told: list[Document] = []
    for one in library.holdings:
        shown = dict(one.versions)
        if GOLD in shown:
            shown[GOLD] = replace(shown[GOLD], claims=claims(shown[GOLD]))  # derived once, for its page and the ledger
            told.append(shown[GOLD])
        pairs = [pair((a, one.versions[a]), (b, one.versions[b])) for a, b in one.compared]
        page = document_page(one.article.text, shown, pairs, _head(library, one))
        yield folder / "documents" / _file(one.article.id), page
    accounts: defaultdict[str, list[Account]] = defaultdict(list)
    for account in ledger(told):
        accounts[account.incident].append(account)
    addresses = {one.article.id: _address("documents", one.article.id) for one in library.holdings}
    for incident, reports in library.by_incident.items():
        sheet = library.incidents.get(incident)
        page = incident_page(
            Head(library.title(incident), [HOME, *_way(library, reports[0].article)], [incident]),
            sheet,
            list(_reports(library, reports, "../")),
            accounts[incident],
            addresses=addresses,
            outlets=library.outlets,
        )
        yield folder / "incidents" / _file(incident), page
    for name, sheet in library.theatres.items():
        head = Head(sheet["name"], [HOME], [name, sheet["kind"], sheet["years"]])
        groups = [
            Group(Link(library.title(incident), _address("incidents", incident)), list(_reports(library, held, "../")))
            for incident, held in library.by_incident.items()
            if held[0].article.theatre == name
        ]
        yield folder / "theatres" / _file(name), theatre_page(head, sheet, groups)


def _head(library: Library, one: Holding) -> Head:
    article = one.article
    way = [HOME, *_way(library, article), Link(library.title(one.incident), _address("incidents", one.incident))]
    facts = [article.id, *library.facts(article, one.split), article.licence]
    facts += [f"written by {article.writer}"] if article.writer else []
    note = article.provenance or "" if article.part == WIRE else FICTION
    return Head(article.title or article.id, way, facts, note)


def _way(library: Library, article: Article) -> list[Link]:
    name = article.theatre or ""
    return [Link(library.theatres[name]["name"], _address("theatres", name))] if name in library.theatres else []


def _reports(library: Library, held: Iterable[Holding], up: str = "") -> Iterator[Report]:
    for one in held:
        link = Link(one.article.title or one.article.id, _address("documents", one.article.id, up))
        yield Report(link, library.facts(one.article, one.split))


def _index(library: Library) -> str:
    documents, incidents, theatres = [], [], []
    items: list[Any] = []
    for one, report in zip(library.holdings, _reports(library, library.holdings), strict=True):
        gold = one.versions.get(GOLD)
        state = [
            f"{len(gold.spans)} spans" if gold else "no gold yet",
            *(["text withheld"] * (one.article.text is None)),
        ]
        documents.append(Report(report.link, [one.article.id, *report.facts, *state]))
        items.append([one.article.text or "", *library.choices([one])])
    for incident, held in library.by_incident.items():
        link = Link(library.title(incident), _address("incidents", incident, ""))
        number = f"{len(held)} report{'s' * (len(held) != 1)}"
        incidents.append(Report(link, [incident, number, f"first {held[0].article.published.replace('T', ' ')}"]))
        items.append([library.incidents.get(incident, {}).get("truth", {}).get("summary", ""), *library.choices(held)])
    for name, sheet in library.theatres.items():
        link = Link(sheet["name"], _address("theatres", name, ""))
        theatres.append(Report(link, [name, sheet["kind"], sheet["years"]]))
        items.append(
            [sheet["summary"], *library.choices([one for one in library.holdings if one.article.theatre == name])]
        )
    filters = dict(zip(FILTERS, library.choices(library.holdings), strict=True))
    return (
        templates()
        .get_template("index.html")
        .render(
            head=Head("FogBank"),
            documents=documents,
            incidents=incidents,
            theatres=theatres,
            filters=filters,
            data={"items": items},
        )
    )


def _file(name: str) -> str:
    """Give the file of an id; nothing in an id can lead out of the folder."""
    return f"{quote(name, safe='')}.html"


def _address(folder: str, name: str, up: str = "../") -> str:
    return f"{up}{folder}/{quote(_file(name))}"
