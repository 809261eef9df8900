"""The ledger: which figures stand, the range that they leave, and gold beside the sheet of its incident."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fogbank import Document, find_corpus
from fogbank.check.world import strays
from fogbank.cli import main
from fogbank.model.document import Dateline
from fogbank.model.ledger import Account, ledger, normalised

HOME = find_corpus(Path(__file__).parent)


def claim(best: int, who: str | None = "Hask Hospital", kind: str = "medical", **more: Any) -> dict[str, Any]:
    """Make a claim of deaths."""
    sources = [] if who is None else [{"names": [who], "kind": kind, "stance": more.pop("stance", "asserts")}]
    figure = {"low": best, "best": best, "high": best}
    return {"sources": sources, "label": "DEATH", "status": "actual", "quantity": figure, **more}


def report(name: str, time: str, *claims: dict[str, Any], truth: dict[str, int] | None = None) -> Document:
    dateline = Dateline("abc-01", time, "Courier", truth or {})
    return Document.from_json({"id": name, "claims": list(claims)}, dateline=dateline)


def killed(*documents: Document) -> Account:
    (account,) = [one for one in ledger(documents) if one.measure == "killed"]
    return account


def standings(account: Account) -> list[tuple[int | None, str]]:
    return [(entry.figure.best, entry.standing) for entry in account.entries]


def test_a_later_figure_of_one_source_replaces_its_earlier_one_across_reports() -> None:
    account = killed(
        report("b", "2030-03-05T10:00", claim(16)),
        report("a", "2030-03-04T10:00", claim(9), claim(14, "army", "military")),
    )
    assert standings(account) == [(9, "replaced"), (14, "stands"), (16, "stands")]
    assert account.range == (14, 16, 16)


def test_sources_of_one_name_and_different_kinds_are_two() -> None:
    account = killed(report("a", "2030-03-04", claim(9, "spokesman", "police"), claim(14, "The Spokesman", "military")))
    assert [standing for _, standing in standings(account)] == ["stands", "stands"]


def test_what_was_said_earlier_counts_by_the_time_at_which_it_was_said() -> None:
    late = report("c", "2030-03-09", claim(9, said="2030-03-03"), claim(16, said="2030-03-04"))
    account = killed(report("a", "2030-03-05T08:00", claim(20)), late)
    assert [(entry.time, entry.standing) for entry in account.entries] == [
        ("2030-03-03T23:59", "replaced"),
        ("2030-03-04T23:59", "replaced"),
        ("2030-03-05T08:00", "stands"),
    ]


def test_the_best_figure_is_the_latest_of_those_who_see_the_victims() -> None:
    account = killed(
        report("a", "2030-03-04", claim(16), claim(30, "rebels", "armed_group")),
        report("b", "2030-03-06", claim(12, "army", "military"), claim(18, "mayor", "government")),
    )
    assert account.range == (12, 16, 30)


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"stance": "denies"}, "denied"),
        ({"stance": "withholds"}, "withheld"),
        ({"status": "possible"}, "possible"),
        ({"status": "negated"}, "negated"),
        ({"part": True}, "part"),
        ({"revised": True}, "replaced"),
    ],
)
def test_what_no_source_stands_by_is_listed_and_left_out_of_the_range(more: dict[str, Any], standing: str) -> None:
    account = killed(report("a", "2030-03-04", claim(16, "mayor", "government"), claim(40, **more)))
    assert sorted(standings(account)) == [(16, "stands"), (40, standing)]
    assert account.range == (16, 16, 16)


def test_nobody_killed_is_a_figure() -> None:
    account = killed(report("a", "2030-03-04", claim(0, status="negated"), claim(3, "mayor", "government")))
    assert account.range == (0, 0, 3)


def test_open_bounds_count_by_the_figure_that_is_stood_by() -> None:
    at_least = claim(0) | {"quantity": {"low": 9, "best": 9, "high": None, "modifier": "at_least"}}
    below = claim(0, "army", "military") | {"quantity": {"low": None, "best": 20, "high": 20}}
    assert killed(report("a", "2030-03-04", at_least, below)).range == (9, 9, 20)


def test_where_only_parts_are_known_they_are_a_lower_bound() -> None:
    account = killed(report("a", "2030-03-04", claim(3, part=True), claim(5, "mayor", "government", part=True)))
    assert account.range == (5, None, None)


def test_a_figure_of_another_event_stands_apart() -> None:
    account = killed(
        report("a", "2030-03-04", claim(9, event="E1"), claim(8, "mayor", "government", event="E1"),
               claim(2, "herder", "witness", event="E2"))
    )  # fmt: skip
    assert sorted(standings(account)) == [(2, "apart"), (8, "stands"), (9, "stands")]
    assert account.range == (8, 9, 9)


def test_a_joint_statement_is_a_figure_of_each_source() -> None:
    joint = claim(9) | {"sources": [{"names": ["mayor", "army"], "kind": "government", "stance": "asserts"}]}
    account = killed(report("a", "2030-03-04", joint), report("b", "2030-03-05", claim(7, "mayor", "government")))
    assert [(entry.source, entry.standing) for entry in account.entries] == [
        ("mayor", "replaced"), ("army", "stands"), ("mayor", "stands"),
    ]  # fmt: skip


def test_the_writer_is_the_outlet_and_so_is_a_we() -> None:
    account = killed(report("a", "2030-03-04", claim(9, None)), report("b", "2030-03-05", claim(7, "we", "media")))
    assert [(entry.source, entry.standing) for entry in account.entries] == [
        ("Courier", "replaced"), ("Courier", "stands"),
    ]  # fmt: skip


def test_what_is_true_stands_beside_the_range_even_if_nobody_told_it() -> None:
    assert killed(report("a", "2030-03-04", truth={"killed": 9})) == Account(
        "abc-01", "killed", (), ledger([report("a", "2030-03-04", truth={"killed": 9})])[0].range, 9
    )
    assert killed(report("a", "2030-03-04", claim(8), truth={"killed": 9})).true == 9


def test_the_order_of_documents_does_not_matter() -> None:
    documents = list(HOME.gold())
    assert ledger(documents) == ledger(documents[::-1])


def test_a_document_without_a_dateline_is_an_incident_of_its_own() -> None:
    (account,) = ledger([replace(report("a", "2030-03-04", claim(8)), dateline=None)])
    assert (account.incident, account.entries[0].time) == ("a", "9999-12-31T23:59")


def test_names_are_compared_without_accents_case_and_article() -> None:
    assert normalised("The Tuvélo  Sa-Mbirandé") == "tuvelo sa mbirande"
    assert normalised("the") == "the"


def test_the_ferry_of_the_corpus_is_reconciled_with_its_sheet() -> None:
    account = killed(*(one for one in HOME.gold() if one.id.startswith("vdr-01")))
    assert (account.range, account.true) == ((9, 21, 21), 21)
    assert [entry.standing for entry in account.entries if entry.source == "Yedrin Ombrazh"] == ["denied"]


# ---------------------------------------------------------------- gold and its world


def sheet(*figures: dict[str, Any], truth: Sequence[dict[str, Any]] = (), says: str = "") -> dict[str, Any]:
    return {"truth": {"summary": "", "figures": list(truth)}, "statements": [{"says": says, "figures": list(figures)}]}


@pytest.fixture(scope="module")
def ferry() -> Document:
    return next(HOME.gold(["vdr-01-a"]))


def test_figures_that_the_sheet_has_are_no_strays(ferry: Document) -> None:
    known = HOME.incident("vdr-01")
    assert known is not None
    assert list(strays(ferry, known)) == []


def test_a_figure_that_nobody_gave_is_named_with_its_place_and_what_the_sheet_has_instead(ferry: Document) -> None:
    known = HOME.incident("vdr-01")
    assert known is not None
    assert ferry.text is not None
    statements = [
        {**s, "figures": [f for f in s.get("figures", ()) if f.get("value") != 16]} for s in known["statements"]
    ]
    (stray,) = strays(ferry, {**known, "statements": statements})
    assert (stray.measure, stray.figure.best, ferry.text[stray.start : stray.end]) == ("killed", 16, "16")
    assert stray.told
    assert not stray.others
    assert "nobody gave this figure; the number is only in the sheet's words" in str(stray)


def test_true_figures_and_other_measures_are_told_apart(ferry: Document) -> None:
    found = {stray.figure.best: stray for stray in strays(ferry, sheet(truth=[{"measure": "injured", "value": 41}]))}
    assert 41 not in found
    found = {stray.figure.best: stray for stray in strays(ferry, sheet(truth=[{"measure": "killed", "value": 41}]))}
    assert found[41].others == ("killed",)
    assert not next(strays(ferry, sheet(says="nineteen, twenty-three"))).told
    assert next(strays(ferry, sheet(says="Sixteen bodies."))).told


def test_the_commands_show_the_ledger_and_the_list_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOGBANK_HOME", str(HOME.root))
    shown = CliRunner().invoke(main, ["ledger", "vdr-01"])
    assert shown.exit_code == 0
    assert "vdr-01 killed: low 9, best 21, high 21; true: 21" in shown.output
    assert CliRunner().invoke(main, ["ledger", "vdr-99"]).exit_code == 2
    listed = CliRunner().invoke(main, ["world", "vdr-01-c"])
    assert listed.exit_code == 0
    assert "killed 17 ('17', the writer, actual, a part)" in listed.output
