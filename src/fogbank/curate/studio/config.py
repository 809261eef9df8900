"""The labeling config of Label Studio and the instructions beside it, made from the scheme: what annotators see.

Controls are named as `fogbank.model.regions` reads them: spans come from `label` on the object `text`, and every
attribute has a control of its own name, shown for a selected span of a label that carries it.  A required attribute
must be chosen before Label Studio takes the annotation; it has no defaults for spans.

Keys are Label Studio's names for them.  No two labels or choices share one, every choice has one (else Label Studio
would give it a letter of its own choosing), and Label Studio's own (u, Enter, Escape, Alt+R …) are left to it.
"""

import string
from collections.abc import Iterable, Mapping
from html import escape
from xml.etree import ElementTree as ET

from fogbank.curate.studio.markup import to_html
from fogbank.model.guidelines import Guidelines
from fogbank.model.regions import LABEL_CONTROL, TEXT_OBJECT
from fogbank.model.scheme import SCHEME, Attribute

DIFFERENCES = "differences"
"""The name under which a task of an adjudication round holds what its column shows."""
_OWN_KEYS = frozenset("u")
# The bar of labels stays above the text and the attributes of the selected span below it, so that the text never moves.
# Resize handles stay hidden, as Chromium has them: dragging one is off by one for each astral character before it.
_STYLE = """
.lsf-htx-richtext { line-height: 2.8 !important; font-size: 17px; max-width: 80ch; padding-bottom: 2em; }
.bar, .panel { position: sticky; z-index: 200; background: var(--color-neutral-background, #fff); }
.bar { top: 0; padding-bottom: 4px; border-bottom: 1px solid #ccc; }
.bar .lsf-labels { margin: 0; }
.panel { bottom: 0; display: flex; flex-wrap: wrap; column-gap: 2em; }
.group { display: flex; align-items: baseline; margin-top: 4px; }
.panel .group { padding-top: 4px; }
.group h4 { margin: 0 !important; width: 6.5em; flex: none; font-size: 13px; color: #666; }
.keys { display: flex; flex-wrap: wrap; gap: 4px; }
.keys .lsf-label { margin: 0 !important; }
.panel .lsf-choices { display: flex; flex-wrap: wrap; margin: 0; }
.panel .lsf-choice { margin: 0; font-weight: normal; }
.panel .ant-form-item { margin: 0; }
.panel input[type=text] { width: 15em; }
.published h4 { margin: -6px 0 0 !important; font-size: 14px; color: #666; }
.lsf-modal-ls__body h1, .lsf-modal-ls__body h2 { margin: 1.2em 0 .4em; }
.lsf-modal-ls__body h3, .lsf-modal-ls__body h4 { margin: 1em 0 .3em; }
.lsf-modal-ls__body li { margin: .3em 0 .3em 1.2em; }
.lsf-modal-ls__body ul { list-style: disc; }
.lsf-modal-ls__body td, .lsf-modal-ls__body th { padding: 2px 1em 2px 0; text-align: left; vertical-align: top; }
.relations-overlay { opacity: .4; z-index: 5 !important; }
"""


_ADJUDICATION_STYLE = """
.columns { display: flex; gap: 1.5em; align-items: flex-start; }
.article { flex: 1 1 auto; min-width: 0; }
.differences { flex: 0 0 21em; position: sticky; top: 170px; max-height: calc(100vh - 330px); overflow-y: auto; }
.differences .lsf-htx-richtext { line-height: 1.35 !important; font-size: 13px; padding: 0 .8em; }
.differences .lsf-htx-richtext div { border-top: 1px solid #ccc; padding: .5em 0; }
.differences .lsf-htx-richtext p { margin: 0 0 .2em; }
.differences .lsf-htx-richtext i { color: #666; font-style: normal; }
"""


def label_config(*, adjudication: bool = False) -> str:
    """Give the config as indented XML; the same scheme gives the same characters.

    `adjudication`: with a column beside the article that shows the task's `differences` (HTML).
    """
    root = ET.Element("View")
    _add(root, "Style").text = _STYLE + (_ADJUDICATION_STYLE.lstrip() if adjudication else "")
    bar = _add(root, "View", className="bar")
    labels = _add(bar, "Labels", name=LABEL_CONTROL, toName=TEXT_OBJECT, showInline="true")
    for layer in SCHEME.layers:
        group = _add(labels, "View", className="group")
        _add(group, "Header", value=layer.title, size="6")
        row = _add(group, "View", className="keys")
        for label in SCHEME.labels:
            if label.layer == layer.name:
                _add(row, "Label", value=label.name, hotkey=label.hotkey, background=label.colour, hint=label.gloss)
    relations = _add(root, "Relations", choice="single")
    for relation in SCHEME.relations:
        _add(relations, "Relation", value=relation.name)
    columns = _add(root, "View", className="columns") if adjudication else None
    article = root if columns is None else _add(columns, "View", className="article")
    _add(article, "Header", value="$title", size="4")
    _add(_add(article, "View", className="published"), "Header", value="$published", size="6")
    _add(article, "Text", name=TEXT_OBJECT, value="$text", granularity="symbol", showLabels="true")
    if columns is not None:
        shown = _add(columns, "View", className="differences")
        # The server refuses tasks without the first variable of a value, no other: a task is there before its list.
        _add(shown, "HyperText", name=DIFFERENCES, value=f"<i>$id</i>${DIFFERENCES}", inline="true")
    panel = _add(root, "View", className="panel", visibleWhen="region-selected")
    keys = choice_keys()
    for attribute in SCHEME.attributes:
        _add_attribute(panel, attribute, keys)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def choice_keys() -> Mapping[tuple[str, str], str]:
    """Give the key of every `(attribute, value)`: Shift with a letter of its name, else any that is free.

    What must be chosen chooses first.
    """
    taken = {label.hotkey for label in SCHEME.labels} | _OWN_KEYS
    plain = string.ascii_lowercase + string.digits
    free = [f"shift+{key}" for key in plain] + [key for key in (*plain, "-", "=") if key not in taken]
    found: dict[tuple[str, str], str] = {}
    for attribute in sorted(SCHEME.attributes, key=lambda attribute: not attribute.required):
        for value in attribute.values:
            key = next((key for key in (f"shift+{letter}" for letter in value.name) if key in free), free[0])
            free.remove(key)
            found[attribute.name, value.name] = key
    return found


