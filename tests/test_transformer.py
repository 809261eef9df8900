"""The transformer system: it learns, keeps to the scheme, is put away without pickle, and refuses what does not fit."""

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from baselines._checkpoint import Windows, word_vectors
from baselines._scorers import loss_of
from baselines._text import Reading
from baselines.transformer import System
from click.testing import CliRunner, Result
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import WordPieceTrainer
from torch import nn
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from transformers.modeling_outputs import BaseModelOutput

import fogbank
from fogbank import Article, Corpus, DataError, Document, FogbankError, Relation, Span, check_paths
from fogbank.check.files import check_file
from fogbank.check.rules import problems
from fogbank.check.validation import explain
from fogbank.cli import main
from fogbank.publish.systems.predictions import write_predictions
from fogbank.publish.systems.state import read_state, save_state

PUBLISHED = "2030-03-06T18:00"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def article(document: Document) -> Article:
    return Article(
        id=document.id, part="dispatches", published=PUBLISHED, sha256="0" * 64, licence="CC0-1.0", text=document.text
    )


def _document(name: str, text: str, spans: list[tuple[str, str]], links: list[tuple[int, str, int]]) -> Document:
    """Spans are quotes that stand once in the text, with their labels."""
    status, figure = {"status": "actual"}, {"modifier": "exact", "value": 27}
    attributes: dict[str, dict[str, Any]] = {"CUE": {"stance": "denies", "source_kind": "military"}, "QUANTITY": figure}
    made = []
    for number, (quote, label) in enumerate(spans):
        assert text.count(quote) == 1
        start = text.index(quote)
        held = attributes.get(label, status if fogbank.SCHEME.layer_of[label] == "event" else {})
        made.append(Span(f"T{number}", start, start + len(quote), label, held))
    relations = tuple(Relation(f"T{head}", f"T{tail}", label) for head, label, tail in links)
    return Document(name, text, tuple(made), relations).canonical()


@cache
def documents() -> tuple[Document, Document]:
    """Two reports with a span on a span's words, a span in a span of its layer, a long content and a cue inside one."""
    first = (
        "Shells struck Hask. 27 miners were killed, the Northern Guard denied, and no clinic, mill, store or bridge "
        "along the river was lost in that long and cold night. The guards left."
    )
    second = "Ilse Marrow of the Hask Mill Council said the mayor confirmed that smoke rose. The mayor fled."
    made = (
        _document(
            "kes-01-a",
            first,
            [
                ("struck", "STRIKE"), ("Hask", "PLACE"), ("27", "QUANTITY"), ("27 miners", "PEOPLE"),
                ("killed", "DEATH"),
                ("Northern Guard", "FORCE"), ("denied", "CUE"),
                (first[20 : first.index(". The")], "CONTENT"), ("The guards", "FORCE"),
            ],
            [(0, "affected", 1), (3, "quantity", 2), (4, "affected", 3), (0, "causes", 4), (6, "source", 5),
             (6, "content", 7), (8, "same", 5)],
        ),
        _document(
            "kes-02-a",
            second,
            [
                ("Ilse Marrow", "PERSON"), ("Hask Mill Council", "ORG"), ("Hask", "PLACE"), ("said", "CUE"),
                ("the mayor", "PERSON"), ("confirmed", "CUE"), ("the mayor confirmed that smoke rose", "CONTENT"),
                ("smoke rose", "CONTENT"), ("The mayor", "PERSON"), ("fled", "DISPLACE"),
            ],
            [(0, "member_of", 1), (3, "source", 0), (3, "content", 6), (5, "source", 4), (5, "content", 7),
             (8, "same", 4), (9, "affected", 8)],
        ),
    )  # fmt: skip
    assert [p for document in made for p in problems(document, document.id, prediction=True)] == []
    return made


