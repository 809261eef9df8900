"""Measure how fast `fogbank view` makes its pages, and how fast a browser shows and searches the list.

    pip install playwright
    python benchmarks/view_speed.py [--documents 1000] [--chromium /usr/bin/chromium]

The documents are those of the checkout, repeated under new ids with their versions and incidents.  Times in the browser
are the fastest of several loads; the first search also prepares the texts, later ones do not.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fogbank import find_corpus
from fogbank.publish.pages.view import Holding, Library, collect, write_view

LOADS = 5
SEARCHES = {"a word of few": "hospital convoy", "a word of most": "said", "nothing": "zzzz", "everything again": ""}
SEARCH = """(words) => {
  const start = performance.now();
  field.value = words; search(); document.body.offsetHeight;
  return performance.now() - start;
}"""


def repeated(library: Library, number: int) -> Library:
    """Give a library of so many documents."""
    holdings: list[Holding] = []
    incidents: dict[str, Mapping[str, Any]] = {}
    for place in range(number):
        one, turn = library.holdings[place % len(library.holdings)], place // len(library.holdings)
        incident = f"{one.incident}-{turn}"
        if one.incident in library.incidents:
            incidents[incident] = library.incidents[one.incident]
        name = f"{one.article.id}-{turn}"
        versions = {
            version: replace(
                d, id=name, dateline=d.dateline and replace(d.dateline, incident=incident)
            )
            for version, d in one.versions.items()
        }  # fmt: skip
        article = replace(one.article, id=name, incident=incident)
        holdings.append(replace(one, article=article, versions=versions))
    return Library(holdings, incidents, library.theatres)


def size(folder: Path) -> float:
    """Give the size of all files below a folder in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def show_in_browser(index: Path, chromium: str) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        painted: list[float] = []
        loaded: list[float] = []
        searched: dict[str, list[float]] = {name: [] for name in SEARCHES}
        for _ in range(LOADS):
            tab = browser.new_page()
            tab.goto(index.as_uri(), wait_until="load")
            tab.wait_for_timeout(300)
            painted.append(tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            loaded.append(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            for name, words in SEARCHES.items():
                searched[name].append(tab.evaluate(SEARCH, words))
            tab.close()
        print(f"first list painted after {min(painted):.0f} ms, page loaded after {min(loaded):.0f} ms")
        for name, times in searched.items():
            print(f"search for {name}: {min(times):.0f} ms")
        browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    library = repeated(collect(find_corpus()), asked.documents)
    with tempfile.TemporaryDirectory() as folder:
        start, used = time.perf_counter(), time.process_time()
        index = write_view(library, Path(folder) / "view")
        taken, used = time.perf_counter() - start, time.process_time() - used
        incidents = len(library.by_incident)
        print(f"{asked.documents:,} documents, {incidents:,} incidents: {taken:.1f} s, {used:.1f} s of one core")
        print(f"index {index.stat().st_size / 1e6:.1f} MB, all pages {size(index.parent):.0f} MB")
        show_in_browser(index, asked.chromium)
    return 0


if __name__ == "__main__":
    sys.exit(main())
