"""What a Label Studio export may say of texts and words, for the fast verdict and the explaining rules alike."""

from fogbank.errors import DataError
from fogbank.model.text import normalise


def is_normalised(text: str) -> bool:
    """Whether a text is as FogBank stores texts: NFC, LF, no control characters, no byte order mark, not blank."""
    try:
        return normalise(text.encode(), "") == text
    except DataError:
        return False


def says(stated: str, words: str) -> bool:
    """Whether a region's stated words are these; Label Studio writes each line end as backslash and n."""
    return stated == words or stated == words.replace("\r", "\\n").replace("\n", "\\n")
