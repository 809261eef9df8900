"""What the Hub reads: the YAML at the head of the README, which `datasets` reads too, and the benchmark's `eval.yaml`.

Both are made from configs, files and counts.  `num_bytes` is a split's size in memory, as `datasets` counts it;
`download_size` is that of the files.
"""

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from fogbank.compare.tasks import TASKS
from fogbank.model.corpus import SPLITS, WIRE
from fogbank.publish.dataset.configs import CONFIGS, Config
from fogbank.publish.release.citation import Citation
from fogbank.publish.release.statistics import Statistics

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))
_HEADER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


def card_header(counted: Statistics, content: Callable[[str], bytes]) -> str:
    """Make the YAML; `content` gives a published file by its path in the checkout."""
    documents = sum(counted.splits[name]["documents"] for name in (*SPLITS, WIRE))
    header = {
        "pretty_name": "FogBank",
        "language": ["en"],
        "license": "cc-by-4.0",
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated", "found"],
        "multilinguality": ["monolingual"],
        "source_datasets": ["original"],
        "size_categories": [next(name for limit, name in _SIZES if documents < limit)],
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition", "coreference-resolution"],
        "tags": [
            "relation-extraction", "event-extraction", "attribution", "nested-entities", "quantities", "conflict",
            "news", "fiction", "synthetic", "benchmark",
        ],
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config is CONFIGS[0] else {}),
                "data_files": [{"split": split, "path": path} for split, path in config.files.items()],
            }
            for config in CONFIGS
        ],
        "dataset_info": [_info(config, content) for config in CONFIGS],
    }  # fmt: skip
    # A README is read by people too: leaves stand in one line, so that the features do not fill pages.
    return yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


def replace_header(card: str, header: str) -> str:
    """Put a YAML header before a card, in place of the one that it has."""
    return f"---\n{header}---\n{_HEADER.sub('', card, count=1)}"


def benchmark(cited: Citation) -> str:
    """Make `eval.yaml`, which makes a dataset on the Hub a benchmark that results of models can refer to.

    The Hub holds one value for each task and model; intervals, signatures and groups have no place there.
    """
    described = {
        "name": "FogBank",
        "description": cited.abstract,
        "evaluation_framework": "fogbank",
        "tasks": [{"id": name, "config": CONFIGS[0].name, "split": "test"} for name in TASKS],
    }
    return yaml.safe_dump(described, sort_keys=False, allow_unicode=True, width=120)


def _info(config: Config, content: Callable[[str], bytes]) -> dict[str, Any]:
    from datasets import DatasetInfo, SplitDict, SplitInfo  # noqa: PLC0415  importing it takes a second
    from datasets.info import DatasetInfosDict  # noqa: PLC0415
    from huggingface_hub import DatasetCardData  # noqa: PLC0415

    files = {split: content(path) for split, path in config.files.items()}
    tables = {split: pq.read_table(pa.BufferReader(raw)) for split, raw in files.items()}
    splits = SplitDict({s: SplitInfo(name=s, num_bytes=t.nbytes, num_examples=t.num_rows) for s, t in tables.items()})
    info = DatasetInfo(
        config_name=config.name,
        features=config.features(),
        splits=splits,
        download_size=sum(map(len, files.values())),
        dataset_size=sum(t.nbytes for t in tables.values()),
    )
    data = DatasetCardData()
    DatasetInfosDict({config.name: info}).to_dataset_card_data(data)
    made: dict[str, Any] = data["dataset_info"]
    return made
