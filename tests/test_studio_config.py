"""The labeling config: complete, without clashes of keys, legible, and accepted by Label Studio's own reader."""

from xml.etree import ElementTree as ET

import pytest

from fogbank.curate.comparison import compare
from fogbank.curate.studio.config import choice_keys, instructions, label_config
from fogbank.curate.studio.disputes import render
from fogbank.model.document import Document, Relation, Span
from fogbank.model.regions import write_result
from fogbank.model.scheme import SCHEME

ROOT = ET.fromstring(label_config())
LABEL_STUDIO_OWN = {"u", "enter", "escape", "backspace", "delete", "space"}


def attributes(tag: str, key: str) -> list[str]:
    return [element.attrib[key] for element in ROOT.iter(tag)]


def test_every_label_relation_and_attribute_of_the_scheme_is_there_in_order() -> None:
    assert attributes("Label", "value") == list(SCHEME.label_names)
    assert attributes("Relation", "value") == list(SCHEME.relation_names)
    controls = [e for e in ROOT.iter() if e.get("perRegion") == "true"]
    assert [e.attrib["name"] for e in controls] == [a.name for a in SCHEME.attributes]
    for control, attribute in zip(controls, SCHEME.attributes, strict=True):
        assert set(control.attrib["whenLabelValue"].split(",")) == attribute.labels
        assert [e.attrib["value"] for e in control.iter("Choice")] == list(attribute.names)
        assert (control.get("required") == "true") is attribute.required


def test_no_key_is_used_twice_or_taken_from_label_studio() -> None:
    keys = attributes("Label", "hotkey") + attributes("Choice", "hotkey")
    assert len(keys) == len(set(keys)) == len(SCHEME.labels) + sum(len(a.values) for a in SCHEME.attributes)
    assert not LABEL_STUDIO_OWN & set(keys)
    assert not any("alt" in key or "ctrl" in key for key in keys)  # those are Label Studio's and the browser's


def test_what_must_be_chosen_has_a_key_with_shift() -> None:
    required = {a.name for a in SCHEME.attributes if a.required}
    assert all(key.startswith("shift+") for (name, _), key in choice_keys().items() if name in required)


def luminance(colour: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def over(colour: str, alpha: float, ground: list[float]) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [alpha * part + (1 - alpha) * under for part, under in zip(parts, ground, strict=True)]


def test_words_stay_legible_on_every_label_also_inside_a_content() -> None:
    """WCAG's 4.5 for dark text (#212121) on highlights as Label Studio paints them: the colour at 0.3 on white."""
    colours = dict(zip(attributes("Label", "value"), attributes("Label", "background"), strict=True))
    content = over(colours["CONTENT"], 0.3, [1.0, 1.0, 1.0])
    ink = luminance([0x21 / 255] * 3)
    for label, colour in colours.items():
        for ground in ([1.0, 1.0, 1.0], content):
            contrast = (luminance(over(colour, 0.3, ground)) + 0.05) / (ink + 0.05)
            assert contrast >= 4.5, f"{label}: {contrast:.1f}"


def test_the_same_scheme_gives_the_same_config() -> None:
    assert label_config() == label_config()
    assert label_config().endswith("</View>\n")


def test_instructions_name_every_label_attribute_and_relation_and_the_guidelines() -> None:
    shown = instructions()
    names = [*SCHEME.label_names, *SCHEME.attribute, *SCHEME.relation_names, "annotations/guidelines.md"]
    assert not [name for name in names if name not in shown]


DOCUMENT = Document(
    "kd-01-a",
    "Vera said at least 27 died on 4 May.",
    (
        Span("T1", 0, 4, "PERSON"),
        Span("T2", 5, 9, "CUE", {"stance": "asserts", "source_kind": "unnamed"}),
        Span("T3", 10, 21, "QUANTITY", {"modifier": "at_least", "value": 27}),
        Span("T4", 22, 26, "DEATH", {"status": "actual"}),
        Span("T5", 30, 35, "TIME", {"start": "2031-05-04", "end": "2031-05-04"}),
    ),
    (Relation("T2", "T1", "source"), Relation("T4", "T5", "time")),
)


def test_label_studios_own_reader_takes_the_config_and_our_results_and_refuses_a_wrong_one() -> None:
    interface = pytest.importorskip("label_studio_sdk.label_interface").LabelInterface(label_config())
    interface.validate()
    assert interface.validate_prediction({"result": write_result(DOCUMENT)}, return_errors=True) == []
    wrong = write_result(DOCUMENT)
    wrong[0]["value"]["labels"] = ["CITY"]
    assert interface.validate_prediction({"result": wrong}, return_errors=True)


def test_the_config_of_adjudication_has_a_column_of_differences_and_is_else_the_same() -> None:
    root = ET.fromstring(label_config(adjudication=True))
    [shown] = root.iter("HyperText")
    assert shown.attrib["value"].endswith("$differences")
    # the server asks every task for the first variable of a value, and that must be there before its list is
    assert shown.attrib["value"].index("$id") < shown.attrib["value"].index("$differences")
    assert not any(e.get("toName") == "differences" for e in root.iter())
    for tag in ("Label", "Relation", "Choice", "Choices", "Text", "Number", "TextArea"):
        assert [e.attrib for e in root.iter(tag)] == [e.attrib for e in ROOT.iter(tag)]
    assert instructions(adjudication=True).endswith(instructions())


HOSTILE = "<b>\"A\" & 'B'</b> <script>x</script>"


def test_words_of_a_text_are_escaped_in_the_list_of_differences() -> None:
    first = Document("d", HOSTILE + " end", (Span("T1", 0, len(HOSTILE), "OBJECT"),))
    html = render(compare(first, Document("d", first.text)), ("<ann>", "b&b"))
    shown = ET.fromstring(f"<x>{html}</x>")
    assert {element.tag for element in shown.iter()} == {"x", "h4", "div", "p", "i", "b"}
    assert f"<ann> OBJECT “{HOSTILE}”" in "".join(shown.itertext())
    assert "b&b nothing" in "".join(shown.itertext())


def test_versions_that_agree_have_no_differences_to_list() -> None:
    document = Document("d", "Hask fell.", (Span("T1", 0, 4, "PLACE"),))
    assert render(compare(document, document), ("a", "b")) == "<h4>No differences</h4>"
