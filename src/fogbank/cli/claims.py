"""Verbs about what documents claim: claims, ledger, world."""

import click

from fogbank.check.world import strays
from fogbank.errors import FogbankError
from fogbank.model.claim import Claim, Mention
from fogbank.model.claims import claims
from fogbank.model.corpus import Corpus, find_corpus
from fogbank.model.document import Document
from fogbank.model.ledger import Account, ledger
from fogbank.model.storage import json_bytes, pretty_json_bytes
from fogbank.publish.dataset.claims import claim_row
from fogbank.publish.dataset.ledger import account_json

_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line.")


def _gold(corpus: Corpus, ids: tuple[str, ...]) -> list[Document]:
    if unknown := [name for name in ids if name not in corpus.articles]:
        raise FogbankError(f"article {unknown[0]!r} is not in the corpus; expected an id of {corpus.manifest}")
    return list(corpus.gold(ids or None))


@click.command("claims")
@click.argument("ids", nargs=-1, required=True)
@_JSON
def claims_command(ids: tuple[str, ...], as_json: bool) -> None:
    """Show what the gold documents IDS claim: who says that what happened, to whom and how many."""
    corpus = find_corpus()
    for document in _gold(corpus, ids):
        if not as_json:
            click.echo(f"{document.id}\n{'source':44} {'event':18} {'affected':28} {'figure':14} further")
        for number, claim in enumerate(claims(document), start=1):
            if as_json:
                click.echo(json_bytes(claim_row(corpus.articles[document.id], number, claim)), nl=False)
            else:
                click.echo(_line(claim))


def _line(claim: Claim) -> str:
    def name(mention: Mention | None) -> str:
        return "" if mention is None else mention.text or f"[{mention.start}:{mention.end}]"

    def cut(text: str, width: int) -> str:
        return f"{text if len(text) <= width else text[: width - 1] + '…':{width}}"

    who = " < ".join(f"{s.name or '–'} ({s.kind}, {s.stance})" for s in claim.sources) or "the writer"
    event = claim.label if claim.status == "actual" else f"{claim.label} {claim.status}"
    when = claim.start if claim.start == claim.end else f"{claim.start or ''}–{claim.end or ''}"
    further = {"by": name(claim.agent), "at": name(claim.place), "on": when or "", "said": claim.said or ""}
    notes = [f"{key} {value}" for key, value in further.items() if value]
    notes += [word for word, held in (("part", claim.part), ("revised", claim.revised)) if held]
    figure = "" if claim.quantity is None else str(claim.quantity)
    return (
        f"{cut(who, 44)} {cut(event, 18)} {cut(name(claim.affected), 28)} {cut(figure, 14)} {'; '.join(notes)}".rstrip()
    )


@click.command("ledger")
@click.argument("incident")
@_JSON
def ledger_command(incident: str, as_json: bool) -> None:
    """Show all sources' figures of INCIDENT over time, the range that they leave, and what is true."""
    corpus = find_corpus()
    known = {article.incident or article.id for article in corpus.current.values()}
    if incident not in known:
        raise FogbankError(f"incident {incident!r} is not in the corpus; expected one of {', '.join(sorted(known))}")
    ids = tuple(a.id for a in corpus.current.values() if incident in (a.incident, a.id))
    for account in ledger(_gold(corpus, ids)):
        click.echo(pretty_json_bytes(account_json(account)) if as_json else _account(account), nl=not as_json)


def _account(account: Account) -> str:
    low, best, high = ("?" if bound is None else f"{bound:,}" for bound in account.range)
    true = "" if account.true is None else f"; true: {account.true:,}"
    lines = [f"{account.incident} {account.measure}: low {low}, best {best}, high {high}{true}"]
    for entry in account.entries:
        figure, who = str(entry.figure), f"{entry.source or '–'} ({entry.kind}, {entry.stance})"
        lines.append(f"  {entry.time}  {figure:>14}  {entry.standing:9} {who}: {entry.group or '–'} [{entry.document}]")
    return "\n".join(lines) + "\n"


@click.command("world")
@click.argument("ids", nargs=-1)
@_JSON
def world_command(ids: tuple[str, ...], as_json: bool) -> None:
    """List figures in gold that nobody in the incident's sheet gave: places to look at, not problems."""
    corpus = find_corpus()
    number = 0
    for document in _gold(corpus, ids):
        sheet = corpus.incident(corpus.articles[document.id].incident or "")
        for stray in strays(document, sheet) if sheet else ():
            number += 1
            click.echo(json_bytes(stray.to_json()).decode().rstrip() if as_json else str(stray))
    if not as_json:
        click.echo(f"{number} figure{'' if number == 1 else 's'} to look at", err=True)


COMMANDS = (claims_command, ledger_command, world_command)
