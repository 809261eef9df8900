"""Training a system on the published train split, and taking it up again if it was trained under today's conditions.

A model is kept in `build/models/<system>/` (see `state`).  Its signature says what it was trained with: code, what
searches chose, package, scheme, data, seed, settings; a model whose signature does not fit is refused.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fogbank.compare.bootstrap import SEED
from fogbank.compare.score import data_digest
from fogbank.errors import FogbankError
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME
from fogbank.model.system import System
from fogbank.publish.dataset.documents import load, load_articles
from fogbank.publish.systems.catalogue import Settings, learned_settings, make_system
from fogbank.publish.systems.state import digest, is_saved, read_signature, read_state, save_state


def model_folder(corpus: Corpus, name: str) -> Path:
    """Where a trained system is kept."""
    return corpus.root / "build" / "models" / name


def train(corpus: Corpus, name: str, seed: int = SEED, settings: Settings | None = None) -> Path:
    """Train a system on the published train split and save it; return its folder."""
    system = make_system(corpus, name, settings)
    articles, gold = load_articles("train", corpus), load("train", corpus)
    system.train(articles, gold, seed)
    folder = model_folder(corpus, name)
    learned = learned_settings(corpus, name, settings or {})
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
    folder = model_folder(corpus, name)
    held = read_signature(folder).get("settings", {})
    system = make_system(corpus, name, {**held, **(settings or {})})
    system.restore(read_state(folder))
    return system


def version_name(corpus: Corpus, name: str) -> str:
    """Name a trained system with its signature, as its predictions are labelled outside: `linear|code:…|…|seed:…`."""
    held = read_signature(model_folder(corpus, name))
    return "|".join([name, *(f"{key}:{value}" for key, value in held.items() if key != "system")])


def _objection(corpus: Corpus, name: str, settings: Settings) -> str | None:
    folder = model_folder(corpus, name)
    if not is_saved(folder):
        return "not trained here"
    held = read_signature(folder)
    wanted = learned_settings(corpus, name, {**held.get("settings", {}), **settings})
    expected = _signature(corpus, name, load("train", corpus), held.get("seed", SEED), wanted)
    differing = [
        f"{key} {held.get(key)!r}, expected {value!r}" for key, value in expected.items() if held.get(key) != value
    ]
    return f"trained under other conditions ({', '.join(differing)})" if differing else None


def _signature(
    corpus: Corpus, name: str, gold: Sequence[Document], seed: int, settings: Mapping[str, Any]
) -> dict[str, Any]:
    code, chosen = (
        digest(*(path.read_bytes() for path in sorted((corpus.root / "baselines").glob(files))))
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
