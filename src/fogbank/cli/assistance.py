"""Verbs about pre-annotation, under `studio`: serve, assist, unassist, kept."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fogbank.cli.studio import ROUND, with_round
from fogbank.curate.assistance import measure_assistance
from fogbank.curate.rounds import Round, find_round
from fogbank.model.corpus import Corpus, find_corpus
from fogbank.model.storage import pretty_json_bytes
from fogbank.publish.systems.evaluation import expected_precision
from fogbank.publish.systems.training import trained, version_name

if TYPE_CHECKING:
    from fogbank.curate.studio.assistant import Assistant
    from fogbank.curate.studio.server import Server

SYSTEM = click.argument("system")
ANNOTATORS = click.option("--annotator", "annotators", multiple=True, help="Only this one; may be repeated.")


def _assistant(corpus: Corpus, name: str) -> "Assistant":
    from fogbank.curate.studio.assistant import Assistant  # noqa: PLC0415

    system = trained(corpus, name)
    return Assistant(system, version_name(corpus, name), expected_precision(corpus, system))


@click.command()
@SYSTEM
@click.option("--port", default=9090, show_default=True, help="Where to answer, on this machine only.")
def serve(system: str, port: int) -> None:
    """Serve a trained SYSTEM as a machine-learning backend for a Label Studio of your own, until interrupted."""
    from fogbank.curate.studio.service import serving  # noqa: PLC0415

    assistant = _assistant(find_corpus(), system)
    with serving(assistant, port) as url:
        click.echo(f"{url}  serves {assistant.version}; Ctrl+C ends it")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


@click.command()
@SYSTEM
@ROUND
@ANNOTATORS
def assist(system: str, round_name: str, annotators: tuple[str, ...]) -> None:
    """Let the annotators of ROUND start from the predictions of a trained SYSTEM; nothing is made twice.

    For annotators whose agreement nobody measures: who sees a prediction does not work blind.
    """
    from fogbank.curate.studio.assist import assist_round  # noqa: PLC0415

    assistant = _assistant(find_corpus(), system)

    def work(server: "Server", corpus: Corpus, one: Round) -> None:
        done = assist_round(server, corpus, one, assistant, annotators=annotators, progress=click.echo)
        for annotator, counts, begun in done:
            told = f"{annotator}: {counts.added} predictions added, {counts.there} were there"
            told += f", {counts.replaced} replaced" if counts.replaced else ""
            click.echo(told + (f", {begun} tasks were begun without" if begun else ""))

    with_round(work, round_name, "annotation")


@click.command()
@ROUND
@ANNOTATORS
def unassist(round_name: str, annotators: tuple[str, ...]) -> None:
    """Take back the predictions of ROUND's tasks that nobody has begun, and disconnect what is connected."""
    from fogbank.curate.studio.assist import unassist_round  # noqa: PLC0415

    def work(server: "Server", corpus: Corpus, one: Round) -> None:
        for annotator, taken in unassist_round(server, corpus, one, annotators).items():
            click.echo(f"{annotator}: predictions of {taken} tasks taken back")

    with_round(work, round_name, "annotation")


@click.command()
@ROUND
@click.option("--exports", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Default: the record.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
def kept(round_name: str, exports: Path | None, as_json: bool) -> None:
    """Say how much of the pre-annotations of ROUND was kept, changed, removed and added, by label."""
    corpus = find_corpus()
    measured = measure_assistance(corpus, find_round(corpus, round_name), exports or corpus.exports)
    click.echo(pretty_json_bytes(measured.to_json()).decode() if as_json else measured.table(), nl=not as_json)


COMMANDS = (serve, assist, unassist, kept)
