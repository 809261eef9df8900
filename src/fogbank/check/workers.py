"""The fast verdict on all tasks of an export, by as many processes as there are cores.

Processes are forked, so they share the file's pages and nothing is copied to them; what they give back is a document id
for each clean task.  Where processes cannot be forked safely, or are not worth their start, one does all the work.
"""

import gc
import multiprocessing
import os
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import msgspec

from fogbank.check.verdict import clean_id
from fogbank.model.corpus import Article

_BATCH = 32
_WORTH_IT = 256
"""The least number of tasks that are worth starting processes for; they take about 20 ms to start."""


class _Shared:
    """What the processes inherit."""

    tasks: Sequence[msgspec.Raw] = ()
    articles: Mapping[str, Article] | None = None


def _share(tasks: Sequence[msgspec.Raw], articles: Mapping[str, Article] | None) -> None:
    _Shared.tasks, _Shared.articles = tasks, articles
    gc.disable()  # nothing here makes cycles, and what was inherited stays shared only if nobody looks at it


def _judge(first: int) -> list[str | None]:
    batch = _Shared.tasks[first : first + _BATCH]
    return [clean_id(bytes(memoryview(task)), _Shared.articles) for task in batch]


def cores() -> int:
    """Give the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def clean_ids(
    tasks: Sequence[msgspec.Raw], articles: Mapping[str, Article] | None, processes: int | None = None
) -> Iterator[str | None]:
    """Yield the verdict on each task in order (see `verdict.clean_id`); `processes` is by default one for each core."""
    processes = cores() if processes is None else processes
    is_safe = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    if processes < 2 or len(tasks) < _WORTH_IT or not is_safe or multiprocessing.current_process().daemon:
        for task in tasks:
            yield clean_id(bytes(memoryview(task)), articles)
        return
    given = 0
    context = multiprocessing.get_context("fork")
    executor = ProcessPoolExecutor(processes, context, _share, (tasks, articles))
    try:
        with warnings.catch_warnings():
            # Python warns of forking beside any thread, also NumPy's idle ones, which hold no lock that is used here.
            warnings.simplefilter("ignore", DeprecationWarning)
            batches = executor.map(_judge, range(0, len(tasks), _BATCH))
        for batch in batches:
            yield from batch
            given += len(batch)
    except BrokenProcessPool:  # a process was killed; no verdict is a no, and a no is asked again
        yield from [None] * (len(tasks) - given)
    finally:
        executor.shutdown(cancel_futures=True)
