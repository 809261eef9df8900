"""`croissant.json`: the dataset in Croissant 1.1 with the RAI vocabulary, so that other tools find and load it.

Each Parquet file is a FileObject with size and SHA-256; each config is a FileSet of its files and a RecordSet of its
columns, with the split taken from the file's name.  Structs become sub-fields, and what is nested in a list of structs
is named by its path there (`spans/attributes/stance`); a list within a list (`claims`: the names of a source) cannot be
read by mlcroissant 1.1 and is left out.  A class label is an integer that refers to an enumeration.  What does not
change with the data stands in `croissant.json` beside this module.

It is plain JSON, so it is made without mlcroissant, which has no property for `rai:hasSyntheticData`; the tests load it
with mlcroissant and compare every record.  Paths are relative: download the dataset, then load the file from there.
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

import orjson

from fogbank.model.ledger import STANDINGS
from fogbank.model.scheme import SCHEME
from fogbank.publish.dataset.configs import CONFIGS, Config
from fogbank.publish.release.citation import Citation

_TYPES = {"string": "sc:Text", "int32": "cr:Int32", "int64": "cr:Int64", "bool": "sc:Boolean"}
_ENUMERATIONS: Mapping[str, tuple[str, ...]] = {
    "span_labels": SCHEME.label_names,
    "event_labels": SCHEME.labels_in("event"),
    "relation_labels": SCHEME.relation_names,
    **{a.name: a.names for a in SCHEME.attributes if a.type == "choice"},
    "measures": SCHEME.measures,
    "standings": STANDINGS,
}
"""Which class label is which is told by its names."""


def croissant(cited: Citation, content: Callable[[str], bytes]) -> dict[str, Any]:
    """Make the description; `content` gives a published file by its path in the checkout."""
    template: dict[str, Any] = orjson.loads(files("fogbank.publish.release").joinpath("croissant.json").read_bytes())
    return {
        **template,
        "description": cited.abstract,
        "keywords": list(cited.keywords),
        "creator": [{"@type": "sc:Organization", "name": name} for name in cited.authors],
        **({"url": cited.url} if cited.url else {}),
        "version": cited.version,
        "datePublished": cited.released.isoformat(),
        "citeAs": cited.bibtex(),
        "distribution": [one for config in CONFIGS for one in _distribution(config, content)],
        "recordSet": [
            _splits(),
            *(_enumeration(name, values) for name, values in _ENUMERATIONS.items()),
            *map(_record_set, CONFIGS),
        ],
    }


def _distribution(config: Config, content: Callable[[str], bytes]) -> Iterator[dict[str, Any]]:
    for path in config.files.values():
        raw = content(path)
        yield {
            "@type": "cr:FileObject",
            "@id": path,
            "name": path,
            "contentUrl": path,
            "contentSize": f"{len(raw)} B",
            "encodingFormat": "application/x-parquet",
            "sha256": sha256(raw).hexdigest(),
        }
    yield {
        "@type": "cr:FileSet",
        "@id": _file_set(config),
        "name": _file_set(config),
        "description": f"All splits of the config {config.name}.",
        "encodingFormat": "application/x-parquet",
        "includes": f"data/{config.name}/*.parquet",
    }


def _splits() -> dict[str, Any]:
    names = sorted({split for config in CONFIGS for split in config.files})
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [{"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"}],
        "data": [{"splits/name": name} for name in names],
    }


def _enumeration(name: str, values: tuple[str, ...]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/value"},
        "field": [
            {"@type": "cr:Field", "@id": f"{name}/value", "name": "value", "dataType": "cr:Int64"},
            {"@type": "cr:Field", "@id": f"{name}/name", "name": "name", "dataType": "sc:Text"},
        ],
        "data": [{f"{name}/value": number, f"{name}/name": value} for number, value in enumerate(values)],
    }


def _record_set(config: Config) -> dict[str, Any]:
    split = {
        "@type": "cr:Field",
        "@id": f"{config.name}/split",
        "name": "split",
        "description": "train, validation, test or wire",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": _file_set(config)},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": r"^(?:.*/)?([a-z]+)(?:\.parquet)?$"},
        },
        "references": {"field": {"@id": "splits/name"}},
    }
    columns = [
        {**_field(config, (column,), feature), "description": config.columns[column]}
        for column, feature in config.features().items()
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": config.name,
        "name": config.name,
        "description": config.about,
        "field": [split, *columns],
    }


def _field(config: Config, path: tuple[str, ...], feature: Any) -> dict[str, Any]:
    """Describe a column, or what stands in its structs: `path` is the column and then the names below it."""
    from datasets import ClassLabel, List  # noqa: PLC0415  importing it takes a second

    name = "/".join(path)
    field: dict[str, Any] = {"@type": "cr:Field", "@id": f"{config.name}/{name}", "name": name}
    if is_list := isinstance(feature, List):
        field |= {"isArray": True, "arrayShape": "-1"}
        feature = feature.feature
    if isinstance(feature, Mapping):
        inside = _leaves(feature) if is_list else [((key,), below) for key, below in feature.items()]
        return {**field, "subField": [_field(config, (*path, *below), one) for below, one in inside]}
    source: dict[str, Any] = {"fileSet": {"@id": _file_set(config)}, "extract": {"column": path[0]}}
    if path[1:]:
        source["transform"] = {"jsonPath": ".".join(path[1:])}
    if not isinstance(feature, ClassLabel):
        return {**field, "dataType": _TYPES[feature.dtype], "source": source}
    enumeration = next(name for name, values in _ENUMERATIONS.items() if values == tuple(feature.names))
    return {**field, "dataType": "cr:Int64", "source": source, "references": {"field": {"@id": f"{enumeration}/value"}}}


def _leaves(struct: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield what is in a struct of a list and in its structs, but for lists."""
    from datasets import List  # noqa: PLC0415

    for key, feature in struct.items():
        if isinstance(feature, Mapping):
            yield from (((key, *below), one) for below, one in _leaves(feature))
        elif not isinstance(feature, List):
            yield (key,), feature


def _file_set(config: Config) -> str:
    return f"files-of-{config.name}"