def make_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    texts = [document.text or "" for document in documents()]
    tokenizer.train_from_iterator(texts, WordPieceTrainer(vocab_size=120, special_tokens=SPECIAL, show_progress=False))
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny tensors gain nothing from threads, and lose much where cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny encoder with random weights, kept as the Hub keeps one."""
    folder = tmp_path_factory.mktemp("checkpoint")
    with torch.random.fork_rng():
        torch.manual_seed(1)
        config = BertConfig(
            vocab_size=120, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
            max_position_embeddings=66,
        )  # fmt: skip
        BertModel(config).save_pretrained(folder)
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=make_tokenizer(), pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    return str(folder)


def train(checkpoint: str, epochs: int, gold: tuple[Document, ...]) -> System:
    rates = {"encoder_rate": 2e-3, "scorer_rate": 3e-3}
    system = System(model=checkpoint, epochs=epochs, batch=2, window=40, device="cpu", **rates)
    system.train([article(document) for document in gold], gold, seed=7)
    return system


@pytest.fixture(scope="module")
def trained(checkpoint: str) -> System:
    return train(checkpoint, 25, documents())


def test_it_learns_two_documents_by_heart(trained: System, tmp_path: Path) -> None:
    assert trained.losses[-1] < trained.losses[0] / 10
    predicted = [trained.predict(article(document)) for document in documents()]
    scores = fogbank.score(documents(), predicted, resamples=1).scores
    assert (scores["spans"]["all"].value or 0) > 0.9
    assert (scores["relations"]["all"].value or 0) > 0.9
    write_predictions(tmp_path / "p.jsonl", predicted)
    assert list(check_file(tmp_path / "p.jsonl")) == []
    figure = next(span for span in predicted[0].spans if span.label == "QUANTITY")
    assert dict(figure.attributes) == {"modifier": "exact", "value": 27}
    assert {span.attributes["stance"] for span in predicted[0].spans if span.label == "CUE"} == {"denies"}


def test_the_same_seed_gives_the_same_bytes_and_nothing_of_it_is_pickled(checkpoint: str, tmp_path: Path) -> None:
    before = torch.random.get_rng_state()
    for name in ("one", "two"):
        save_state(tmp_path / name, train(checkpoint, 2, documents()).state(), {"system": "transformer"})
    assert torch.equal(torch.random.get_rng_state(), before)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["model.json", "model.npz", "signature.json", "tokenizer.json", "weights.safetensors"]
    for name in files:
        content = (tmp_path / "one" / name).read_bytes()
        assert content == (tmp_path / "two" / name).read_bytes()
        if name.endswith(".json"):
            json.loads(content)


def test_a_restored_state_predicts_the_same_without_the_checkpoint(trained: System, tmp_path: Path) -> None:
    save_state(tmp_path, trained.state(), {})
    restored = System(model="a checkpoint that is nowhere", window=40, device="cpu")
    restored.restore(read_state(tmp_path))
    for document in documents():
        assert restored.predict(article(document)) == trained.predict(article(document))


def test_a_state_whose_parts_do_not_fit_is_refused(trained: System) -> None:
    state: dict[str, Any] = dict(trained.state())
    wider = {**state["config"], "hidden_size": 64}
    broken: dict[str, dict[str, Any]] = {
        "do not fit the saved config": {"config": wider},
        "describes no encoder": {"config": {**wider, "model_type": "no-such-family"}},
        "is not whole": {"weights.safetensors": b"\x80\x04\x95pickled"},
        "tokenizer cannot be read": {"tokenizer.json": b"{}"},
    }
    for message, change in broken.items():
        with pytest.raises(DataError, match=message):
            System(device="cpu").restore({**state, **change})
    with pytest.raises(DataError, match="not whole"):
        System(device="cpu").restore({"config": {}, "losses": []})
    with pytest.raises(FogbankError, match="neither trained nor restored"):
        System(device="cpu").predict(article(documents()[0]))


def test_what_cannot_be_fine_tuned_is_refused(checkpoint: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5", "is_encoder_decoder": True}))
    shutil.copy(Path(checkpoint) / "tokenizer.json", tmp_path)
    shutil.copy(Path(checkpoint) / "tokenizer_config.json", tmp_path)
    refused = {
        "cannot be read": System(model=str(tmp_path / "nowhere"), device="cpu"),
        "wider than model": System(model=checkpoint, window=65, device="cpu"),
        "no room for words": System(model=checkpoint, window=3, device="cpu"),
        "is no encoder": System(model=str(tmp_path), device="cpu"),
    }
    for message, system in refused.items():
        with pytest.raises(FogbankError, match=message):
            system.train([], [], seed=7)
    with pytest.raises(FogbankError, match="device 'abacus' cannot be used"):
        System(device="abacus")


AWKWARD = (
    "",
    " \n\n ",
    "said",
    "“",
    "\u200b",
    "😀 said 🧨💥: “12 miners were killed,” 😀.",
    "x\u0301said e\u0301\u0301 12\u0301 Hask\u0327ed said\u200b killed",
    "said " * 120,
    ("Ilse Marrow said 27 miners were killed. " * 8 + "\n\n") * 3,
)


def test_predictions_for_awkward_texts_have_no_problems(checkpoint: str, trained: System) -> None:
    hasty = train(checkpoint, 1, documents())
    for system, text in product((hasty, trained), AWKWARD):
        predicted = system.predict(article(Document("odd-01-a", text)))
        assert [str(p) for p in problems(predicted, "p", prediction=True)] == []
        assert (predicted.id, predicted.text) == ("odd-01-a", text)


def test_with_nothing_to_learn_from_it_still_predicts(checkpoint: str) -> None:
    for gold in ((), (Document("kes-03-a", ""),), (Document("kes-03-a", "Ilse Marrow fled."),)):
        predicted = train(checkpoint, 1, gold).predict(article(Document("kes-04-a", "Dace Oreth said so.")))
        assert list(problems(predicted, "p", prediction=True)) == []


class _Echo(nn.Module):
    """An encoder whose vectors are the subwords themselves and how many its window holds before and behind them."""

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> BaseModelOutput:
        before = attention_mask.cumsum(1)
        behind = attention_mask.sum(1, keepdim=True) - before
        return BaseModelOutput(last_hidden_state=torch.stack([input_ids, before, behind], dim=-1))


def test_each_word_takes_its_own_first_subword_from_the_window_in_whose_middle_it_stands() -> None:
    tokenizer = make_tokenizer()
    for size, text in ((2, "Hask"), (12, documents()[0].text or ""), (40, "".join(d.text or "" for d in documents()))):
        windows, reading = Windows(tokenizer, size + 2), Reading.of(article(Document("kes-05-a", text)))
        encoded = windows.encode(reading)
        assert encoded is not None
        found = word_vectors(_Echo(), encoded, torch.device("cpu")).tolist()
        whole = tokenizer.encode(text, add_special_tokens=False)
        assert len(found) == len(reading.words)
        for (start, _), (subword, before, behind) in zip(reading.offsets, found, strict=True):
            at = next(n for n, (_, end) in enumerate(whole.offsets) if end > start)
            assert subword == whole.ids[at]
            room = min(at + 1, len(whole.ids) - at, size // 4)  # on each side, as far as the text goes
            assert min(before, behind) >= room


def test_the_loss_falls_to_nothing_where_all_that_holds_is_above_zero_and_all_else_below() -> None:
    holds = torch.tensor([[True, False, True, False], [False, False, False, False]])
    right = torch.where(holds, 30.0, -30.0)
    assert loss_of(right, holds).max() < 1e-6
    assert (loss_of(-right, holds) > 29).all()
    uncounted = torch.tensor([[False, True, True, True], [True, True, True, True]])
    assert loss_of(torch.where(uncounted, right, -right), holds, uncounted).max() < 1e-6


def _some(load: Callable[[str, Corpus], list[Any]], split: str, corpus: Corpus) -> list[Any]:
    return load(split, corpus)[:1]


def test_the_commands_take_its_settings_and_describe_what_it_is(
    checkpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fogbank.publish.systems.training.model_folder", lambda _corpus, name: tmp_path / name)
    for name in (
        "publish.systems.training.load",
        "publish.systems.training.load_articles",
        "cli.systems.load_articles",
    ):
        monkeypatch.setattr(f"fogbank.{name}", partial(_some, getattr(fogbank, name.rpartition(".")[2])))
    output = tmp_path / "p.jsonl"
    wanted = {"model": checkpoint, "epochs": "1", "window": "40", "device": "cpu"}

    def run(verb: str, *words: str, **settings: str) -> Result:
        pairs = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        return CliRunner().invoke(main, [verb, "transformer", *words, *pairs])

    to = ("--split", "validation", "-o", str(output))
    assert "no setting 'colour'; expected one of model, epochs" in run("train", colour="red").output
    assert "'many'; expected a int" in run("train", epochs="many").output
    trained = run("train", **wanted)
    assert trained.exit_code == 0, trained.output
    assert run("predict", *to, device="cpu").exit_code == 0
    assert list(check_paths([output], fogbank.find_corpus())) == []
    described = tomllib.loads(output.with_suffix(".toml").read_text())
    assert (described["model"], described["language_model"]) == (checkpoint, True)
    assert list(explain("description", {**described, "date": str(described["date"])}, "d")) == []
    refused = run("predict", *to, epochs="2")
    assert refused.exit_code == 2
    assert "trained under other conditions (settings" in refused.output
