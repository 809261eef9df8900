"""A release: the files that are the dataset, their SHA-256, and whether a copy has them as they were published.

`RELEASED` is what SHA256SUMS lists, and what an installed package brings along.  `sha256sum -c SHA256SUMS` reads the
list too.  Paths are relative to the checkout, with `/`, in the order of their code points.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from fogbank.errors import DataError
from fogbank.model.corpus import find_corpus
from fogbank.model.storage import read_bytes

SUMS = "SHA256SUMS"
RELEASED = (
    "CITATION.cff", "DATASHEET.md", "LICENSE-DATA", "README.md", "annotations/gold", "annotations/guidelines.md",
    "corpus", "croissant.json", "data", "eval.yaml", "schema",
)  # fmt: skip
"""Files, and folders with all that is in them but `WITHHELD`."""
WITHHELD = "corpus/withheld"
"""A reader's own copies of texts that may not be shared; never part of a release."""
_LINE = re.compile(r"(?P<sum>[0-9a-f]{64}) [ *](?P<path>[^\0]+)\Z")


class Difference(NamedTuple):
    """A file that is not as released: `what` is missing, changed or extra."""

    path: str
    what: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}: {self.detail}"


def is_released(path: str) -> bool:
    """Whether a path is that of a released file; SHA256SUMS itself is not one."""
    return not path.startswith(f"{WITHHELD}/") and any(path == name or path.startswith(f"{name}/") for name in RELEASED)


def released_files(root: Path) -> Iterator[str]:
    """Yield the paths of the released files that are there, in order."""
    for name in RELEASED:
        inside = [root / name] if (root / name).is_file() else sorted((root / name).rglob("*"))
        paths = (one.relative_to(root).as_posix() for one in inside if one.is_file())
        yield from sorted(path for path in paths if is_released(path))


def checksums(paths: Iterable[str], content: Callable[[str], bytes]) -> str:
    """Make the content of SHA256SUMS."""
    return "".join(f"{sha256(content(path)).hexdigest()}  {path}\n" for path in paths)


def read_checksums(root: Path) -> Mapping[str, str]:
    """Read SHA256SUMS: the sums by path.  Raises DataError where it is missing or a line is not one of a sum list."""
    place = root / SUMS
    sums = {}
    for number, line in enumerate(read_bytes(place).decode(errors="replace").splitlines(), start=1):
        found = _LINE.match(line)
        if not found or found["path"].startswith("/") or ".." in found["path"].split("/"):
            raise DataError(f"{place}:{number}: expected 64 hexadecimal digits, two spaces and a path in the folder")
        sums[found["path"]] = found["sum"]
    return sums


def verify(root: Path | None = None) -> list[Difference]:
    """Hold a copy against its SHA256SUMS and return what differs, in order of paths.

    `root` is a checkout, a download or an installed release; the one in use if it is not given.  Extra are files in
    the folders of the release that the list does not name.  Raises DataError where there is no list to hold against.
    """
    root = find_corpus().root if root is None else root
    sums = read_checksums(root)
    found = []
    for path, expected in sums.items():
        if not (root / path).is_file():
            found.append(Difference(path, "missing", f"expected a file with SHA-256 {expected}"))
        elif (there := sha256(read_bytes(root / path)).hexdigest()) != expected:
            found.append(Difference(path, "changed", f"expected SHA-256 {expected}, found {there}"))
    found += [
        Difference(path, "extra", f"expected no file that {SUMS} does not list")
        for path in released_files(root)
        if path not in sums
    ]
    return sorted(found)
