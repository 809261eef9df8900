"""The systems that a checkout offers: finding one by name, and making it with settings.

A system is a module of the checkout's `baselines/` with a class `System` (see `fogbank.model.system`).
"""

import importlib
import inspect
import re
import sys
from collections.abc import Mapping
from typing import Any

from fogbank.errors import FogbankError
from fogbank.model.corpus import Corpus
from fogbank.model.system import System

Settings = Mapping[str, str | int | float | bool]
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
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


def learned_settings(corpus: Corpus, name: str, settings: Settings) -> dict[str, Any]:
    """All settings that a model is kept for, with those given, read from words."""
    cls = _class(corpus, name)
    known = inspect.signature(cls).parameters
    values = {**{key: value.default for key, value in known.items()}, **_read_settings(name, cls, settings)}
    return {key: value for key, value in values.items() if key not in getattr(cls, "run_settings", ())}
