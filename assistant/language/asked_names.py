"""Names in a question that decide what it asks for: of programmes, laws, standards, firms, institutions, people.

Found by their form alone, whether or not any source knows them. What visitors say of themselves ("unsere Firma
Huber GmbH", "bei uns in Kirchheim"), places, and names of the tools that they work with are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from assistant.core.models import Language
from assistant.language.lemmatizer import is_word, lemma
from assistant.language.named_entities import PART, TOKEN, is_spelt_as_name, is_unexplained
from assistant.language.sentence_splitter import split_sentences
from assistant.language.term_analyzer import split_compound

Form = Literal["marked", "quoted", "numbered", "firm", "law", "spelt", "word", "subject"]
"""How a name was recognised: after "Programm", in quotes, by a number, by a legal form, as a law, by its letters, as a
word of no dictionary, or as who does what is asked ("Haftet Siemens …?")."""

_NAME = r"[A-ZÄÖÜ0-9][\w@.&+’'-]*(?<!['’.])"
_STRONG = r"(?:[\w-]*[Pp]rogramm|Projekt|Förderlinie|namens|programme|program|scheme|called|named)"
_MARKER = r"""(?:\w*[Pp]rojekt|Initiative|\w*[Ww]ettbewerb|\w*[Rr]ichtlinie|Plattform|\w*[Ff]onds|
    Norm|Standard|Siegel|Label|\w*[Zz]entrum|Hub|Netzwerk|\w*[Vv]erordnung|Gesetz|\w*[Zz]uschuss|Förderung|Verband|
    standard|project|platform|initiative|regulation)"""
_ARTICLE = r"\b(?:der|die|das|dem|den|des|beim|vom|zum|zur|am|im)[ ]"
_MARKED = re.compile(
    rf"(?:(?<![\w-])(?P<strong>{_STRONG})|(?P<article>{_ARTICLE})?(?<![\w-]){_MARKER})[ ]"
    rf"(?P<name>{_NAME}(?:[ ]{_NAME}){{0,2}})", re.X
)  # fmt: skip
_MARKED_SMALL = re.compile(r"(?P<marker>[Pp]rogramm) (?P<name>[a-zäöüß][\w@-]{3,})")
_QUOTED = re.compile(r"[„“\"»«](?P<name>[^„“”\"»«]{2,60})[“”\"«»]")
_NUMBERED = re.compile(
    r"§+ ?\d+[a-z]?(?: (?:Abs|Absatz|Satz|Nr)\.? ?\d+)*(?: (?P<law>[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ]\w*(?: [IVX]+\b)?))?"
    r"|(?<![\w-])(?:DIN|EN|ISO|IEC|VDA|VDI|VDE|VDMA|DGUV|TRBS|RFC)(?:[ /-](?:SPEC|EN|ISO|IEC))*[ -]?\d{3,}(?:-\d+)*"
    r"|\((?:EU|EG|EC)\) ?(?:Nr\. ?|No\.? ?)?\d+/\d+|(?<![\d/])20\d\d/\d{3,4}(?![\d/])"
)
_LEGAL_FORMS = ("GmbH", "AG", "KG", "SE", "OHG", "GbR", "UG", "Ltd", "Inc", "Corp", "Holding")
_FIRM = re.compile(
    rf"(?!(?:[Uu]nser|[Mm]ein|[Oo]ur|[Mm]y)\w*\b){_NAME}(?: (?:&|und) {_NAME}| {_NAME}){{0,2}} "
    rf"(?:{'|'.join(_LEGAL_FORMS)})\b"
)
_LAW = re.compile(r"(?!Ausführung|Durchführung|Umsetzung|Begleit)[A-ZÄÖÜ]\w{9,}(?:gesetz|gesetzbuch)(?:e?s)?")
_MODAL = "[Dd]arf|[Mm]uss|[Kk]ann|[Ww]ill"
_BARE_SUBJECT = re.compile(
    rf"(?:(?:[Ww]as|[Ww]ann|[Ww]o|[Ww]ie viel) (?:[a-zäöüß]+t|{_MODAL})|[A-ZÄÖÜ][a-zäöüß]+t|{_MODAL}) "
    r"(?!Brüssel|Europa|Deutschland|Berlin)(?P<name>(?P<first>[A-ZÄÖÜ]\w{3,})(?: [A-ZÄÖÜ]\w+)?) "
)
# Before it stands what says that a name is the visitor's own, or that of somebody they deal with.
_COUNTERPARTS = (
    r"\w*(?:wettbewerber|konkurrent|kunde|partner|lieferant|zulieferer|abnehmer|nachbar|nachbarbetrieb|nachbarfirma"
    r"|competitor|customer|client|supplier)(?:en|in|n|s)?"
)
_OWN = re.compile(
    rf"\b(?:{_COUNTERPARTS}"
    r"|(?:unser\w*|mein\w*|our|my)(?: [\w’'-]+){0,2}"
    r"|(?:wir|ich|we|i)(?:,? (?:bei|von|sind|bin|die|der|at|are|am|from|the))+(?: [\w’'-]+)?"
    r"|bei uns(?: \w+)?) [„(\"]?$",
    re.I,
)
# Before it stands what says that a name is that of a place: "zwischen Ulm und Kempten", "near Koblenz".
_LOCAL = re.compile(
    r"\b(?:in|im|aus|nach|zwischen|um|Raum|Kreis|Landkreis|Region|Stadt|near|from|to|between)"
    r"(?: (?:der|den|dem|the|Bad|Sankt|St\.))*(?: [\w-]+,?){0,2}?(?: (?:und|oder|and|or))? ?$"
)
_AT = re.compile(r"\b(?:bei|an|am|at) (?:der )?$")
# Before it stands what says that a name is that of a tool in use.
_WITH = re.compile(r"\b(?:mit|in|über|via|per|auf|with|using|on|by|into)(?: \w+)? ?$")
_DERIVED = re.compile(r"(?:keits|heits|ungs|ions|täts|schafts|tums)$")
_PROFESSION = re.compile(r"[A-ZÄÖÜ]{2,5}(?:ler|er)(?:in|innen|n|s)?$")  # ITler, BWLer
_HEADED = re.compile(r" [A-ZÄÖÜ]\w+")  # what follows the first of a few key words
_LOOKS_BACK = 60  # characters before a name that tell what it is
MOST = 12  # names of one question; more are a list or an attack
_STARTS = (".", ":", "!", "?", "–", "(")


@dataclass(frozen=True, slots=True)
class AskedName:
    """A name in a question, ``start`` to ``end``, as written there."""

    start: int
    end: int
    text: str
    form: Form


def find_asked_names(question: str, language: Language) -> tuple[AskedName, ...]:
    """The names that decide what is asked, in order; where two overlap, the longer one."""
    asked = list(find_asking_spans(question))
    found = [name for name in _marked(question) if not _OWN.search(question[: name.start][-_LOOKS_BACK:])]
    for start, end in asked:
        found += _formed(question, start, end, language)
    chosen: list[AskedName] = []
    for name in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not any(name.start < other.end and other.start < name.end for other in chosen):
            chosen.append(name)
    return tuple(sorted(chosen, key=lambda one: one.start))[:MOST]


def find_asking_spans(question: str) -> Iterator[tuple[int, int]]:
    """Start and end of the sentences that ask; all of a text that has no question mark."""
    position = 0
    asks = "?" in question
    for sentence in split_sentences(question):
        start = question.find(sentence, position)
        position = start + len(sentence)
        if not asks or sentence.endswith("?"):
            yield start, position


def _marked(question: str) -> Iterator[AskedName]:
    """Names that stand out wherever they are said: after a word for what they are, in quotes, with a number."""
    for match in _MARKED.finditer(question):
        first, *more = match["name"].split()
        if match["strong"] or match["article"] or not _is_explained(first):
            name = " ".join((first, *takewhile(lambda word: not _is_explained(word), more)))
            yield AskedName(match.start("name"), match.start("name") + len(name), name, "marked")
    for match in _FIRM.finditer(question):
        if not _OWN.search(question[: match.end()].rsplit(" ", 2)[0][-_LOOKS_BACK:] + " "):
            yield AskedName(*match.span(), match[0], "firm")
    for match in _MARKED_SMALL.finditer(question):
        is_noun = match["marker"].islower() and is_word(match["name"].capitalize())
        if not is_word(match["name"]) and not is_noun:
            yield AskedName(*match.span("name"), match["name"], "marked")
    for match in _QUOTED.finditer(question):
        if any(word[0].isupper() or word[0].isdigit() for word in PART.findall(match["name"])):
            yield AskedName(*match.span("name"), match["name"], "quoted")
    yield from (AskedName(*match.span(), match[0], "numbered") for match in _NUMBERED.finditer(question))


def _formed(question: str, start: int, end: int, language: Language) -> Iterator[AskedName]:
    """Names that are recognised by their letters, within the sentence that asks."""
    for match in TOKEN.finditer(question, start, end):
        before, token = question[max(start, match.start() - _LOOKS_BACK) : match.start()], match[0]
        if token in _LEGAL_FORMS or _PROFESSION.match(token) or _OWN.search(before) or _WITH.search(before):
            continue
        if language == "de" and _LAW.fullmatch(token):
            yield AskedName(*match.span(), token, "law")
        elif any(map(is_spelt_as_name, PART.findall(token))):
            yield AskedName(*match.span(), token, "spelt")
        elif not (_LOCAL.search(before) or _AT.search(before)) and _is_proper(
            token, before, question[match.end() :], language
        ):
            yield AskedName(*match.span(), token, "word")
    subject = _BARE_SUBJECT.match(question, start)
    if language == "de" and "?" in question and subject and lemma(subject["first"]) == subject["first"]:
        yield AskedName(*subject.span("name"), subject["name"], "subject")


def _is_proper(token: str, before: str, after: str, language: Language) -> bool:
    """Whether a capitalised word can only be a name: no dictionary explains it, or English writes it so."""
    starts = not before.strip() or before.rstrip().endswith(_STARTS)
    if language == "en" and not starts and len(token) > 2:
        return token[0].isupper() and token != "Brussels"
    heads = not before.strip() and bool(_HEADED.match(after))
    return (
        (heads or not starts)
        and "-" not in token
        and is_unexplained(token, language, starts)
        and not _is_explained(token)
    )


def _is_explained(word: str) -> bool:
    """Whether a word can be a common noun of German: one of a dictionary, or loosely put together ("Zielzahl")."""
    if is_spelt_as_name(word) or not word[0].isupper():
        return False
    if is_word(word.lower()) or split_compound(word.lower()):
        return True
    cuts = range(3, len(word) - 3)
    return any(is_word(word[cut:].capitalize()) and _is_front(word[:cut]) for cut in cuts)


def _is_front(text: str) -> bool:
    """Whether a compound can begin so."""
    return bool(_DERIVED.search(text)) or any(
        is_word(form)
        for front in (text, text.removesuffix("s"), text.removesuffix("n"))
        for form in (front, front.lower())
    )
