"""Measure how fast a Label Studio export is checked, rules included, and how much memory a large one takes.

    python benchmarks/check_export.py                 2,000 tasks; a table of ratios, all measured in one run
    python benchmarks/check_export.py --memory        an export of 500 MB; the peak resident memory of checking it

The export is made here: each task has 14 sentences of one pattern with names and figures drawn at random, 140 spans,
their attributes and relations, as an annotator of reports leaves them (nested spans, quotations, coreference).
`jsonschema` alone is so slow that it is given a sample of the tasks; its time is scaled to all of them.  Everything is
measured in fresh processes, in turn, and the fastest of several rounds is compared, as other load comes and goes.
"""

import argparse
import gc
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
from jsonschema import Draft202012Validator

from fogbank.check.files import check_file
from fogbank.check.validation import schema_of
from fogbank.check.workers import cores
from fogbank.model.corpus import Article
from fogbank.model.document import AttributeValue, Document, Relation, Span
from fogbank.model.regions import task_data, write_result
from fogbank.model.text import digest

SENTENCES = 14
SAMPLE = 20
NAMES = ("Ansa Reteval", "Ilvo Dorremà", "Tessaly Urmond", "Oru Kavelisse", "Benno d’Arrost", "Mirelé Sonvatt")
PLACES = ("Orvelsund", "Tarrimoa", "Upper Zheggin", "Kolvessa", "Dunmarrow", "Saint-Ilvar")
GROUPS = ("civilians", "residents", "children", "miners", "passengers")
TARGETS = ("bridge", "hospital", "market hall", "power plant", "school")


def make_document(number: int, random_source: random.Random) -> Document:
    """Make a rule-abiding document of `SENTENCES` sentences and ten times as many spans."""
    text = ""
    spans: list[Span] = []
    relations: list[Relation] = []
    earlier: dict[str, str] = {}

    def mark(label: str, words: str, **attributes: AttributeValue) -> str:
        """Write words and mark them; return the id of the span."""
        nonlocal text
        spans.append(Span(f"r{number}-{len(spans)}", len(text), len(text) + len(words), label, attributes))
        text += words
        return spans[-1].id

    for _ in range(SENTENCES):
        name, place, count = random_source.choice(NAMES), random_source.choice(PLACES), random_source.randint(2, 90)
        start = len(text)
        quantity = mark("QUANTITY", f"At least {count}", modifier="at_least", value=count)
        text += " "
        people = mark("PEOPLE", random_source.choice(GROUPS))
        text += " were "
        death = mark("DEATH", "killed", status="actual")
        text += " when "
        strike = mark("STRIKE", "shelling", status="actual")
        text += " hit the "
        facility = mark("FACILITY", random_source.choice(TARGETS))
        text += " in "
        where = mark("PLACE", place)
        text += " on "
        day = f"2021-03-{random_source.randint(1, 28):02}"
        when = mark("TIME", random_source.choice(("Monday", "Tuesday", "Friday")), start=day, end=day)
        content = f"r{number}-{len(spans)}"
        spans.append(Span(content, start, len(text), "CONTENT"))
        text += ", "
        person = mark("PERSON", name)
        text += " "
        cue = mark("CUE", "said", stance="asserts", source_kind="police")
        text += ".\n"
        relations += [
            Relation(people, quantity, "quantity"),
            Relation(death, people, "affected"),
            Relation(strike, death, "causes"),
            Relation(strike, facility, "affected"),
            Relation(facility, where, "located_in"),
            Relation(strike, when, "time"),
            Relation(cue, person, "source"),
            Relation(cue, content, "content"),
        ]
        for words, mention in ((name, person), (place, where)):
            if words in earlier:
                relations.append(Relation(mention, earlier[words], "same"))
            earlier[words] = mention
    return Document(f"made-{number}", text, tuple(spans), tuple(relations))


def article_of(document: Document) -> Article:
    text = document.text or ""
    return Article(document.id, "dispatches", "2021-03-29T11:20", digest(text), "CC-BY-4.0", text, "A report")


def make_task(number: int, random_source: random.Random) -> dict[str, Any]:
    """Make a task as Label Studio's snapshot export gives it."""
    document = make_document(number, random_source)
    stamp = "2021-04-01T10:00:00.000000Z"
    annotation = {
        "id": number,
        "completed_by": {"id": 1, "email": "a1@fogbank.example", "first_name": "", "last_name": ""},
        "result": write_result(document),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": stamp,
        "updated_at": stamp,
        "draft_created_at": None,
        "lead_time": 812.4,
        "prediction": {},
        "result_count": 140,
        "unique_id": f"00000000-0000-4000-8000-{number:012}",
        "last_action": None,
        "task": number,
        "project": 1,
        "updated_by": 1,
        "parent_prediction": None,
        "parent_annotation": None,
    }
    return {
        "id": number,
        "annotations": [annotation],
        "drafts": [],
        "predictions": [],
        "data": task_data(article_of(document)),
        "meta": {},
        "created_at": stamp,
        "updated_at": stamp,
        "inner_id": number,
        "total_annotations": 1,
        "cancelled_annotations": 0,
        "total_predictions": 0,
        "project": 1,
        "updated_by": 1,
        "comment_authors": [],
    }


