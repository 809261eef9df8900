"""Systems at work: finding one by name, training it on the published train split, saving it, predicting with it.

A system is a module of the checkout's `baselines/` with a class `System` (see `fogbank.model.system`).  A saved model
is a folder `build/models/<system>/` with `model.json` and `model.npz`, read without pickle, files of the system's own,
and `signature.json`, which says what it was trained with (code, what searches chose, package, scheme, data, seed,
settings) and what is in the others; a model whose signature does not fit is refused.
"""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
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
from fogbank.model.storage import pretty_json_bytes, read_bytes, read_json, write_bytes, write_json_lines, write_text
from fogbank.model.system import Concurrent, Describing, System
from fogbank.publish.dataset.documents import load, load_articles

Settings = Mapping[str, str | int | float | bool]
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_FILE = re.compile(r"[a-z]+\.[a-z]+\Z")
_JSON, _ARRAYS, _SIGNATURE = "model.json", "model.npz", "signature.json"
_EXTRA = {
    "transformer": "transformer",
    "llm": "llm",
    "crf": "crf",
}  # what pip installs for a system, if not "baselines"


def system_names(corpus: Corpus) -> tuple[str, ...]:
    """Name the systems that the checkout offers."""
    return tuple(sorted(p.stem for p in (corpus.root / "baselines").glob("*.py") if _NAME.match(p.stem)))


def make_system(corpus: Corpus, name: str, settings: Settings | None = None) -> System:
    """Make an untrained system with these settings, defaults for others.

    Raises FogbankError for an unknown name, a setting that it does not have, or a missing optional package.
    """
    made: System = (cls := _class(corpus, name))(**_read_settings(name, cls, settings or {}))
    return made


def _class(corpus: Corpus, name: str) -> type[Any]:
    if name not in system_names(corpus):
        raise FogbankError(f"system {name!r} does not exist; expected one of {', '.join(system_names(corpus))}")
    if str(corpus.root) not in sys.path:
        sys.path.insert(0, str(corpus.root))
    try:
        module = importlib.import_module(f"baselines.{name}")
    except ModuleNotFoundError as error:
        raise FogbankError(
            f"system {name} needs the package {error.name}; "
            f"install it with pip install 'fogbank[{_EXTRA.get(name, 'baselines')}]'"
        ) from None
    cls: type[Any] = module.System
    return cls


def _read_settings(name: str, cls: type[Any], settings: Settings) -> dict[str, Any]:
    """Turn words into values of the types that the constructor declares."""
    known = inspect.signature(cls, eval_str=True).parameters
    values: dict[str, Any] = {}
    for key, given in settings.items():
        if key not in known:
            raise FogbankError(
                f"system {name} has no setting {key!r}; expected {'one of ' + ', '.join(known) if known else 'none'}"
            )
        kind = known[key].annotation
        try:
            values[key] = {"true": True, "false": False}[str(given).lower()] if kind is bool else kind(given)
        except (KeyError, ValueError):
            raise FogbankError(f"setting {key} of {name}: {given!r}; expected a {kind.__name__}") from None
    return values


def _learned_settings(corpus: Corpus, name: str, settings: Settings) -> dict[str, Any]:
    """All settings that a model is kept for, with those given, read from words."""
    cls = _class(corpus, name)
    known = inspect.signature(cls).parameters
    values = {**{key: value.default for key, value in known.items()}, **_read_settings(name, cls, settings)}
    return {key: value for key, value in values.items() if key not in getattr(cls, "run_settings", ())}


def model_folder(corpus: Corpus, name: str) -> Path:
    """Where a trained system is kept."""
    return corpus.root / "build" / "models" / name


def train(corpus: Corpus, name: str, seed: int = SEED, settings: Settings | None = None) -> Path:
    """Train a system on the published train split and save it; return its folder."""
    system = make_system(corpus, name, settings)
    articles, gold = load_articles("train", corpus), load("train", corpus)
    system.train(articles, gold, seed)
    folder = model_folder(corpus, name)
    learned = _learned_settings(corpus, name, settings or {})
    save_state(folder, system.state(), _signature(corpus, name, gold, seed, learned))
    return folder


def is_trained(corpus: Corpus, name: str) -> bool:
    """Whether a system was trained here, under today's conditions."""
    return not _objection(corpus, name, {})


def trained(corpus: Corpus, name: str, settings: Settings | None = None) -> System:
    """Load a trained system; settings not given are those of its training.

    Raises FogbankError where it was not trained, or not on this data by this version with these settings.
    """
    if objection := _objection(corpus, name, settings or {}):
        raise FogbankError(f"system {name}: {objection}; `fogbank train {name}` trains it")
    held = _held_signature(corpus, name).get("settings", {})
    system = make_system(corpus, name, {**held, **(settings or {})})
    system.restore(read_state(model_folder(corpus, name)))
    return system


