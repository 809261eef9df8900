"""Measure push, enter and pull with a real Label Studio against one call per task and per annotation.

    python benchmarks/studio_push_pull.py                       5,000 tasks, each annotated by two; most of half an hour
    python benchmarks/studio_push_pull.py --tasks 500 --sample 60

A server of its own on an empty folder, SQLite, everything in one run.  FogBank gives every annotator a project of
their own, so that it sends each task twice; one by one they would go into one project, each task once.  That way is
so slow that it is given a sample, half of it before and half after the rest (a fuller server is a slower one), and
its time is scaled.  The tasks are those of `check_export.py`: 140 spans, their attributes and relations.

The pull is compared with the server's own time for the same snapshot, asked for by a bare HTTP client that throws the
answer away, and for its direct export, which lacks the annotators' addresses, drafts and predictions.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psutil

from check_export import article_of, make_document
from fogbank.curate.studio.annotators import Annotator, ensure_annotator
from fogbank.curate.studio.config import label_config
from fogbank.curate.studio.entry import enter
from fogbank.curate.studio.project import Project, ensure_project, export_each
from fogbank.curate.studio.record import write_export
from fogbank.curate.studio.server import Server
from fogbank.curate.studio.transfer import export_directly, take_snapshot
from fogbank.model.document import Document
from fogbank.model.regions import task_data, write_result

ANNOTATORS = ("ann-01", "ann-02")


@contextmanager
def timed(taken: dict[str, float], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    taken[name] = taken.get(name, 0.0) + time.perf_counter() - begun


def send_one_by_one(
    server: Server, project: Project, annotators: list[Annotator], documents: list[Document], taken: dict[str, float]
) -> None:
    """Make tasks and annotations with one call of Label Studio's own client each."""
    client, clients = server.client(), [server.client(annotator.token) for annotator in annotators]
    made: dict[str, int] = {}
    with timed(taken, "tasks"):
        for document in documents:
            made[document.id] = client.tasks.create(project=project.id, data=task_data(article_of(document))).id
    with timed(taken, "annotations"):
        for document in documents:
            for own in clients:
                own.annotations.create(
                    id=made[document.id], result=write_result(document), was_cancelled=False, ground_truth=False
                )


def grown(work: Callable[[], None]) -> float:
    """Do the work and give by how many megabytes the most memory that this process ever had exceeds what it had."""
    before = psutil.Process().memory_info().rss
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB
    return max(0.0, (peak - before) / 1e6)


def measure(server: Server, tasks: int, sample: int, folder: Path) -> None:
    annotators = [ensure_annotator(server, name) for name in ANNOTATORS]
    documents = [make_document(number, random.Random(number)) for number in range(tasks)]
    articles = {document.id: article_of(document) for document in documents}
    projects = [ensure_project(server, f"FogBank {annotator.name}", label_config()) for annotator in annotators]
    single = ensure_project(server, "FogBank one by one", label_config())
    apart, ours = dict[str, float](), dict[str, float]()
    items = len(write_result(documents[0]))
    print(f"{tasks:,} tasks of about {items} items, two annotations each; one by one: a sample of {sample}\n")

    def send() -> None:
        for project, annotator in zip(projects, annotators, strict=True):
            with timed(ours, "send"):
                counts = enter(project, annotator, documents, articles=articles)
            assert counts == (0, tasks, 0), counts

    def again() -> None:
        for project, annotator in zip(projects, annotators, strict=True):
            with timed(ours, "again"):
                counts = enter(project, annotator, documents, articles=articles)
            assert counts == (tasks, 0, 0), counts

    paths = [folder / f"{annotator.name}.json" for annotator in annotators]

    def pull() -> None:
        for project, path in zip(projects, paths, strict=True):
            with timed(ours, "pull"):
                write_export(path, export_each(project))

    send_one_by_one(server, single, annotators, documents[: sample // 2], apart)
    memory = {"push and enter": grown(send), "pull": grown(pull)}
    for project in projects:
        with timed(ours, "snapshot"), take_snapshot(server, project.id) as pieces:
            for _ in pieces:
                pass
        with timed(ours, "direct"):
            export_directly(server, project.id)
    again()
    send_one_by_one(server, single, annotators, documents[sample // 2 : sample], apart)
    verify(paths, annotators, tasks)

    one_task, one_annotation = apart["tasks"] / sample, apart["annotations"] / (2 * sample)
    whole = tasks * one_task + 2 * tasks * one_annotation
    print(f"one by one: {1 / one_task:.1f} tasks/s, {1 / one_annotation:.1f} annotations/s")
    print(f"            all would take {whole:.0f} s (scaled)")
    print(f"push+enter: {2 * tasks / ours['send']:.1f} tasks with their annotation/s; all took {ours['send']:.0f} s")
    print(f"            {whole / ours['send']:.1f} times as fast; for each task and annotation that it sends,")
    print(f"            {(one_task + one_annotation) * 2 * tasks / ours['send']:.1f} times")
    print(f"run again, nothing to do: {ours['again']:.0f} s")
    size = sum(path.stat().st_size for path in paths) / 1e6
    print(f"pull:       {ours['pull']:.0f} s for {size:.0f} MB; {2 * tasks / ours['pull']:.0f} tasks/s")
    print(f"            {ours['pull'] / ours['snapshot']:.2f} of the server's own snapshot ({ours['snapshot']:.0f} s)")
    print(f"            {ours['pull'] / ours['direct']:.2f} of its direct export ({ours['direct']:.0f} s)")
    print(f"memory beyond the documents: {', '.join(f'{name} {size:.0f} MB' for name, size in memory.items())}")


def verify(paths: list[Path], annotators: list[Annotator], tasks: int) -> None:
    for path, annotator in zip(paths, annotators, strict=True):
        count = 0
        with path.open("rb") as lines:
            for line in lines:
                if line[:1] == b"{":
                    task = orjson.loads(line.rstrip(b",\n"))
                    (annotation,) = task["annotations"]
                    assert annotation["completed_by"]["email"] == annotator.email
                    count += 1
        assert count == tasks, f"{path}: {count} tasks"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--sample", type=int, default=300, help="tasks that are made one by one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "studio").start(progress=print) as server:
        measure(server, arguments.tasks, min(arguments.sample, arguments.tasks), Path(folder))


if __name__ == "__main__":
    main()
