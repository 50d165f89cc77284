"""The values that travel from stage to stage; all frozen, none holds a connection or a model."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from assistant.core.sources import SourceMetadata

Language = Literal["de", "en"]
Kind = Literal["position_paper", "funding", "support", "cooperation", "literature", "document", "guide"]
KINDS: tuple[Kind, ...] = ("position_paper", "cooperation", "support", "funding", "literature", "document", "guide")
Status = Literal["answered", "no_source", "off_topic", "unproven", "unavailable"]
Mode = Literal["extractive", "model"]
MAXIMUM_SOURCES = 10
"""So many sources of an answer are told to a later turn of the conversation."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text under one heading (of one page, where the document has pages)."""

    headings: tuple[str, ...]
    text: str
    language: Language = "de"
    page: int | None = None
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a guide and what is to prove it: ids of cards, or ``card#section``."""

    sentence: str
    language: Language
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementProof:
    """A sentence of a guide that its cards prove: ``quotes`` pair the id of a passage with a literal stretch of it."""

    sentence: str
    language: Language
    quotes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Unproven:
    """A sentence that its cards do not prove: why, and the sentence of theirs that is nearest to it."""

    sentence: str
    reason: str
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One knowledge file or added document: its checked head and its text in sections.

    ``statements`` are the sentences of a guide with their references, in reading order.
    """

    source: SourceMetadata
    kind: Kind
    sections: tuple[Section, ...]
    fingerprint: str
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is embedded, ranked and cited.

    ``sentences`` are literal, consecutive substrings of ``text``.
    """

    id: str
    document_id: str
    kind: Kind
    title: str
    section: str
    headings: tuple[str, ...]
    text: str
    sentences: tuple[str, ...]
    language: Language = "de"
    page: int | None = None
    generated: bool = False

    @property
    def header(self) -> str:
        """Title and headings, put in front of the text when it is embedded."""
        return " › ".join(dict.fromkeys((self.title, *self.headings)))


@dataclass(frozen=True, slots=True)
class Reading:
    """How well a passage and each of its sentences answer a question, as logits.

    A sentence that was not read, because it is blank or did not fit any more, has ``None``.
    """

    passage: float
    sentences: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage with its score and the cosine of each of its sentences to the question.

    ``first_sentence`` is the position of its first sentence among all sentences of the index; ``reading`` is what the
    reader made of it, where it was read.
    """

    passage: Passage
    score: float
    first_sentence: int
    sentence_scores: tuple[float, ...]
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer and the quote that carries it."""

    text: str
    quote: str
    passage: Passage
    score: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A question as it was understood: language, stand-alone form, and whether it is one.

    A follow-up has a ``subject``, the question that it leans on, and a ``context``, what was answered to it.
    ``earlier`` are all turns of the visitor before it, newest first, whether it leans on them or not; ``subjects`` are
    ids of what the last answer with sources cited, most important first. ``english_only``: the visitor asked for the
    answer in English, in whatever language the question is.
    """

    question: str
    standalone: str
    language: Language
    is_question: bool = True
    is_follow_up: bool = False
    subject: str = ""
    context: str = ""
    area: Kind | None = None
    earlier: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    english_only: bool = False


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """What retrieval found and whether it is enough to answer from.

    ``floor`` is the signal that foreign questions reach on this index; a sentence below it proves nothing.
    ``by_words``: vectors could not be used, so nothing can be said about what was not found.
    ``ranked`` and the verdict are about cards; passages of ``guides`` are ranked by themselves.
    """

    ranked: tuple[ScoredPassage, ...]
    sufficiency: Literal["enough", "weak", "none", "off_topic"]
    signal: float
    sentence_threshold: float
    lexical_only: bool = False
    guides: tuple[ScoredPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of the conversation, as plain text that is data and never instruction.

    ``sources`` are ids of what an answer cited, most important first; what is not indexed is ignored.
    """

    role: Literal["user", "assistant"]
    content: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered reference: ``quote`` occurs literally in the indexed source."""

    number: int
    id: str
    kind: Kind
    title: str
    section: str
    page: int | None
    url: str | None
    as_of: str | None
    status: str | None
    verify: bool
    quote: str
    passage: str
    score: float


@dataclass(frozen=True, slots=True)
class GenerationStats:
    """How a language model's answer went: sentences as written, replaced by a quote, dropped; why it broke off."""

    shown: int = 0
    replaced: int = 0
    dropped: int = 0
    failure: str | None = None

    def counting(self, outcome: str) -> GenerationStats:
        """The same with one more sentence ``shown``, ``replaced`` or ``dropped``."""
        return replace(self, **{outcome: getattr(self, outcome) + 1})


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a question; a refusal is an outcome like any other.

    ``guide`` is the id of the guide that was shown whole; its citations are the cards that prove it.
    ``choices`` are questions to choose from where it asks back.
    ``missing`` are things that the question names and no source answers, in the visitor's own words; ``note`` is one
    line on date and state of the cited sources; ``considered`` is what was understood of the visitor's firm.
    """

    question: str
    standalone_question: str
    language: Language
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    mode: Mode = "extractive"
    model: str | None = None
    ai_generated: bool = False
    guide: str | None = None
    caution: Literal["weak_evidence"] | None = None
    missing: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    note: str | None = None
    considered: dict[str, str | int] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    stats: GenerationStats | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the guide and the cards that it rests on, as a later turn of the conversation names them."""
        named = (self.guide, *(citation.id for citation in self.citations))
        return tuple(dict.fromkeys(name for name in named if name))[:MAXIMUM_SOURCES]

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data, in the order of the contract; how a model's text fared stays inside."""
        data = asdict(self)
        del data["stats"]
        return data


@dataclass(frozen=True, slots=True)
class AnswerDelta:
    """Text to append to what is shown already, and all citations so far."""

    text: str
    citations: tuple[Citation, ...] = ()
