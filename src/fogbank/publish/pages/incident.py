"""The pages of an incident and of a theatre: what is true, who reports it, and every source's figures over time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from fogbank.model.ledger import Account, Entry
from fogbank.publish.pages.account_plot import HEIGHT, AccountPlot, plot
from fogbank.publish.pages.document import Head, Link
from fogbank.publish.pages.html import range_words, templates


class Report(NamedTuple):
    """A report of an incident: where its page is, and facts in words."""

    link: Link
    facts: Sequence[str]


class Drawn(NamedTuple):
    """An account with its plot; None where no source gives a figure."""

    account: Account
    plot: AccountPlot | None


class Group(NamedTuple):
    """An incident of a theatre with its reports."""

    link: Link
    reports: Sequence[Report]


def incident_page(
    head: Head,
    sheet: Mapping[str, Any] | None,
    reports: Sequence[Report],
    accounts: Sequence[Account],
    *,
    addresses: Mapping[str, str],
    outlets: Mapping[str, str],
) -> str:
    """Make the page of an incident; `sheet` is None for a real one.

    `addresses` are of the documents' pages by id, `outlets` names by id, as an outlet is the source of its own words.
    """
    return (
        templates()
        .get_template("incident.html")
        .render(
            head=head,
            truth=sheet["truth"] if sheet else None,
            statements=sheet["statements"] if sheet else (),
            reports=reports,
            accounts=[Drawn(account, plot(account)) for account in accounts],
            addresses=addresses,
            height=HEIGHT,
            outlets=outlets,
            said=_said,
            source=_source,
            moment=_moment,
        )
    )


def theatre_page(head: Head, sheet: Mapping[str, Any], incidents: Sequence[Group]) -> str:
    """Make the page of a theatre with its incidents."""
    return templates().get_template("theatre.html").render(head=head, sheet=sheet, incidents=incidents)


def _source(entry: Entry, outlets: Mapping[str, str]) -> str:
    return outlets.get(entry.source or "", entry.source or "unnamed or withheld")


def _said(entry: Entry, outlets: Mapping[str, str]) -> str:
    """Give an entry in one line, as it is read out."""
    figure = range_words(entry.figure.interval, entry.figure.vague_class)
    return f"{entry.time.replace('T', ' ')}, {_source(entry, outlets)} ({entry.kind}): {figure}, {entry.standing}"


def _moment(time: datetime) -> str:
    return time.isoformat(" ", "minutes")
