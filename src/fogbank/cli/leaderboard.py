"""Verbs of the leaderboard: submit a system, make the tables."""

import sys
from pathlib import Path

import click

from fogbank.cli.corpus import shown
from fogbank.model.corpus import find_corpus
from fogbank.publish.leaderboard.board import read_board
from fogbank.publish.leaderboard.entries import BOARD_SPLITS
from fogbank.publish.leaderboard.submission import submit
from fogbank.publish.release.generated import build_board


@click.command("submit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--system", required=True, help="Its short name, which names the entry: small letters, digits, hyphens.")
@click.option("--split", default="test", show_default=True, type=click.Choice(BOARD_SPLITS))
@click.option("--description", required=True, type=click.Path(path_type=Path), help="A TOML file about the system.")
def submit_command(file: Path, system: str, split: str, description: Path) -> None:
    """Check and score the prediction FILE of a system and write its leaderboard entry, for a pull request."""
    corpus = find_corpus()
    made = submit(corpus, file, description, system=system, split=split)
    for problem in made.problems:
        click.echo(str(problem), err=True)
    if made.report is None:
        sys.exit(1)
    click.echo(made.report.table())
    click.echo(f"{shown(made.path, corpus)}: written; `fogbank leaderboard` makes the tables again")


@click.command("leaderboard")
def leaderboard_command() -> None:
    """Make the leaderboard's table and page from its entries; ends with 1 where an entry is refused."""
    corpus = find_corpus()
    board = read_board(corpus)
    for path in build_board(corpus, board):
        click.echo(f"{shown(path, corpus)}: written")
    for one in board.refused:
        click.echo(f"refused: {one}", err=True)
    sys.exit(1 if board.refused else 0)


COMMANDS = (submit_command, leaderboard_command)
