"""Where a programme's own text states a rule: the literal sentence that proves a field of its head.

The head says in a form that can be computed what the text says in a form that can be
quoted. A field without such a sentence proves nothing and is treated as unclear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.core.models import Claim, Passage
from assistant.core.quotes import german_sentences, quote
from assistant.core.sources import Purpose
from assistant.language.numbers import numbers_in

_HEADING_BONUS = 1.5
_NUMBER_BONUS = 2.0
_AVOIDED = 3.0


@dataclass(frozen=True, slots=True)
class QuotePattern:
    """What a sentence must hold: one of the ``words``, and of each group of ``numbers`` at least one.

    Sentences under a heading that matches ``headings`` come first. ``names`` are further words, taken literally;
    sentences that match ``avoid`` come last, if they count at all.
    """

    words: str
    headings: str = r"$^"
    numbers: tuple[frozenset[str], ...] = ()
    names: tuple[str, ...] = ()
    avoid: str = r"$^"


SIZE = QuotePattern(
    r"KMU|kleine[nr]? und mittlere|klein\w* (?:\w+ )?Unternehmen|kleine[nr]? (?:\w+ )?Betriebe|[Mm]ittelst[aä]nd|"
    r"Beschäftigt|Mitarbeite|Personen|Vollzeit|[Uu]msatz|[Bb]ilanz",
    r"Wer |Für wen|Welche Unternehmen",
)
SME = QuotePattern(
    r"KMU|[Kk]leine[nr]? und mittlere|[Mm]ittelst[aä]nd|klein\w* (?:\w+ )?Unternehmen",
    SIZE.headings,
    avoid=r"kein KMU|[Gg]rößere|Großunternehmen",
)
APPLICANTS = QuotePattern(
    r"Unternehmen|Firmen|Betrieb|KMU|Einzelperson|Beschäftigte|Träger|Netzwerk|Verbänd|Verein|Forschung|Start-?up|"
    r"Gründ|Hochschul|Kommun|Arbeitgeber|Freiberuf|Konsorti|Cluster",
    r"Wer (?:kann|darf|bekommt|erhält|nutzt)|Für wen|Welche (?:Betriebe|Unternehmen|Firmen)",
)
COOPERATION = QuotePattern(
    r"Verbund|Verbünd|Partner|[Kk]ooperation|[Kk]onsorti|[Gg]emeinsam|zusammen|Netzwerk|Forschungseinrichtung|Hochschul|"
    r"mindestens \w+ (?:\w+ )?(?:Unternehmen|Firmen|Betriebe|Länder)",
    r"Mit wem|Wer |Für wen|Was fördert",
)
PLACE = QuotePattern(r"", r"Wer |Für wen|Was fördert|Wo ")
AGE = QuotePattern(r"Jahr", r"Wer |Für wen")
SECTOR = QuotePattern(r"", r"Wer |Für wen")
PERIOD = QuotePattern(
    r"Antr[aä]g|Frist|Stichtag|Bewerb|Einreich|Aufruf|befristet|läuft|gilt|bis zum|Skizze|Ende |laufend",
    r"beantrag|Wie |Bis wann",
)
UNCONFIRMED = QuotePattern(
    r"[Ff]ragen Sie|erfragen|derzeit Anträge|prüfen|(?:sagt|nennt) Ihnen|erfahren Sie",
    r"beantrag|Bis wann|Worauf|Wann",
)
DEADLINE = QuotePattern(
    r"Frist|Stichtag|befristet|jederzeit|laufend|bis zum|bis Ende|bis \d|Ende \d{4}|Fenster|Aufruf|ausgelaufen|läuft",
    r"beantrag|Bis wann|Worauf",
)
LINKED = QuotePattern(r"verbundene Unternehmen|verbundenen Unternehmen|Partnerunternehmen", r"Zählen")
APPLICATION = QuotePattern(
    r"[Aa]ntr[aä]g|beantrag|einreich|[Pp]ortal|melde|registrier|wende|Hausbank|Skizze|Bewerb|Beratung|Formular",
    r"beantrag|Wie kommt|Wie kommen|Wie nutz|Wie bekomm|Wie mel|Wie erreich|Wo fragt|Wie bewirbt",
    avoid=r"\bkeine?n?\b|\bnicht\b|\bwaren?\b|\blief(?:en)?\b|wurden?\b",
)
CONTACT = QuotePattern(
    r"Kontakt|wend|Ansprech|erreich|anmeld|melde|Termin|Sprechstunde|Beratung|berät|kostenlos|kostenfrei",
    r"Wie |Wer |Was kostet",
)
ABROAD = QuotePattern(r"Ausland|ausländisch|international|Länder|Staaten|grenzüberschreitend|Europa", r"Mit wem|Wer ")
WITH_SME = QuotePattern(
    r"[Gg]roß|[Gg]röß|weitere|\d+ (?:und mehr )?Beschäftigte", r"Wer |Für wen|Mit wem", names=("KMU",)
)
EXCLUSION = QuotePattern(
    r"\bnicht\b|\bkeine?\w?\b|ausgeschlossen|ausgenommen|\bohne\b|außer|\bnur\b|\bstatt\b", r"fördert|Wer |bezahlt"
)
PURPOSES: Mapping[Purpose, QuotePattern] = {
    "invest": QuotePattern(
        r"invest|Anschaff|\bKauf|Maschine|Anlage|Hardware|Software|Ausstatt|Technik|Betriebsmittel|[Ee]inführ|Digitalisier"
    ),
    "develop": QuotePattern(r"entwickl|entwickel|Prototyp|[Ii]nnovati|Geschäftsmodell|[Ee]rprob|umsetz"),
    "research": QuotePattern(r"forsch|FuE|Wissenschaft|Studie"),
    "advice": QuotePattern(
        r"berat|Coaching|Analyse|begleit|Check|gespräch|Sprechstunde|Lots|Auskunft|informier|Hilfe|hilft|helfen|unterstütz"
    ),
    "training": QuotePattern(
        r"schul|[Ww]eiterbild|qualifi|Lehrg|\bKurs|[Aa]usbild|Workshop|Training|Semin|lern|Kompetenz"
    ),
    "network": QuotePattern(
        r"netz|Cluster|Partner|Austausch|Kooperation|Verbund|Verbünd|Datenr[aä]um|Plattform|Community|Mitglied"
    ),
    "equity": QuotePattern(r"Beteiligung|[Kk]apital|Investor|Finanzierung"),
    "protect_ip": QuotePattern(r"Patent|Schutzrecht|\bMarke|Gebrauchsmuster|Erfindung|Design"),
    "energy": QuotePattern(r"energie|Klima|CO2|Ressourcen|effizien"),
    "hire": QuotePattern(
        r"Lohn|Löhne|Gehalt|Gehälter|Entgelt|[Ee]instell|Personal|Assistent|Fachkr|Arbeitskr|Beschäftigte"
    ),
}
"""How texts say what a programme pays for or an offer helps with."""
MONEY = QuotePattern(r"", r"Wie viel|Wie hoch|Was zahlt|Was kostet|Konditionen")


def find_quote(passages: Sequence[Passage], pattern: QuotePattern, other_than: Claim | None = None) -> Claim | None:
    """The sentence that states the rule best, ``other_than`` one already used; ``None`` when no sentence states it."""
    best: tuple[float, Claim] | None = None
    for position, passage, sentence in german_sentences(passages):
        if other_than and sentence == other_than.quote:
            continue
        value = _value(sentence, passage, pattern)
        if value is not None and (best is None or value - position / 100 > best[0]):
            best = (value - position / 100, quote(sentence, passage))
    return best[1] if best else None


def cover_numbers(passages: Sequence[Passage], numbers: frozenset[str], most: int) -> tuple[Claim, ...]:
    """The fewest sentences that hold as many of the numbers as possible, in reading order."""
    chosen: list[tuple[int, Claim]] = []
    left = set(numbers)
    candidates = [candidate for candidate in german_sentences(passages) if numbers_in(candidate[2]) & left]
    while left and candidates and len(chosen) < most:
        position, passage, sentence = max(candidates, key=lambda candidate: _covered(candidate, left))
        if not numbers_in(sentence) & left:
            break
        left -= numbers_in(sentence)
        chosen.append((position, quote(sentence, passage)))
    return tuple(claim for _, claim in sorted(chosen, key=lambda positioned: positioned[0]))


def _covered(candidate: tuple[int, Passage, str], left: set[str]) -> tuple[int, bool, int]:
    """How many of the numbers a sentence holds; of equals those about money come first, then the earlier one."""
    position, passage, sentence = candidate
    return len(numbers_in(sentence) & left), _is_under(passage, MONEY.headings), -position


def _value(sentence: str, passage: Passage, pattern: QuotePattern) -> float | None:
    """How well a sentence states the rule; ``None`` where it lacks what the pattern demands."""
    numbers = numbers_in(sentence) if pattern.numbers else frozenset()
    groups = sum(bool(group & numbers) for group in pattern.numbers)
    if pattern.numbers and not groups:
        return None
    names = sum(name in sentence for name in pattern.names)
    if pattern.names and not names:
        return None
    words = len({word.lower() for word in re.findall(pattern.words, sentence, re.I)}) if pattern.words else 0
    if pattern.words and not words:
        return None
    value = _NUMBER_BONUS * groups + min(words, 3) + names + _HEADING_BONUS * _is_under(passage, pattern.headings)
    if not re.search(pattern.avoid, sentence):
        return value
    return value - _AVOIDED if value > _AVOIDED else None


def _is_under(passage: Passage, headings: str) -> bool:
    return any(re.search(headings, heading) for heading in passage.headings)
