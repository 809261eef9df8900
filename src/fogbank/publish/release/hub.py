"""Publishing on the Hugging Face Hub: a revision there is a version of the repository, every tracked file of it.

The card's links lead to code and records, so these go along.  The version is the tag.  Nothing is published that does
not come out of a clean checkout, that a rebuild would change, or under a version that is there already.  A run that was
cut off can be repeated: files that are there are not sent again, and the tag is set last.
"""

import subprocess
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import httpx

from fogbank.errors import FogbankError
from fogbank.model.corpus import Corpus
from fogbank.publish.release.checksums import verify
from fogbank.publish.release.generated import build

_KIND = "dataset"
_OWN = ".gitattributes"
"""A file of the Hub's own, which says how it stores others."""


class Upload(NamedTuple):
    """A file to publish: its path in the checkout and on the Hub, size in bytes and SHA-256."""

    path: str
    size: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.sha256}  {self.size:>9}  {self.path}"


def uploads(corpus: Corpus) -> list[Upload]:
    """List what is published.  Raises FogbankError where the checkout is none of git's, or has uncommitted changes."""
    if changed := _git(corpus.root, "status", "--porcelain"):
        names = "\n".join(line[3:] for line in changed.splitlines())
        raise FogbankError(f"{corpus.root}: has changes that are not committed; expected a clean checkout:\n{names}")
    return [_upload(corpus.root, path) for path in _git(corpus.root, "ls-files", "-z").split("\0") if path]


def publish(
    corpus: Corpus,
    repository: str,
    *,
    dry_run: bool = False,
    private: bool = False,
    tell: Callable[[str], None] = print,
) -> str | None:
    """Publish the version under `repository` (owner/name) and return the commit there; None for a dry run.

    A dry run makes all checks but those that ask the Hub, and tells each file with SHA-256 and size.  The token is
    the one of `hf auth login` or HF_TOKEN; HF_ENDPOINT names another server.  Raises FogbankError for a checkout that
    is not clean or not current, a version that is published, and whatever the Hub refuses.
    """
    files = uploads(corpus)
    if stale := build(corpus, check=True):
        names = "\n".join(str(path.relative_to(corpus.root)) for path in stale)
        raise FogbankError(f"a rebuild would change these; `fogbank build` writes them, then commit:\n{names}")
    if differences := verify(corpus.root):
        raise FogbankError("\n".join(["the release differs from its checksums:", *map(str, differences)]))
    tag = version("fogbank")
    if dry_run:
        for one in files:
            tell(str(one))
        tell(f"{len(files)} files, {sum(one.size for one in files):,} bytes, would be {repository} at {tag}")
        return None
    try:
        return _send(corpus.root, files, repository, tag, private=private, tell=tell)
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise FogbankError(
            f"{repository}: the Hub refused or did not answer: {' '.join(str(error).split())}; expected a repository "
            "owner/name that you may write to, and a token (`hf auth login`)"
        ) from None


def _send(
    root: Path, files: list[Upload], repository: str, tag: str, *, private: bool, tell: Callable[[str], None]
) -> str:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi  # noqa: PLC0415  takes half a second

    hub = HfApi()
    hub.create_repo(repository, repo_type=_KIND, private=private, exist_ok=True)
    if tag in {one.name for one in hub.list_repo_refs(repository, repo_type=_KIND).tags}:
        raise FogbankError(f"{repository}: version {tag} is published; expected a new one (docs/versions.md)")
    there = set(hub.list_repo_files(repository, repo_type=_KIND)) - {one.path for one in files} - {_OWN}
    commit = hub.create_commit(
        repository,
        [
            *(CommitOperationAdd(path_in_repo=one.path, path_or_fileobj=root / one.path) for one in files),
            *(CommitOperationDelete(path_in_repo=path) for path in sorted(there)),
        ],
        commit_message=f"Version {tag}",
        repo_type=_KIND,
    )
    hub.create_tag(repository, tag=tag, revision=commit.oid, repo_type=_KIND)
    tell(f"{len(files)} files published and {len(there)} removed: {repository} at {tag} ({commit.oid})")
    return commit.oid


def _upload(root: Path, path: str) -> Upload:
    content = (root / path).read_bytes()
    return Upload(path, len(content), sha256(content).hexdigest())


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise FogbankError(f"git cannot be run ({error.strerror}); expected it to be installed") from None
    if done.returncode:
        raise FogbankError(f"{root}: {done.stderr.strip()}; expected a checkout of the repository")
    return done.stdout
