"""Whether a clause says yes or no, and how strongly: negation and modality, German and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from assistant.language.lemmatizer import lemma


class Marker(StrEnum):
    """What a marker does to the statement around it."""

    NO = "no"
    SOFT_NO = "soft_no"
    CAN = "can"
    USUALLY = "usually"
    PLANNED = "planned"
    UNSURE = "unsure"
    MUST = "must"
    DUTY = "duty"
    DUE = "due"
    ENDED = "ended"
    BECAUSE = "because"
    ALL = "all"
    ONLY = "only"


_ENDING = r"(?:e[nmrs]?)?"
_FORMS: dict[Marker, str] = {
    Marker.NO: rf"""nicht|kein{_ENDING}|ohne|nie|niemals|weder|nirgends|unzulässig{_ENDING}|verboten{_ENDING}|untersagt
        |ausgeschlossen{_ENDING}|ausgenommen{_ENDING}|gesperrt{_ENDING}|verneint|barred|not|no|never|without|neither|nor|none|\w+n't
        |\w+n’t|cannot|prohibited|forbidden|banned|excluded|exempted""",
    Marker.SOFT_NO: r"""entfällt|entfallen|fehl(?:t|en|te|ten|ende[nrs]?)|ausgelaufen|beendet|ende(?:t|te|ten)
        |abgelaufen|eingestellt|erst|nur|ausschließlich|lediglich|verdrängt|ablauf
        |un(?!ter|abhäng|gefähr|d\b|s\b|s[er])\w{5,}|entbehrlich|frei(?:gestellt)?\svon|lacks?|lacking
        |missing|closed|expired|ended|ceased|only|solely|before|unless|void|invalid|ineligible|inadmissible
        |impossible|un(?!i|der|ter|til|abhäng|gefähr)\w{6,}|free\sof|statt|anstatt|anstelle|instead\sof
        |rather\sthan""",
    Marker.ENDED: r"""nicht\smehr|keine?[nrms]?\s(?:\w+\s){0,2}mehr|nicht\slänger|endete|beendet|ausgelaufen|abgelaufen
        |eingestellt|ersetzt|abgelöst|aufgehoben|früher|bis\s(?:ende|zum)|no\slonger
        |not\s(?:\w+\s){0,2}any\s?more|ended|expired|closed|replaced|ceased|former(?:ly)?|until""",
    Marker.BECAUSE: r"""weil|dadurch|deshalb|daher|deswegen|folglich|somit|aufgrund|wegen|infolge|dank|da\ssie|da\ses
        |ermöglicht|führt\szu|because|therefore|thus|hence|since\sthey|as\sa\sresult|due\sto|thanks\sto
        |so\sthat""",
    Marker.DUTY: r"""verpflichte\w*|pflicht\w*|vorgeschrieben\w*|gesetzlich\w*|zwingend\w*|mandatory|obliged|obligat\w+
        |by\slaw|legally|compulsory""",
    Marker.DUE: r"""frist\w*|\w+frist|fällig|anforderung\w*|einzuhalten|vorzulegen|einzureichen|vorher|deadline
        |due|by""",
    Marker.CAN: rf"""kann|(?-i:können)|könnten?|konnten?|darf|dürfen|dürften?|möglich{_ENDING}|möglicherweise|vielleicht
        |eventuell|gegebenenfalls|ggf|unter\sumständen|lässt\ssich|lassen\ssich|erlaubt|zulässig|gestattet
        |berechtigt|antragsberechtigt|offen|steht\soffen|denkbar|infrage|in\sfrage|anspruch|auf\santrag
        |freiwillig|drohen|droht|may|might|can|could|possibl[ye]|perhaps|allowed|permitted|eligible
        |optional(?:ly)?|open\sto|able\sto""",
    Marker.USUALLY: rf"""in\sder\sregel|regelmäßig|meist|meistens|häufig|oft|oftmals|normalerweise|üblich{_ENDING}
        |üblicherweise|grundsätzlich|im\sregelfall|typischerweise|teils|teilweise|manchmal|manche[rns]?
        |einige|viele|überwiegend|nicht\sselten|vor\sallem|insbesondere|die\smeisten|den\smeisten
        |der\smeisten|mehrheitlich|gelegentlich|mitunter|schwer|kaum|faustregel|orientierung|tendenziell
        |usually|generally|often|mostly|typically|normally|frequently|sometimes|some|many|most|partly|mainly
        |rule\sof\sthumb|as\sa\srule|quite\soften|hardly|difficult(?:y|ies)?|struggle""",
    Marker.PLANNED: rf"""soll|sollen|sollten?|geplant{_ENDING}|plant|planen|vorschlag|vorgeschlagen{_ENDING}|entwurf
        |sieht|vorgesehen|würden?|empfiehlt|empfehlen|empfehlung|empfohlen|rät|raten|ratsam|strebt|angestrebt
        |voraussichtlich|erwartet|will|wollen|should|would|planned|plans?\sto|propos(?:al|ed|es)|draft
        |intend(?:s|ed)?|recommend(?:s|ed|ation)?|advis(?:es?|ed)|suggests?|expected|ought""",
    Marker.UNSURE: r"""nicht\s(?:bestätigt|belegt|gesichert|geprüft)|ungeprüft\w*|unbestätigt\w*|bitte\sprüfen
        |allgemeine[mns]?\sfachwissen|unconfirmed|unverified|not\s(?:confirmed|verified|checked)
        |please\scheck|no\s\w+\s(?:is|was)\s(?:confirmed|known)|keine?\s\w+\s(?:ist\s)?bestätigt|expert\sknowledge|angeblich|wohl|vermutlich|likely|probably""",
    Marker.MUST: rf"""muss|müssen|musste|mussten|pflicht\w*|verpflichte\w*|vorgeschrieben{_ENDING}|verlang\w*
        |erforderlich{_ENDING}|nötig{_ENDING}|notwendig{_ENDING}|brauch\w*|benötig\w*|bedarf
        |setz\w*\s(?:\w+\s){{0,12}}voraus|voraussetz\w*|zwingend{_ENDING}|must|shall|required?s?|requires
        |requirements?|mandatory|obliged|obligat\w+|need|needs|needed|necessary|has\sto|have\sto|had\sto""",
    Marker.ALL: r"""immer|stets|alle[nrms]?|jede[nrms]?|sämtliche[nrms]?|zwangsläufig|garantiert|automatisch|ausnahmslos
        |generell|jederzeit|uneingeschränkt\w*|vollständig\w*|überall|nie|niemals|zwingend|always|all|every
        |each|guaranteed|automatic(?:ally)?|any|never|invariably|entirely|everyone|everywhere""",
    Marker.ONLY: r"""nur|ausschließlich|lediglich|allein|einzig\w*|erst|bloß|only|solely|exclusively|just|alone|sole
        |unless""",
}
# Words that look like a negation and are none: bounds, contrasts that affirm, hedges.
_NO_NEGATION = re.compile(
    r"nicht\s(?:(?:davon\s)?ausgenommen|mehr\sals|über|länger\sals|älter\sals|später\sals|weniger\sals|unter|nur|selten|zuletzt)"
    r"|not\s(?:more\sthan|only|less\sthan|later\sthan|exceed\w*|uncommon\w*)|no\s(?:more|less|later|fewer)\sthan|keine?\szweifel",
    re.I,
)
_NOT_ONLY = re.compile(r"nicht\snur|nicht\sallein|not\sonly", re.I)
# What looks like a marker of these and is none: "nicht nur", "not … any", "wer etwas beantragen will".
_NO_MARKER = {
    Marker.NO: _NO_NEGATION,
    Marker.ONLY: _NOT_ONLY,
    Marker.SOFT_NO: _NOT_ONLY,
    Marker.ALL: re.compile(r"(?:\bnot|n['’]t|\bwithout)\s(?:\w+\s){0,2}any\b", re.I),
    Marker.USUALLY: re.compile(r"\bat\smost\b", re.I),
    Marker.PLANNED: re.compile(r"\bwer\b[^,;.]*\b(?:will|möchte)\b", re.I),
}
_MARKERS = {marker: re.compile(rf"\b(?:{form})\b", re.I | re.X) for marker, form in _FORMS.items()}
_PARTICIPLE = r"(?:\w*ge\w{2,}(?:t|en)|(?:be|emp|ent|er|miss|über|unter|ver|zer)\w{3,}(?:t|en)|\w+iert)"
# What is over: forms of strong verbs, and "früher"; weak verbs are known by their lemma.
_OVER = re.compile(
    r"\b(?:war(?:en)?|wurden?|worden|hatten?|gab(?:en)?|lief(?:en)?|bot(?:en)?|galt(?:en)?|lag(?:en)?|kam(?:en)?|stand(?:en)?"
    r"|enthielt(?:en)?|begann(?:en)?|bekam(?:en)?|erhielt(?:en)?|ging(?:en)?|sank(?:en)?|früher\w*|damals|ehemals"
    rf"|(?:hat|haben)\b.*\b{_PARTICIPLE}(?=\W*$|\s?[,;:]|\sund\b)"
    r"|was|were|had|did|ran|went|gave|paid|formerly|used\sto|been|[a-z]{2,}ed)\b"
)
_WEAK = re.compile(r"\b[a-zäöüß]{3,}ten?\b")
_NOT_OVER = frozenset("könnte könnten sollte sollten müsste müssten würde würden dürfte dürften möchte möchten".split())
STATUS = re.compile(
    r"\b(?:aktuell|derzeit|momentan|gegenwärtig|weiterhin|heute|jetzt|noch|auch\snach|hinaus|offen|läuft|laufend|besteht|gibt\ses"
    r"|currently|still|now|open|continues?|remains?|beyond)\b",
    re.I,
)
_CLAUSE = re.compile(
    r"[;:]|,\s(?:aber|sondern|jedoch|während)\s|,?\s(?:but|while|whereas|(?:und|and)(?=\s(?:nicht|not)))\s|\s[–—]\s|,\s"
)
_SEGMENT = re.compile(r"[;:]\s|\s[–—]\s|\s(?:und|and)\s(?=in\sder\sRegel|meist|häufig|oft|teils|usually|often)", re.I)
_LEADING = re.compile(r"[^\w,]*(?:ob|dass|whether)\b", re.I)
_FOLLOWING = re.compile(r",\s(?:ob|dass|whether|that)\b", re.I)
CONTRAST = re.compile(r"\b(?:aber|sondern|jedoch|während|but|while|whereas|(?:und|and)\s(?:nicht|not))\b", re.I)


_NO_MARKERS = (Marker.SOFT_NO, Marker.UNSURE, Marker.ENDED, Marker.DUE, Marker.DUTY, Marker.BECAUSE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence with its markers."""

    start: int
    end: int
    markers: frozenset[Marker]

    @property
    def is_negative(self) -> bool:
        """Whether the clause denies something."""
        return Marker.NO in self.markers


