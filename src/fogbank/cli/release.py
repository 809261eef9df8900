"""Verbs of a release: verify a copy, cite it, publish it."""

import sys
from pathlib import Path

import click

from fogbank.model.corpus import find_corpus
from fogbank.model.storage import json_bytes
from fogbank.publish.release.checksums import SUMS, read_checksums, verify
from fogbank.publish.release.citation import FORMATS, citation
from fogbank.publish.release.hub import publish


@click.command("verify")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a difference.")
def verify_command(folder: Path | None, as_json: bool) -> None:
    """Hold a copy (FOLDER, or the one in use) against its SHA256SUMS; ends with 1 where a file differs."""
    root = find_corpus().root if folder is None else folder
    found = verify(root)
    for one in found:
        click.echo(json_bytes(one._asdict()).decode().rstrip() if as_json else str(one))
    if not found and not as_json:
        click.echo(f"{root}: all {len(read_checksums(root))} files are as {SUMS} lists them")
    sys.exit(1 if found else 0)


@click.command("cite")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="bibtex", show_default=True)
def cite_command(form: str) -> None:
    """Print how to cite this version."""
    click.echo(FORMATS[form](citation(find_corpus())), nl=False)


@click.command("publish")
@click.option("--repo", required=True, help="The dataset's name on the Hub: owner/name.")
@click.option("--dry-run", is_flag=True, help="Check, list every file with SHA-256 and size, and send nothing.")
@click.option("--private", is_flag=True, help="Make a new repository private.")
def publish_command(repo: str, dry_run: bool, private: bool) -> None:
    """Publish the version on the Hugging Face Hub, tagged; refuses what is not committed, current and new."""
    publish(find_corpus(), repo, dry_run=dry_run, private=private, tell=click.echo)


COMMANDS = (verify_command, cite_command, publish_command)
