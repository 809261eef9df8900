"""Measure how fast a Label Studio export is checked, rules included, and how much memory a large one takes.

    python benchmarks/check_export.py                 2,000 tasks; a table of ratios, all measured in one run
    python benchmarks/check_export.py --memory        an export of 500 MB; the peak resident memory of checking it

The export is made here: each task has 14 sentences of one pattern with names and figures drawn at random, 140 spans,
their attributes and relations, as an annotator of reports leaves them (nested spans, quotations, coreference).
`jsonschema` alone is so slow that it is given a sample of the tasks; its time is scaled to all of them.
"""

import argparse
import gc
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import orjson

from fogbank.check.files import check_file
from fogbank.check.validation import schema_of
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


def make_task(number: int, random_source: random.Random) -> dict[str, Any]:
    """Make a task as Label Studio's snapshot export gives it."""
    document = make_document(number, random_source)
    text = document.text or ""
    article = Article(
        id=document.id,
        part="dispatches",
        title="A report",
        published="2021-03-29T11:20",
        sha256=digest(text),
        licence="CC BY 4.0",
        text=text,
    )
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
        "data": task_data(article),
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


def seconds(work: Callable[[], object], times: int) -> float:
    """Give the time of the fastest of several runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def measure_speed(tasks: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.json"
        write_export(path, endless_tasks(), most_tasks=tasks)

        def check() -> None:
            if found := next(check_file(path), None):
                raise SystemExit(f"the export was to be clean: {found}")

        ours = seconds(check, 3)
        raw = path.read_bytes()
        reading = seconds(lambda: orjson.loads(raw), 3)
        values = orjson.loads(raw)
        gc.freeze()  # or the collector would look through all of it again and again, and slow the others down
        regions = sum(item["type"] == "labels" for task in values for item in task["annotations"][0]["result"])
        items = sum(len(task["annotations"][0]["result"]) for task in values)
        print(
            f"{tasks:,} tasks, {len(raw) / 1e6:.0f} MB, a task: {regions / tasks:.0f} regions, {items / tasks:.0f} items"
        )
        slow = jsonschema.Draft202012Validator(schema_of("task"))
        fast = jsonschema_rs.Draft202012Validator(schema_of("task"))
        sample = values[:SAMPLE]
        alone = seconds(lambda: all(map(slow.is_valid, sample)), 3) * tasks / len(sample)
        shape = seconds(lambda: all(map(fast.is_valid, values)), 3)
    print(f"{'':42}{'ms a task':>10}{'× ours':>10}")
    for name, taken in (
        ("fogbank: read, schema and rules", ours),
        (f"jsonschema alone, scaled from {len(sample)} tasks", alone),
        ("jsonschema-rs alone, values already read", shape),
        ("orjson.loads of the same bytes", reading),
    ):
        print(f"{name:42}{taken / tasks * 1e3:10.3f}{taken / ours:10.3f}")
    print(
        f"\n{alone / ours:.0f} times as fast as jsonschema alone; {ours / reading:.1f} times the time of orjson.loads"
    )


def measure_memory(megabytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.json"
        tasks = write_export(path, endless_tasks(), least_bytes=megabytes * 10**6)
        begun = time.perf_counter()
        run = subprocess.run(
            [sys.executable, __file__, "--check", str(path)], check=True, capture_output=True, text=True
        )
        taken = time.perf_counter() - begun
        print(f"{tasks:,} tasks, {path.stat().st_size / 1e6:.0f} MB: {run.stdout.strip()}, {taken:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--memory", action="store_true", help="measure peak memory instead of speed")
    parser.add_argument("--megabytes", type=int, default=500, help="the size of the export for --memory")
    parser.add_argument("--check", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.check:
        problems = sum(1 for _ in check_file(arguments.check))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB
        print(f"{problems} problems, peak resident memory {peak / 1e6:.0f} MB")
    elif arguments.memory:
        measure_memory(arguments.megabytes)
    else:
        measure_speed(arguments.tasks)


if __name__ == "__main__":
    main()
