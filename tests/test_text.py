import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fogbank.errors import DataError
from fogbank.model.text import cuts_word, digest, find, normalise, tokens


def test_normalisation_is_utf8_nfc_and_lf_and_nothing_else() -> None:
    raw = "\ufeffCafe\u0301\r\nsaid\rtwo\u00a0men \U0001f680\u2028\n".encode()
    assert normalise(raw, "a.txt") == "Caf\u00e9\nsaid\ntwo\u00a0men \U0001f680\u2028\n"


@given(st.text().filter(lambda text: text.strip()))
def test_normalising_twice_changes_nothing(text: str) -> None:
    try:
        once = normalise(text.encode(), "a.txt")
    except (DataError, UnicodeEncodeError):
        return
    assert normalise(once.encode(), "a.txt") == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"caf\xe9", "a.txt: byte 3: not UTF-8"),
        (b"one\x00two", "a.txt: character 3: control character U+0000"),
        (b" \n ", "a.txt: the file holds no text"),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(raw: bytes, message: str) -> None:
    with pytest.raises(DataError, match="^" + re.escape(message)):
        normalise(raw, "a.txt")


def test_the_digest_is_that_of_the_utf8_bytes() -> None:
    assert digest("caf\u00e9") == "850f7dc43910ff890f8879c0ed26fe697c93a067ad93a7d50f466a7028a9bf4e"


def test_a_quote_is_found_only_as_whole_words_and_by_code_points() -> None:
    text = "\U0001f680 he said the shelling, he said. Alpha’s Ukrainian-held"
    assert find(text, "he") == [(2, 4), (24, 26)]
    assert find(text, "Alpha") == [(33, 38)]
    assert find(text, "held") == [(51, 55)]
    assert find(text, "") == []
    assert find("blast", "las") == []


def test_an_edge_before_a_combining_mark_cuts_a_word() -> None:
    text = "q\u0323a"  # a letter that has no composed form
    assert cuts_word(text, 0, 1)
    assert not cuts_word(text, 0, 3)


def test_tokens_keep_numbers_hyphens_and_apostrophes_together() -> None:
    text = "At least 1,200 of Al-Asha’s men (“all”) fled."
    assert [text[a:b] for a, b in tokens(text)] == [
        "At", "least", "1,200", "of", "Al-Asha’s", "men", "(", "“", "all", "”", ")", "fled", ".",
    ]  # fmt: skip
