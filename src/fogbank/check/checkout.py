"""The corpus level: what only several files of a checkout can contradict.

Each file is checked alone first; a file that cannot be used is reported there and left out of what follows here.
Problems name files relative to the corpus.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fogbank.check.contents import find_in_file, read_sheet
from fogbank.check.export import annotator_of
from fogbank.check.problem import Problem
from fogbank.check.sheets import find_between
from fogbank.check.splits import find_in_splits
from fogbank.check.syntax import parse_json
from fogbank.check.table import problem
from fogbank.check.validation import is_valid
from fogbank.model.corpus import WIRE, Article, Corpus
from fogbank.model.regions import MAIL_DOMAIN
from fogbank.model.text import digest

_MANIFEST = "corpus/manifest.jsonl"
_ROUNDS = "annotations/rounds.toml"


class _World(NamedTuple):
    """What the files of a corpus say, as far as they can be used; sheets by their file and by their id."""

    articles: Mapping[str, Article]
    lines: Mapping[str, int]
    theatres: Mapping[str, Any]
    incidents: Mapping[str, Any]
    rounds: Mapping[str, Any]


def entries(corpus: Corpus) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the lines of the manifest that keep the schema, with their numbers."""
    if corpus.manifest.is_file():
        for number, line in enumerate(corpus.manifest.read_bytes().split(b"\n"), start=1):
            entry = parse_json(line, "").value
            if is_valid("article", entry):
                yield number, entry


def registered(corpus: Corpus) -> dict[str, Article]:
    """Give the articles of the manifest that keep its schema, with their texts where these are the registered ones.

    Unlike `Corpus.articles`, nothing is raised for what is wrong: the checks report it.
    """
    found: dict[str, Article] = {}
    for _, entry in entries(corpus):
        path = corpus.text_path(entry["id"], withheld=entry["part"] == WIRE)
        text = path.read_bytes().decode(errors="replace") if path.is_file() else None
        if text is not None and digest(text) != entry["sha256"]:
            text = None
        found.setdefault(entry["id"], Article(**entry, text=text))
    return found


def find_in_corpus(corpus: Corpus) -> Iterator[Problem]:
    """Find everything that is wrong with a corpus: with each of its files, and then between them."""
    if not corpus.manifest.is_file():
        yield problem("file-missing", _MANIFEST, "$", "the manifest is not there")
        return
    articles = registered(corpus)
    yield from find_in_file(corpus.manifest, _MANIFEST, articles)
    sheets: dict[str, dict[str, Any]] = {"theatres": {}, "incidents": {}}
    for folder, kind in (("theatres", "theatre"), ("incidents", "incident")):
        for path in sorted((corpus.root / "corpus" / folder).glob("*.toml")):
            file = f"corpus/{folder}/{path.name}"
            found_kind, sheet, problems = read_sheet(path.read_bytes(), file)
            yield from problems
            if sheet is not None and found_kind != kind:
                yield problem("file-name", file, "$", f"{found_kind} sheet among the {folder}", f"a {kind} sheet")
            elif sheet is not None:
                yield from _find_name(file, path.stem, sheet["id"])
                sheets[folder][sheet["id"]] = sheet
    rounds: Mapping[str, Any] = {"rounds": [], "annotators": []}
    path = corpus.root / _ROUNDS
    if path.is_file():
        _, sheet, problems = read_sheet(path.read_bytes(), _ROUNDS)
        yield from problems
        rounds = sheet if sheet is not None and "rounds" in sheet else rounds
    elif corpus.exports.is_dir():
        yield problem("file-missing", _ROUNDS, "$", "there are exports, but no list of rounds")
    lines = {entry["id"]: number for number, entry in entries(corpus)}
    world = _World(articles, lines, sheets["theatres"], sheets["incidents"], rounds)
    yield from _find_in_sheets(world)
    yield from _find_in_articles(corpus, world)
    yield from find_in_splits(corpus, world.articles, world.lines)
    yield from _find_in_gold(corpus, world)
    yield from _find_in_rounds(corpus, world)
    yield from _find_in_exports(corpus, world)


def _find_name(file: str, stem: str, held: str) -> Iterator[Problem]:
    if stem != held:
        yield problem("file-name", file, "$.id", f"{held!r} in a file named {stem!r}", f"{held!r} as the file's name")


def _find_in_sheets(world: _World) -> Iterator[Problem]:
    for name, incident in world.incidents.items():
        file = f"corpus/incidents/{name}.toml"
        if incident["theatre"] in world.theatres:
            yield from find_between(incident, world.theatres[incident["theatre"]], file)
        else:
            yield problem("theatre-unknown", file, "$.theatre", f"{incident['theatre']!r} has no sheet")


# ---------------------------------------------------------------- articles


def _find_in_articles(corpus: Corpus, world: _World) -> Iterator[Problem]:
    for article in world.articles.values():
        line = f"{_MANIFEST}:{world.lines[article.id]}"
        path = corpus.text_path(article.id, withheld=article.part == WIRE)
        file = path.relative_to(corpus.root).as_posix()
        if article.text is None and path.is_file():
            message = "the text is not the one that was registered"
            yield problem("article-file-changed", file, "$", message, f"SHA-256 {article.sha256[:12]}…")
        elif article.text is None and article.part != WIRE:
            yield problem("article-file-missing", file, "$", f"the text of {article.id} is not there")
        if article.part != WIRE:
            yield from _find_in_world(article, world, line)
    known = {corpus.text_path(a.id, withheld=a.part == WIRE).name for a in world.articles.values() if a.part != WIRE}
    for path in sorted((corpus.root / "corpus" / "articles").glob("*")):
        if path.name not in known:
            yield problem("article-file-unlisted", f"corpus/articles/{path.name}", "$", "no article has this text")


