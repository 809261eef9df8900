"""Is this right: one file, several files and folders, or a whole corpus.

All checks yield problems and raise only where a path names nothing that can be read.  A folder stands for the JSON and
TOML files below it, hidden ones left out; a folder that holds a corpus stands for the corpus.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fogbank.check.checkout import find_in_corpus, registered
from fogbank.check.contents import find_in_file
from fogbank.check.problem import Problem
from fogbank.errors import DataError
from fogbank.model.corpus import Corpus

_SUFFIXES = (".json", ".jsonl", ".toml")


def check_file(path: Path, corpus: Corpus | None = None) -> Iterator[Problem]:
    """Find what is wrong with one file; with a corpus, documents are also compared with its articles.

    Raises DataError where the file cannot be read.
    """
    return find_in_file(path, name_of(path, corpus), None if corpus is None else registered(corpus))


def check_paths(paths: Iterable[Path], corpus: Corpus | None = None) -> Iterator[Problem]:
    """Find what is wrong with files and with what stands in folders; see `check_file`.

    Raises DataError where a path names nothing to check.
    """
    articles = None if corpus is None else registered(corpus)
    for path in paths:
        if not path.is_dir():
            yield from find_in_file(path, name_of(path, corpus), articles)
        elif (below := Corpus(path)).manifest.is_file():
            yield from check_corpus(below)
        else:
            files = files_below(path)
            if not files:
                raise DataError(f"{path}: no JSON or TOML file stands below it; expected something to check")
            for file in files:
                yield from find_in_file(file, name_of(file, corpus), articles)


def check_corpus(corpus: Corpus) -> Iterator[Problem]:
    """Find everything that is wrong with a corpus: with each of its files, and then between them."""
    return find_in_corpus(corpus)


def name_of(path: Path, corpus: Corpus | None) -> str:
    """Give a file's name as problems show it: below the corpus, else as given."""
    if corpus is not None and path.resolve().is_relative_to(corpus.root.resolve()):
        return path.resolve().relative_to(corpus.root.resolve()).as_posix()
    return str(path)


def files_below(folder: Path) -> list[Path]:
    """Give the JSON and TOML files below a folder, hidden ones left out, in order."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in _SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