@lru_cache(maxsize=8192)
def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of a text in order; together they cover it."""
    return tuple(Clause(start, end, markers_of(text[start:end])) for start, end in _spans(text, _CLAUSE))


@lru_cache(maxsize=8192)
def statements_of(text: str) -> tuple[Clause, ...]:
    """Clauses, where "ob …" and "dass …" go with what is said of them, before or after ("ist nicht bestätigt")."""
    joined: list[tuple[int, int]] = []
    for clause in clauses_of(text):
        leads = joined and _LEADING.match(text, joined[-1][0])
        if joined and (leads or _FOLLOWING.match(text, clause.start)):
            joined[-1] = joined[-1][0], clause.end
        else:
            joined.append((clause.start, clause.end))
    return tuple(Clause(start, end, markers_of(text[start:end])) for start, end in joined)


@lru_cache(maxsize=8192)
def segments_of(text: str) -> tuple[Clause, ...]:
    """Larger stretches, in which a "kann" or "in der Regel" reaches over commas."""
    return tuple(Clause(start, end, markers_of(text[start:end])) for start, end in _spans(text, _SEGMENT))


def _spans(text: str, boundary: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in boundary.finditer(text):
        if match.start() - start >= 12:
            yield start, match.start()
            start = match.start()
    yield start, len(text)


@lru_cache(maxsize=8192)
def markers_of(text: str) -> frozenset[Marker]:
    """The markers of a stretch of text."""
    return frozenset(
        marker for marker, pattern in _MARKERS.items() if pattern.search(_without_lookalikes(marker, text))
    )


@lru_cache(maxsize=8192)
def count_of(marker: Marker, text: str) -> int:
    """How often a marker occurs in a text."""
    return len(_MARKERS[marker].findall(_without_lookalikes(marker, text)))


@lru_cache(maxsize=8192)
def ends_of(marker: Marker, text: str) -> tuple[int, ...]:
    """Where the markers of a text end."""
    return tuple(match.end() for match in _MARKERS[marker].finditer(_without_lookalikes(marker, text)))


@lru_cache(maxsize=8192)
def words_of(marker: Marker, text: str) -> tuple[str, ...]:
    """The markers of a text in lower case."""
    return tuple(match[0].lower() for match in _MARKERS[marker].finditer(_without_lookalikes(marker, text)))


def _without_lookalikes(marker: Marker, text: str) -> str:
    return _NO_MARKER[marker].sub(lambda match: " " * len(match[0]), text) if marker in _NO_MARKER else text


@lru_cache(maxsize=8192)
def is_past(text: str) -> bool:
    """Whether a stretch of text tells of what was: a past tense, "früher", a perfect."""
    weak = {word: lemma(word) for word in _WEAK.findall(text) if word not in _NOT_OVER}
    verbs = [
        word for word, base in weak.items() if base.endswith(("en", "rn", "ln")) and base not in (word, f"{word}n")
    ]
    return bool(_OVER.search(text) or verbs)


@lru_cache(maxsize=1)
def marker_words() -> re.Pattern[str]:
    """All markers in one pattern: such words say how a statement is meant rather than what it is about."""
    parts = (form for marker, form in _FORMS.items() if marker not in _NO_MARKERS)
    return re.compile(rf"^(?:{'|'.join(parts)})$", re.I | re.X)