def _find_in_world(article: Article, world: _World, line: str) -> Iterator[Problem]:
    """Find where a dispatch contradicts the sheets of its world."""
    theatre = world.theatres.get(article.theatre or "")
    if theatre is None:
        yield problem("theatre-unknown", line, "$.theatre", f"{article.theatre!r} has no sheet")
    elif article.outlet not in {outlet["id"] for outlet in theatre["outlets"]}:
        yield problem("outlet-unknown", line, "$.outlet", f"{article.outlet!r} is none of {article.theatre}")
    incident = world.incidents.get(article.incident or "")
    if incident is None:
        yield problem("incident-unknown", line, "$.incident", f"{article.incident!r} has no sheet")
        return
    report = next((report for report in incident["reports"] if report["id"] == article.id), None)
    if report is None:
        yield problem("report-differs", line, "$.id", f"{article.incident} has no report {article.id!r}", "a report")
        return
    said = {**report, "theatre": incident["theatre"], "published": report["published"][: len(article.published)]}
    for name in ("theatre", "outlet", "genre", "published", "writer"):
        if getattr(article, name) != said[name]:
            yield problem("report-differs", line, f"$.{name}", f"{getattr(article, name)!r}", f"{said[name]!r}")


# ---------------------------------------------------------------- annotations


def _find_in_gold(corpus: Corpus, world: _World) -> Iterator[Problem]:
    annotators = {annotator["id"] for annotator in world.rounds["annotators"]}
    paths = {path.stem: path for path in sorted(corpus.gold_folder.glob("*.json"))}
    for stem, path in paths.items():
        file = f"annotations/gold/{path.name}"
        yield from find_in_file(path, file, world.articles)
        value = parse_json(path.read_bytes(), file).value
        if is_valid("document", value):
            yield from _find_name(file, stem, value["id"])
            for name in (*value["annotators"], value.get("adjudicator")):
                if name is not None and name not in annotators:
                    yield problem("annotator-unknown", file, "$.annotators", f"{name!r} is not in {_ROUNDS}")
    for name in world.articles:
        if name not in paths:
            yield problem("gold-missing", f"{_MANIFEST}:{world.lines[name]}", "$.id", f"{name} has no gold document")


def _find_in_rounds(corpus: Corpus, world: _World) -> Iterator[Problem]:
    annotators = [annotator["id"] for annotator in world.rounds["annotators"]]
    for part, names in (("annotators", annotators), ("rounds", [one["name"] for one in world.rounds["rounds"]])):
        for name, count in Counter(names).items():
            if count > 1:
                yield problem("sheet-name-repeated", _ROUNDS, f"$.{part}", f"{name!r} stands there {count} times")
    for number, one in enumerate(world.rounds["rounds"]):
        for annotator, ids in one["assignments"].items():
            place = f"$.rounds[{number}].assignments.{annotator}"
            if annotator not in annotators:
                yield problem("annotator-unknown", _ROUNDS, place, f"{annotator!r} is not listed")
            for name in ids:
                if name not in world.articles:
                    yield problem("article-unknown", _ROUNDS, place, f"{name!r} is not in the manifest")
            if not (corpus.exports / one["name"] / f"{annotator}.json").is_file():
                yield problem("export-missing", _ROUNDS, place, f"no export {one['name']}/{annotator}.json")


def _find_in_exports(corpus: Corpus, world: _World) -> Iterator[Problem]:
    rounds = {one["name"]: one for one in world.rounds["rounds"]}
    for path in sorted(corpus.exports.glob("*/*.json")):
        file = path.relative_to(corpus.root).as_posix()
        problems = list(find_in_file(path, file, world.articles))
        yield from problems
        assigned = rounds.get(path.parent.name, {"assignments": {}})["assignments"].get(path.stem)
        if assigned is None:
            yield problem("export-unassigned", file, "$", f"{path.stem} has no part in {path.parent.name!r}")
        value = parse_json(path.read_bytes(), file).value
        if is_valid("export", value):
            yield from _find_in_assignment(value, assigned, path, file)
            for number, task in enumerate(value):
                article = world.articles.get(task["data"]["id"])
                if article is not None and article.part == WIRE:
                    yield from _find_words(task, file, f"$[{number}]")


def _find_in_assignment(tasks: Any, assigned: list[str] | None, path: Path, file: str) -> Iterator[Problem]:
    held = [task["data"]["id"] for task in tasks]
    for number, task in enumerate(tasks):
        if assigned is not None and held[number] not in assigned:
            message = f"{held[number]} is not assigned to {path.stem}"
            yield problem("assignment-differs", file, f"$[{number}].data.id", message, "an assigned article")
        for at, annotation in enumerate(task["annotations"]):
            who = annotator_of(annotation)
            if who != f"{path.stem}@{MAIL_DOMAIN}":
                place = f"$[{number}].annotations[{at}].completed_by"
                yield problem("annotator-differs", file, place, f"{who!r}", f"{path.stem}@{MAIL_DOMAIN}")
    for name in assigned or ():
        if name not in held:
            yield problem(
                "assignment-differs", file, "$", f"{name} is assigned and not there", "every assigned article"
            )


def _find_words(task: Mapping[str, Any], file: str, place: str) -> Iterator[Problem]:
    """Find words of a withheld article in a task: in its data, or repeated by its regions."""
    for name in ("text", "title"):
        if name in task["data"]:
            yield problem("words-not-withheld", file, f"{place}.data.{name}", "words of a withheld article")
    for at, annotation in enumerate(task["annotations"]):
        for number, item in enumerate(annotation["result"]):
            if isinstance(item.get("value", {}).get("text"), str):
                where = f"{place}.annotations[{at}].result[{number}].value.text"
                yield problem("words-not-withheld", file, where, "words of a withheld article")
