"""The verb `variation`: where the corpus reads the same words differently."""

import click

from fogbank.check.variation import Place, variations
from fogbank.model.corpus import SPLITS, WIRE, find_corpus
from fogbank.model.storage import json_bytes

_SHOWN_PLACES = 3


@click.command("variation")
@click.option(
    "--min-context", default=1, show_default=True, type=click.IntRange(0, 10), help="Equal words on each side."
)
@click.option("--split", "splits", multiple=True, type=click.Choice((*SPLITS, WIRE)), help="Only these splits.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="So many, the most suspicious.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a variation, all of them, with all places.")
def variation(min_context: int, splits: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List words that gold annotates differently in the same context, the most suspicious first, for review.

    Not every variation is an error: the words around may not tell what decides.
    """
    corpus = find_corpus()
    ids = [name for split in splits for name in corpus.split(split)] if splits else None
    documents = list(corpus.gold(ids))
    found = variations(documents, min_context=min_context)
    if as_json:
        for one in found:
            click.echo(json_bytes(one.to_json()), nl=False)
        return
    for number, one in enumerate(found[:limit], start=1):
        click.echo(f"{number}. {one.aspect}: “{one.words}”, {one.before} + {one.after} words around it the same")
        for reading, places in one.readings.items():
            click.echo(f"   {reading}, {len(places)} times" if len(places) > 1 else f"   {reading}")
            for place in places[:_SHOWN_PLACES]:
                click.echo(f"      {_shown(place)}")
            if len(places) > _SHOWN_PLACES:
                click.echo(f"      … and {len(places) - _SHOWN_PLACES} more (--json has all)")
    withheld = sum(document.text is None for document in documents)
    left_out = f"; {withheld} without text left out" if withheld else ""
    click.echo(f"{len(found)} variations in {len(documents) - withheld} documents{left_out}", err=True)


def _shown(place: Place) -> str:
    words = f"{place.before}[{place.quote}]{place.after}"
    return f"{place.document} {place.start}–{place.end}: …{' '.join(words.split())}…"
