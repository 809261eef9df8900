"""Systems at work: finding one by name, training it on the published train split, saving it, predicting with it.

A system is a module of the checkout's `baselines/` with a class `System` (see `fogbank.model.system`).  A saved model
is a folder `build/models/<system>/` with `model.json` and `model.npz`, read without pickle, and `signature.json`, which
says what it was trained with; a model whose signature does not fit is refused.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from fogbank.compare.bootstrap import SEED
from fogbank.compare.score import data_digest, score
from fogbank.errors import DataError, FogbankError, MissingTextError
from fogbank.model.corpus import Article, Corpus
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import pretty_json_bytes, read_bytes, read_json, write_bytes, write_json_lines
from fogbank.model.system import System
from fogbank.publish.dataset import load, load_articles

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def system_names(corpus: Corpus) -> tuple[str, ...]:
    """Name the systems that the checkout offers."""
    return tuple(sorted(p.stem for p in (corpus.root / "baselines").glob("*.py") if _NAME.match(p.stem)))


def make_system(corpus: Corpus, name: str) -> System:
    """Make an untrained system.  Raises FogbankError for an unknown name or a missing optional package."""
    if name not in system_names(corpus):
        raise FogbankError(f"system {name!r} does not exist; expected one of {', '.join(system_names(corpus))}")
    if str(corpus.root) not in sys.path:
        sys.path.insert(0, str(corpus.root))
    try:
        module = importlib.import_module(f"baselines.{name}")
    except ModuleNotFoundError as error:
        raise FogbankError(
            f"system {name} needs the package {error.name}; install it with pip install 'fogbank[baselines]'"
        ) from None
    system: System = module.System()
    return system


def model_folder(corpus: Corpus, name: str) -> Path:
    """Where a trained system is kept."""
    return corpus.root / "build" / "models" / name


def train(corpus: Corpus, name: str, seed: int = SEED) -> Path:
    """Train a system on the published train split and save it; return its folder."""
    system = make_system(corpus, name)
    articles, gold = load_articles("train", corpus), load("train", corpus)
    system.train(articles, gold, seed)
    folder = model_folder(corpus, name)
    save_state(folder, system.state(), _signature(corpus, name, gold, seed))
    return folder


def is_trained(corpus: Corpus, name: str) -> bool:
    """Whether a system was trained here, under today's conditions."""
    return not _objection(corpus, name)


def trained(corpus: Corpus, name: str) -> System:
    """Load a trained system.  Raises FogbankError where it was not trained, or not on this data by this version."""
    if objection := _objection(corpus, name):
        raise FogbankError(f"system {name}: {objection}; `fogbank train {name}` trains it")
    system = make_system(corpus, name)
    system.restore(read_state(model_folder(corpus, name)))
    return system


def version_name(corpus: Corpus, name: str) -> str:
    """Name a trained system with its signature, as its predictions are labelled outside: `linear|code:…|…|seed:…`."""
    held = read_json(model_folder(corpus, name) / "signature.json")
    return "|".join([name, *(f"{key}:{value}" for key, value in held.items() if key != "system")])


def expected_precision(corpus: Corpus, system: System) -> Callable[[Document], float]:
    """Give what maps a predicted document to the share of its spans that are right, as far as can be foreseen.

    That is the mean over its spans of their label's precision on the validation split; a label that the system
    predicted nowhere there, and a document without spans, take the precision over all labels.
    """
    articles, gold = load_articles("validation", corpus), load("validation", corpus)
    rows = score(gold, predict(system, articles), tasks=["spans"], resamples=0).scores["spans"]
    precision = {
        label: row.precision
        for label, row in rows.items()
        if label in SCHEME.label_names and row.precision is not None and row.counts.predicted
    }
    overall = rows["all"].precision or 0.0

    def foreseen(document: Document) -> float:
        shares = [precision.get(span.label, overall) for span in document.spans]
        return sum(shares) / len(shares) if shares else overall

    return foreseen


def _objection(corpus: Corpus, name: str) -> str | None:
    path = model_folder(corpus, name) / "signature.json"
    if not path.is_file():
        return "not trained here"
    held = read_json(path)
    expected = _signature(corpus, name, load("train", corpus), held.get("seed", SEED))
    differing = [
        f"{key} {held.get(key)!r}, expected {value!r}" for key, value in expected.items() if held.get(key) != value
    ]
    return f"trained under other conditions ({', '.join(differing)})" if differing else None


def predict(system: System, articles: Sequence[Article]) -> Iterator[Document]:
    """Predict a document for each article.  Raises MissingTextError where a text is withheld."""
    for article in articles:
        if article.text is None:
            raise MissingTextError(
                f"{article.id}: the text is withheld; `fogbank restore --texts DIR` joins your copy of it"
            )
        yield system.predict(article)


def write_predictions(path: Path, documents: Sequence[Document]) -> None:
    """Write a prediction file: one document a line, in canonical order."""
    write_json_lines(path, (document.canonical().to_json() for document in documents))


def _signature(corpus: Corpus, name: str, gold: Sequence[Document], seed: int) -> dict[str, Any]:
    code = b"".join(path.read_bytes() for path in sorted((corpus.root / "baselines").glob("*.py")))
    return {
        "system": name,
        "code": sha256(code).hexdigest()[:16],
        "fogbank": version("fogbank"),
        "scheme": SCHEME.version,
        "data": data_digest(gold),
        "seed": seed,
    }


def save_state(folder: Path, state: Mapping[str, Any], signature: Mapping[str, Any]) -> None:
    """Save a state: arrays in `model.npz`, all else in `model.json`, and last the signature that vouches for both.

    Raises DataError for a value that is neither JSON nor an array of numbers or strings.
    """
    arrays = {key: value for key, value in state.items() if isinstance(value, np.ndarray)}
    for key, value in arrays.items():
        if value.dtype.hasobject:
            raise DataError(f"{folder}: array {key!r} holds Python objects; expected numbers or strings")
    sink = BytesIO()
    np.savez_compressed(sink, **arrays)  # type: ignore[arg-type]
    (folder / "signature.json").unlink(missing_ok=True)
    write_bytes(folder / "model.npz", sink.getvalue())
    write_bytes(folder / "model.json", pretty_json_bytes({k: v for k, v in state.items() if k not in arrays}))
    write_bytes(folder / "signature.json", pretty_json_bytes(dict(signature)))


def read_state(folder: Path) -> dict[str, Any]:
    """Read a state; nothing in it is ever executed.  Raises DataError where a file is no array file without pickle."""
    state: dict[str, Any] = dict(read_json(folder / "model.json"))
    try:
        with np.load(BytesIO(read_bytes(folder / "model.npz")), allow_pickle=False) as arrays:
            state.update({key: arrays[key] for key in arrays.files})
    except ValueError as error:
        raise DataError(f"{folder / 'model.npz'}: {error}; expected arrays without pickle") from None
    return state
