"""The verb `guide`: what the annotation guidelines say of one label, relation or attribute."""

import click
from rich.console import Console
from rich.markdown import Markdown

from fogbank.errors import FogbankError
from fogbank.model.corpus import find_corpus
from fogbank.model.guidelines import PLACE, Guidelines, read_guidelines
from fogbank.model.storage import json_bytes

_WIDTH = 100  # lines longer than this are hard to read, however wide the terminal


def _guidelines() -> Guidelines:
    try:
        corpus = find_corpus()
    except FogbankError as error:
        message = f"the guidelines are {PLACE} of a checkout; the installed package alone does not have them: {error}"
        raise FogbankError(message) from None
    return read_guidelines(corpus)


@click.command("guide")
@click.argument("name", metavar="[LABEL]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object an entry; its words are Markdown.")
def guide(name: str | None, as_json: bool) -> None:
    """Show the guidelines' entry of a label, relation or attribute; without LABEL list the entries."""
    guidelines = _guidelines()
    entries = guidelines.find(name) if name else tuple(guidelines.entries.values())
    if as_json:
        for entry in entries:
            value = {"name": entry.name, "kind": entry.kind, "gloss": entry.gloss, "words": entry.words}
            cases = [{"number": case.number, "words": case.words} for case in entry.cases]
            click.echo(json_bytes({**value, "cases": cases}), nl=False)
    elif name:
        console = Console(highlight=False)
        for entry in entries:
            console.print(Markdown(entry.markdown()), width=min(console.width, _WIDTH))
    else:
        longest = max(map(len, guidelines.entries))
        for entry in entries:
            click.echo(f"{entry.name:{longest}}  {entry.kind:9}  {entry.gloss}")
