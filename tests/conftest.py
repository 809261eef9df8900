"""What tests share: a browser, a data folder of Label Studio that is migrated already, and a real server that runs."""

import os
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A slow machine is no failure; what is timed is timed in benchmarks/.
settings.register_profile("fogbank", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fogbank")


# The files that take minutes, the longest first: spread over processes, whoever gets one last would end last.
SLOW = ("test_reproduction", "test_studio_postgres", "test_assistant", "test_wheel", "test_studio_survival")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files; the rest stays in order."""
    items.sort(key=lambda item: SLOW.index(item.path.stem) if item.path.stem in SLOW else len(SLOW))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; of a module and not of the session, as Playwright runs only once at a time in a process."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("needs Debian's chromium at /usr/bin/chromium")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A tab that may ask for files only, and in which nothing may fail, be refused or ask the reader anything."""
    opened = browser.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: wrong.append(request.url) if not request.url.startswith("file:") else None)
    opened.on("dialog", lambda dialog: wrong.append(dialog.message))
    yield opened
    opened.close()
    assert wrong == []


@pytest.fixture(scope="session")
def studio_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as a first start leaves it.

    Preparing one takes most of a minute, so it is kept beside pytest's own cache, one for each version.
    """
    try:
        name = f"label-studio-{version('label-studio')}"
    except PackageNotFoundError:
        pytest.skip("label-studio is not installed: pip install 'fogbank[studio]'")
    from fogbank.curate.studio.server import Server

    kept = request.config.cache.mkdir("studio") / name
    if not kept.exists():
        fresh = tmp_path_factory.mktemp("first-start") / name
        Server(fresh).start().stop()
        half = Path(shutil.copytree(fresh, kept.with_name(f"{name}.{os.getpid()}")))
        try:
            half.rename(kept)  # whole or not at all
        except OSError:  # another process of these tests was first
            shutil.rmtree(half)
    return kept


@pytest.fixture
def studio_folder(studio_template: Path, tmp_path: Path) -> Path:
    """A migrated data folder of the test's own, on which nothing runs yet."""
    return Path(shutil.copytree(studio_template, tmp_path / "studio"))


@pytest.fixture(scope="session")
def studio(studio_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A running `Server` that tests share; each uses project titles and annotators of its own."""
    from fogbank.curate.studio.server import Server

    folder = Path(shutil.copytree(studio_template, tmp_path_factory.mktemp("shared") / "studio"))
    with Server(folder) as server:
        yield server