def _held_signature(corpus: Corpus, name: str) -> dict[str, Any]:
    return dict(read_json(model_folder(corpus, name) / _SIGNATURE))


def version_name(corpus: Corpus, name: str) -> str:
    """Name a trained system with its signature, as its predictions are labelled outside: `linear|code:…|…|seed:…`."""
    held = _held_signature(corpus, name)
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


def _objection(corpus: Corpus, name: str, settings: Settings) -> str | None:
    if not (model_folder(corpus, name) / _SIGNATURE).is_file():
        return "not trained here"
    held = _held_signature(corpus, name)
    wanted = _learned_settings(corpus, name, {**held.get("settings", {}), **settings})
    expected = _signature(corpus, name, load("train", corpus), held.get("seed", SEED), wanted)
    differing = [
        f"{key} {held.get(key)!r}, expected {value!r}" for key, value in expected.items() if held.get(key) != value
    ]
    return f"trained under other conditions ({', '.join(differing)})" if differing else None


def predict(system: System, articles: Iterable[Article]) -> Iterator[Document]:
    """Predict a document for each article, as they come.  Raises MissingTextError where a text is withheld."""
    there = map(_with_text, articles)
    yield from system.predict_all(there) if isinstance(system, Concurrent) else map(system.predict, there)


def _with_text(article: Article) -> Article:
    if article.text is None:
        raise MissingTextError(
            f"{article.id}: the text is withheld; `fogbank restore --texts DIR` joins your copy of it"
        )
    return article


def write_predictions(path: Path, documents: Iterable[Document]) -> int:
    """Write a prediction file: one document a line as it comes, in canonical order; return how many there were."""
    written = 0

    def lines() -> Iterator[dict[str, Any]]:
        nonlocal written
        for written, document in enumerate(documents, start=1):  # noqa: B007
            yield document.canonical().to_json()

    write_json_lines(path, lines())
    return written


def write_description(path: Path, system: System) -> bool:
    """Write what a system says of itself as the TOML file that a submission needs; False where it says nothing.

    A system that names no date gets today's, in UTC.
    """
    if not isinstance(system, Describing):
        return False
    fields = {"authors": ["The FogBank authors"], "date": f"{datetime.now(UTC):%Y-%m-%d}", **system.describe()}
    # a JSON string is a TOML string, but for DEL, which TOML wants escaped
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items()]
    write_text(path, "".join(lines).replace("\x7f", "\\u007f"))
    return True


def _signature(
    corpus: Corpus, name: str, gold: Sequence[Document], seed: int, settings: Mapping[str, Any]
) -> dict[str, Any]:
    code, chosen = (
        _digest(*(path.read_bytes() for path in sorted((corpus.root / "baselines").glob(files))))
        for files in ("*.py", "*.json")
    )
    return {
        "system": name,
        "code": code,
        "chosen": chosen,
        "fogbank": version("fogbank"),
        "scheme": SCHEME.version,
        "data": data_digest(gold),
        "seed": seed,
        **({"settings": dict(settings)} if settings else {}),
    }


def _digest(*contents: bytes) -> str:
    return sha256(b"".join(sha256(content).digest() for content in contents)).hexdigest()[:16]


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
    vouched, held = read_json(folder / _SIGNATURE).get("model"), _held(folder)
    if vouched != held:
        raise DataError(f"{folder}: the model is {held}, expected {vouched} by its signature; train it again")
    state: dict[str, Any] = dict(read_json(folder / _JSON))
    try:
        with np.load(BytesIO(read_bytes(folder / _ARRAYS)), allow_pickle=False) as arrays:
            state.update({key: arrays[key] for key in arrays.files})
    except ValueError as error:
        raise DataError(f"{folder / _ARRAYS}: {error}; expected arrays without pickle") from None
    return {**state, **{path.name: read_bytes(path) for path in _own_files(folder)}}


def _held(folder: Path) -> str:
    """Give the digest of all that is in a model but its signature."""
    return _digest(*map(read_bytes, (folder / _JSON, folder / _ARRAYS, *_own_files(folder))))


def _own_files(folder: Path) -> list[Path]:
    """The files that a system keeps under names of its own."""
    return [p for p in sorted(folder.glob("*.*")) if _FILE.match(p.name) and p.name not in (_JSON, _ARRAYS, _SIGNATURE)]
