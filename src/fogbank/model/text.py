"""Text as FogBank keeps it: one normalisation, one digest, one idea of a word.

Conventions: a text is a `str`; every offset counts Unicode code points from 0; `start` is inclusive, `end` exclusive.
The only normalisation is `normalise`: UTF-8 (a byte order mark is dropped), NFC, and LF for every CR LF or CR.
Nothing else changes: no-break spaces, tabs, other line separators and trailing blanks stay.
"""

import hashlib
import re
import unicodedata

from fogbank.errors import DataError

_WORD = re.compile(r"\w+(?:[’'`.,\-–]\w+)*|[^\w\s]", re.UNICODE)
_LINE_END = re.compile("\r\n|\r")
# Control characters: no text needs them, JSON must escape them, and browsers treat each in its own way.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def normalise(raw: bytes, name: str) -> str:
    """Decode and normalise the bytes of the article `name`.

    Raises DataError where the bytes are no UTF-8, hold a control character, or hold no text at all.
    """
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: byte {error.start}: not UTF-8 ({error.reason}); save the article as UTF-8") from None
    text = unicodedata.normalize("NFC", _LINE_END.sub("\n", decoded))
    if control := _CONTROL.search(text):
        raise DataError(
            f"{name}: character {control.start()}: control character U+{ord(control[0]):04X}; expected text only"
        )
    if not text.strip():
        raise DataError(f"{name}: the file holds no text; expected an article")
    return text


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 form of a normalised text, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def tokens(text: str) -> list[tuple[int, int]]:
    """Offsets of the words and punctuation marks of `text`, in order.

    A word keeps inner apostrophes, hyphens and separators of numbers ("1,200", "Al-Asha's", "mid-March");
    anything else that is not white space is a token of one character.
    """
    return [match.span() for match in _WORD.finditer(text)]


def cuts_word(text: str, start: int, end: int) -> bool:
    """Whether a span's edge stands inside a run of letters and digits, as in "ministe|r"."""

    def joined(position: int) -> bool:
        return (
            0 < position < len(text)
            and (text[position - 1].isalnum() or unicodedata.category(text[position - 1]).startswith("M"))
            and (text[position].isalnum() or unicodedata.category(text[position]).startswith("M"))
        )

    return joined(start) or joined(end)


def find(text: str, quote: str) -> list[tuple[int, int]]:
    """Offsets of every occurrence of `quote` in `text` that cuts no word, in order; occurrences may overlap."""
    found: list[tuple[int, int]] = []
    at = text.find(quote) if quote else -1
    while at >= 0:
        if not cuts_word(text, at, at + len(quote)):
            found.append((at, at + len(quote)))
        at = text.find(quote, at + 1)
    return found