def _add_attribute(panel: ET.Element, attribute: Attribute, keys: Mapping[tuple[str, str], str]) -> None:
    shown = {"whenLabelValue": ",".join(name for name in SCHEME.label_names if name in attribute.labels)}
    common = {"name": attribute.name, "toName": TEXT_OBJECT, "perRegion": "true", **shown}
    if attribute.required:
        common |= {"required": "true", "requiredMessage": f"Choose the {attribute.name} of the selected span."}
    group = _add(panel, "View", className="group", visibleWhen="region-selected", **shown)
    _add(group, "Header", value=attribute.name, size="6")
    if attribute.type == "choice":
        choices = _add(group, "Choices", **common, choice="single-radio", showInline="true")
        for value in attribute.values:
            _add(choices, "Choice", value=value.name, hotkey=keys[attribute.name, value.name], hint=value.gloss)
    elif attribute.type == "number":
        _add(group, "Number", **common, min="0", step="1")
    else:
        form = "P3D or PT40M" if attribute.type == "duration" else "YYYY-MM-DD or …THH:MM"
        _add(group, "TextArea", **common, maxSubmissions="1", rows="1", editable="true", placeholder=form)


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


_WORK = """
<p><b>How to work here.</b> {rules} (scheme {version}).</p>
<ul>
<li><b>Mark a span:</b> press the key of its label, then drag over the words.</li>
<li><b>Give it attributes:</b> click the span and choose below the text; <b>u</b> lets go of it. While a span is
selected, the key of a label changes its label. The sliders at the bottom have “Select region after creating it”, which
saves the click.</li>
<li><b>Join two spans:</b> click the head, press <b>Alt+R</b>, click the tail; then choose the type in the tab
Relations. The arrow there turns the relation round. Two spans are joined once in each direction.</li>
<li><b>A span of the wrong length</b> is deleted (Backspace) and drawn again.</li>
<li>The eye in the tab Relations hides all lines. <b>Ctrl+Enter</b> submits.</li>
</ul>
"""


_ADJUDICATION = """
<p><b>Adjudication.</b> What you submit is gold. Open a task from the list; the tabs above the labels are your own work,
in which what both annotators agreed on is filled in, and either annotator's version (should a tab be missing, open the
task again).</p>
<ul>
<li>The column beside the text lists what they differ on: spans, then attributes, then relations. Settle each: draw or
choose what is right, or do nothing where the text shall stay unmarked. You may also change what they agreed on; it is
reported.</li>
<li><b>Take over a span with its attributes:</b> in the annotator's tab click it and press <b>Ctrl+C</b>, in your own
tab <b>Ctrl+V</b>. Relations are drawn.</li>
<li>An attribute that must be chosen and is in dispute is empty: Label Studio asks for it before it submits.</li>
</ul>
"""


def instructions(guidelines: Guidelines | None = None, *, adjudication: bool = False) -> str:
    """Give the HTML behind the button Instructions: how to work, and the guidelines to the last case.

    Without guidelines (they stand in a checkout, not in the package) the scheme's own words on labels, attributes and
    relations take their place.
    """
    parts = [_ADJUDICATION.strip()] if adjudication else []
    if guidelines is not None:
        work = _WORK.format(version=escape(SCHEME.version), rules="The guidelines follow below")
        return "\n".join([*parts, work.strip(), to_html(guidelines.text)]) + "\n"
    rules = "The rules are in annotations/guidelines.md of the corpus; below is what can be marked"
    parts.append(_WORK.format(version=escape(SCHEME.version), rules=rules).strip())
    for layer in SCHEME.layers:
        rows = [(label.name, label.gloss) for label in SCHEME.labels if label.layer == layer.name]
        parts.append(_table(f"{layer.title}: {layer.gloss}", rows))
    for attribute in SCHEME.attributes:
        parts.append(_table(f"{attribute.name}: {attribute.gloss}", attribute.values))
    parts.append(_table("Relations, from head to tail", [(rel.name, rel.gloss) for rel in SCHEME.relations]))
    return "\n".join(parts) + "\n"


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"<h4>{escape(title)}</h4>"]
    if cells := [f"<tr><td><b>{escape(name)}</b></td><td>{escape(gloss)}</td></tr>" for name, gloss in rows]:
        lines += ["<table><tbody>", *cells, "</tbody></table>"]  # the server would add the body
    return "\n".join(lines)
