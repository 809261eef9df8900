"""Puts the release into the wheel: `fogbank/release` there holds the files that SHA256SUMS lists, and the list.

So `fogbank.load` works without a checkout, and git keeps each file once; an editable installation reads the checkout.
All other settings stand in pyproject.toml.
"""

import shutil
from hashlib import sha256
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SUMS = "SHA256SUMS"


class BuildWithRelease(build_py):
    """Copies the release beside the modules, and refuses one that differs from its list."""

    def run(self) -> None:
        """Build the modules, then add the release."""
        super().run()
        if self.editable_mode:
            return
        release = Path(self.build_lib) / "fogbank" / "release"
        release.mkdir(parents=True, exist_ok=True)
        for line in (ROOT / SUMS).read_text(encoding="utf-8").splitlines():
            expected, path = line.split("  ", 1)
            if sha256((ROOT / path).read_bytes()).hexdigest() != expected:
                raise SystemExit(f"{path}: is not the file that {SUMS} lists; `fogbank build` brings both up to date")
            (release / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, release / path)
        shutil.copyfile(ROOT / SUMS, release / SUMS)


setup(cmdclass={"build_py": BuildWithRelease})
