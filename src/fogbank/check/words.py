"""What files may say of texts and words, for the fast verdict and the explaining rules alike."""

from collections.abc import Iterable

from fogbank.errors import DataError
from fogbank.model.text import cuts_word, normalise


def is_normalised(text: str) -> bool:
    """Whether a text is as FogBank stores texts: NFC, LF, no control characters, no byte order mark, not blank."""
    try:
        return normalise(text.encode(), "") == text
    except DataError:
        return False


def says(stated: str, words: str) -> bool:
    """Whether a region's stated words are these; Label Studio writes each line end as backslash and n."""
    return stated == words or stated == words.replace("\r", "\\n").replace("\n", "\\n")


def only_fit_utf16(text: str, places: Iterable[tuple[int, int]]) -> bool:
    """Whether offsets lie wrong in a text as code points but all lie right if they count UTF-16 units.

    A place lies right if it is in the text, cuts no word, and neither begins nor ends with white space.  Only a text
    with a character beyond U+FFFF tells the two apart.
    """
    if not text or max(text) <= "\uffff":
        return False
    code_points: dict[int, int] = {0: 0}
    units = 0
    for number, character in enumerate(text, start=1):
        units += 1 + (character > "\uffff")
        code_points[units] = number

    def fits(start: int, end: int) -> bool:
        words = text[start:end]
        return end <= len(text) and words == words.strip() and not cuts_word(text, start, end)

    held = list(places)
    if all(fits(*place) for place in held):
        return False
    read = [(code_points.get(start, -1), code_points.get(end, -1)) for start, end in held]
    return all(start >= 0 and end >= 0 and fits(start, end) for start, end in read)
