"""Verbs about the Label Studio server: up, login, push, enter, pull, down."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from fogbank.curate.overruling import overruled_in_round
from fogbank.curate.quotes import resolve
from fogbank.curate.rounds import Round, find_round
from fogbank.errors import DataError, MissingTextError
from fogbank.model.corpus import Corpus, find_corpus
from fogbank.model.document import Document
from fogbank.model.storage import read_bytes

if TYPE_CHECKING:
    from fogbank.curate.studio.server import Server

ROUND = click.argument("round_name", metavar="ROUND")


def _server(corpus: Corpus, **settings: Any) -> "Server":
    """Name the checkout's own server; its data are in build/, which can be deleted.

    Label Studio's client is an optional package, so it is asked for only when a verb needs it.
    """
    from fogbank.curate.studio.server import Server  # noqa: PLC0415

    return Server(corpus.root / "build" / "studio", **settings)


def with_round(work: Callable[["Server", Corpus, Round], Any], round_name: str, kind: str | None = None) -> Any:
    """Do something with the round of that name and the checkout's server, which is started if it does not run."""
    corpus = find_corpus()
    one = find_round(corpus, round_name, kind)
    server = _server(corpus)
    if not server.is_running:
        server.start(keep=True, progress=click.echo)
    return work(server, corpus, one)


@click.group("studio")
def group() -> None:
    """Run the Label Studio server of this checkout, and move rounds in and out of it."""


@group.command()
@click.option("--database", metavar="URL", envvar="FOGBANK_DATABASE", help="A PostgreSQL: postgresql://user@host/name.")
@click.option("--port", type=click.IntRange(1, 65535), help="A certain port; default any free one.")
@click.option("--public-url", metavar="URL", help="Where a proxy with https answers for the server.")
@click.pass_context
def up(context: click.Context, database: str | None, port: int | None, public_url: str | None) -> None:
    """Start the server and say where it is and how to log in.

    Its data are in build/studio, unless --database or FOGBANK_DATABASE names a PostgreSQL at the first start, whose
    password is taken from PGPASSWORD.  What is given is kept for the next starts.
    """
    from fogbank.curate.studio.database import read_database  # noqa: PLC0415

    is_public = context.get_parameter_source("database") is ParameterSource.COMMANDLINE
    named = read_database(database, is_public=is_public) if database else None
    server = _server(find_corpus(), port=port, database=named, public_url=public_url)
    server.start(keep=True, progress=click.echo)
    click.echo(f"{server.url}  log in as {server.email}; the password is in {server.folder / 'secrets.json'}")


@group.command()
@click.argument("annotator")
def login(annotator: str) -> None:
    """Say how ANNOTATOR logs in: the page, the e-mail address and the password."""
    from fogbank.curate.studio.annotators import ensure_annotator  # noqa: PLC0415

    server = _server(find_corpus())
    user = ensure_annotator(server, annotator)
    click.echo(f"{server.url}  {user.email}  {user.password}")


@group.command()
def down() -> None:
    """Stop the server."""
    stopped = _server(find_corpus()).stop()
    click.echo("stopped" if stopped else "no server was running")


@group.command()
@ROUND
def push(round_name: str) -> None:
    """Make the users, projects and tasks of ROUND; nothing is made twice."""
    from fogbank.curate.studio.record import push_round  # noqa: PLC0415

    def work(server: "Server", corpus: Corpus, one: Round) -> None:
        for annotator, counts, skipped in push_round(server, corpus, one, click.echo):
            left = f", {len(skipped)} without text skipped" if skipped else ""
            click.echo(f"{annotator}: {counts.added} tasks added, {counts.there} were there{left}")

    with_round(work, round_name)


@group.command()
@ROUND
@click.argument("answers", type=click.Path(path_type=Path, exists=True, file_okay=False))
def enter(round_name: str, answers: Path) -> None:
    """Enter annotations by quotation: ANSWERS/<annotator>/<id>.json, each as that annotator's user."""
    from fogbank.curate.studio.record import enter_round  # noqa: PLC0415

    def work(server: "Server", corpus: Corpus, one: Round) -> None:
        documents = {
            name: [_answer(corpus, document_id, answers / name / f"{document_id}.json") for document_id in ids]
            for name, ids in one.assignments.items()
        }
        counts = enter_round(server, corpus, one, documents, click.echo)
        click.echo(f"{counts.added} annotations entered, {counts.there} were there")

    with_round(work, round_name)


@group.command()
@ROUND
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A folder; default annotations/exports.")
@click.option(
    "--infer-relations",
    is_flag=True,
    help="Type the relations drawn without a type whose ends decide it, in a second version in build/inferred.",
)
def pull(round_name: str, output: Path | None, infer_relations: bool) -> None:
    """Export every project of ROUND, as Label Studio gives it."""
    from fogbank.curate.studio.record import infer_round, pull_round, strangers  # noqa: PLC0415

    def work(server: "Server", corpus: Corpus, one: Round) -> None:
        folder, inferred = output or corpus.exports, corpus.root / "build" / "inferred"
        for path in pull_round(server, corpus, one, folder):
            click.echo(f"{path}: written")
        if one.kind == "adjudication" and output is None:
            number = len(overruled_in_round(corpus, one).overruled)
            click.echo(
                f"{number} parts that both annotators held are dropped or changed"
                + (f": fogbank adjudicate {one.name} --report" if number else "")
            )
        for stranger in strangers(folder, one):
            click.echo(f"not by its annotator alone: {stranger}", err=True)
        if infer_relations:
            found = infer_round(one, folder, inferred)
            for inference in found:
                click.echo(inference)
            typed = sum(inference.type is not None for inference in found)
            click.echo(f"{len(found)} relations without a type: {typed} inferred, {len(found) - typed} left untyped")
            click.echo(f"{inferred / one.name}: the exports with the inferred types")

    with_round(work, round_name)


def _answer(corpus: Corpus, document_id: str, path: Path) -> Document:
    text = corpus.articles[document_id].text
    if text is None:
        raise MissingTextError(
            f"{document_id}: the text is withheld; `fogbank restore --texts DIR` joins your copy of it"
        )
    try:
        value = json.loads(read_bytes(path))
    except ValueError as error:
        raise DataError(f"{path}: {error}; expected JSON") from None
    document, problems = resolve(value, document_id, text, str(path))
    if problems or document is None:
        raise DataError("\n".join(map(str, problems)))
    return document