def write_export(
    path: Path, tasks: Iterator[dict[str, Any]], least_bytes: int = 0, most_tasks: int | None = None
) -> int:
    """Write tasks as one JSON array, until it has the bytes and no more tasks are wanted; return their number."""
    number = 0
    with path.open("wb") as file:
        for number, task in enumerate(tasks, start=1):
            file.write((b"[" if number == 1 else b",") + orjson.dumps(task))
            if number == most_tasks or (most_tasks is None and file.tell() >= least_bytes):
                break
        file.write(b"]")
    return number


def endless_tasks(seed: int = 0) -> Iterator[dict[str, Any]]:
    """Make tasks without end."""
    random_source = random.Random(seed)
    number = 0
    while True:
        number += 1
        yield make_task(number, random_source)


# ---------------------------------------------------------------- what is measured, each in a process of its own


def check(path: Path, _tasks: int) -> float:
    """Check the export; give the seconds it took."""
    begun = time.perf_counter()
    found = next(check_file(path), None)
    taken = time.perf_counter() - begun
    if found is not None:
        raise SystemExit(f"the export was to be clean: {found}")
    return taken


def check_on_one_core(path: Path, tasks: int) -> float:
    """Check it with one core to use, so that no other processes are started."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return check(path, tasks)


def validate_slowly(path: Path, tasks: int) -> float:
    """Validate the first tasks with `jsonschema`, and scale; reading the file is added."""
    validator = Draft202012Validator(schema_of("task"))
    begun = time.perf_counter()
    values = json.loads(path.read_bytes())
    read = time.perf_counter()
    assert all(map(validator.is_valid, values[:SAMPLE]))
    return read - begun + (time.perf_counter() - read) * tasks / SAMPLE


def validate_fast(path: Path, _tasks: int) -> float:
    """Validate all tasks with `jsonschema-rs`; reading the file is added."""
    validator = jsonschema_rs.Draft202012Validator(schema_of("task"))
    begun = time.perf_counter()
    assert all(map(validator.is_valid, orjson.loads(path.read_bytes())))
    return time.perf_counter() - begun


def read_only(path: Path, _tasks: int) -> float:
    """Only read the file's bytes into values with `orjson`, the garbage collector off."""
    gc.disable()
    raw = path.read_bytes()
    begun = time.perf_counter()
    orjson.loads(raw)
    return time.perf_counter() - begun


MEASURES: dict[str, tuple[str, Callable[[Path, int], float]]] = {
    "one": ("fogbank on one core: read, schema, rules", check_on_one_core),
    "all": (f"fogbank on all {cores()} cores", check),
    "slow": (f"jsonschema alone ({SAMPLE} tasks, scaled)", validate_slowly),
    "fast": ("orjson and jsonschema-rs, no rules", validate_fast),
    "read": ("orjson.loads alone", read_only),
}


def run_again(*arguments: str) -> str:
    """Run this file in a fresh process and give what it prints."""
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def measure_speed(tasks: int, rounds: int) -> None:
    """Measure everything in turn, several times over, and compare the fastest of each, as other load comes and goes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.json"
        write_export(path, endless_tasks(), most_tasks=tasks)
        made = make_task(0, random.Random(0))["annotations"][0]["result"]
        regions = sum(item["type"] == "labels" for item in made)
        print(f"{tasks:,} tasks, {path.stat().st_size / 1e6:.0f} MB; about {regions} regions a task, with attributes")
        print(f"and relations {len(made)} items\n")
        taken: dict[str, list[float]] = {name: [] for name in MEASURES}
        for _ in range(rounds):
            for name, times in taken.items():
                times.append(float(run_again("--measure", name, "--path", str(path), "--tasks", str(tasks))))
    best = {name: min(times) for name, times in taken.items()}
    print(f"{'':42}{'ms a task':>10}{'/ one core':>12}{f'/ {cores()} cores':>12}")
    for name, (title, _) in MEASURES.items():
        ratios = f"{best[name] / best['one']:12.2f}{best[name] / best['all']:12.2f}"
        print(f"{title:42}{best[name] / tasks * 1e3:10.3f}{ratios}")


def measure_memory(megabytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.json"
        tasks = write_export(path, endless_tasks(), least_bytes=megabytes * 10**6)
        print(f"{tasks:,} tasks, {path.stat().st_size / 1e6:.0f} MB: ", end="", flush=True)
        print(run_again("--measure", "memory", "--path", str(path)))


def check_memory(path: Path) -> str:
    begun = time.perf_counter()
    problems = sum(1 for _ in check_file(path))
    taken = time.perf_counter() - begun
    own, workers = (
        resource.getrusage(who).ru_maxrss * 1024 / 1e6  # Linux counts in KiB
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (
        f"{problems} problems in {taken:.0f} s; peak resident memory {own:.0f} MB, the file's own pages among it "
        f"(of the largest worker process {workers:.0f} MB, mostly the same pages)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="measure peak memory instead of speed")
    parser.add_argument("--megabytes", type=int, default=500, help="the size of the export for --memory")
    parser.add_argument("--measure", choices=[*MEASURES, "memory"], help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure == "memory":
        print(check_memory(arguments.path))
    elif arguments.measure:
        print(MEASURES[arguments.measure][1](arguments.path, arguments.tasks))
    elif arguments.memory:
        measure_memory(arguments.megabytes)
    else:
        measure_speed(arguments.tasks, arguments.rounds)


if __name__ == "__main__":
    main()
