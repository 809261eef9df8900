"""A saved model: what a system has learned, as files of which nothing is ever executed, and a signature that vouches.

A folder holds `model.json` and `model.npz`, read without pickle, files of the system's own, and `signature.json`, which
says under which conditions it was trained and what is in the others.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from fogbank.errors import DataError
from fogbank.model.storage import pretty_json_bytes, read_bytes, read_json, write_bytes

_FILE = re.compile(r"[a-z]+\.[a-z]+\Z")
_JSON, _ARRAYS, _SIGNATURE = "model.json", "model.npz", "signature.json"


def save_state(folder: Path, state: Mapping[str, Any], signature: Mapping[str, Any]) -> None:
    """Save a state: arrays in `model.npz`, bytes in files of their own, all else in `model.json`, the signature last.

    Raises DataError for a value that is neither JSON nor bytes nor an array of numbers or strings, and for bytes whose
    name is no file's, such as `weights.safetensors`.
    """
    arrays = {key: value for key, value in state.items() if isinstance(value, np.ndarray)}
    files = {key: value for key, value in state.items() if isinstance(value, bytes)}
    for key, value in arrays.items():
        if value.dtype.hasobject:
            raise DataError(f"{folder}: array {key!r} holds Python objects; expected numbers or strings")
    for key in files:
        if not _FILE.match(key) or key in (_JSON, _ARRAYS, _SIGNATURE):
            raise DataError(f"{folder}: bytes under {key!r}; expected a file's name such as weights.safetensors")
    sink = BytesIO()
    np.savez_compressed(sink, **arrays)  # type: ignore[arg-type]
    (folder / _SIGNATURE).unlink(missing_ok=True)
    for stale in _own_files(folder):
        if stale.name not in files:
            stale.unlink()
    for key, content in files.items():
        write_bytes(folder / key, content)
    write_bytes(folder / _ARRAYS, sink.getvalue())
    write_bytes(
        folder / _JSON, pretty_json_bytes({k: v for k, v in state.items() if k not in arrays and k not in files})
    )
    write_bytes(folder / _SIGNATURE, pretty_json_bytes({**signature, "model": _held(folder)}))


def read_state(folder: Path) -> dict[str, Any]:
    """Read a state; nothing in it is ever executed.

    Raises DataError where the files are not those that the signature vouches for, or no arrays without pickle.
    """
    vouched, held = read_signature(folder).get("model"), _held(folder)
    if vouched != held:
        raise DataError(f"{folder}: the model is {held}, expected {vouched} by its signature; train it again")
    state: dict[str, Any] = dict(read_json(folder / _JSON))
    try:
        with np.load(BytesIO(read_bytes(folder / _ARRAYS)), allow_pickle=False) as arrays:
            state.update({key: arrays[key] for key in arrays.files})
    except ValueError as error:
        raise DataError(f"{folder / _ARRAYS}: {error}; expected arrays without pickle") from None
    return {**state, **{path.name: read_bytes(path) for path in _own_files(folder)}}


def is_saved(folder: Path) -> bool:
    """Whether a folder holds a saved model, whole."""
    return (folder / _SIGNATURE).is_file()


def read_signature(folder: Path) -> dict[str, Any]:
    """Read the signature of a saved model."""
    return dict(read_json(folder / _SIGNATURE))


def _held(folder: Path) -> str:
    """Give the digest of all that is in a model but its signature."""
    return digest(*map(read_bytes, (folder / _JSON, folder / _ARRAYS, *_own_files(folder))))


def _own_files(folder: Path) -> list[Path]:
    """The files that a system keeps under names of its own."""
    return [p for p in sorted(folder.glob("*.*")) if _FILE.match(p.name) and p.name not in (_JSON, _ARRAYS, _SIGNATURE)]


def digest(*contents: bytes) -> str:
    """Give the first 16 digits of a SHA-256 over several contents, in this order."""
    return sha256(b"".join(sha256(content).digest() for content in contents)).hexdigest()[:16]
