"""Names of programmes, institutions, laws and places in a text, listed or not.

German nouns are capitalised, so a capital letter alone means nothing. A name is an
acronym or mixed spelling (ZIM, KfW, go-digital, KI4KMU), a capitalised word that no
dictionary and no compound explains (Schickard), or one that the sources know by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from assistant.core.models import Language
from assistant.core.sources import SourceMetadata
from assistant.language.lemmatizer import is_word
from assistant.language.term_analyzer import fold, split_compound

TOKEN = re.compile(r"[^\W_]+(?:[-./@&+’'][^\W_]+)*")
PART = re.compile(r"[^\W_]+(?:@[^\W_]+)?")
_DISTINCT = 4
_ENDING = re.compile(r"(?:e?s|e[nrm]?|ern?|n|in|innen|(?:is)?ch(?:e[nrms]?)?)?")
# Words of a dictionary that name an institution, a law or a programme all the same: "Bundesnetzagentur".
_INSTITUTION = re.compile(
    r"(?!Förder|Haus|Sonder|Teil)[A-ZÄÖÜ]\w{3,}(?:amt|agentur|ministerium|bank|kammer|behörde|gericht|kasse|gesetz|gesetzbuch|"
    r"verordnung|programm|bonus|prämie|gutschein|zulage|fonds|stiftung|institut|universität|hochschule|genossenschaft|"
    r"kommission|verband)(?:e?s|e[nr]?|n)?"
)
_LONG = 6
_ARTICLES = frozenset("Der Die Das Ein Eine The A An".split())
# Who is named only to be ruled out: "laut Fachpresse, nicht des BMWE".
_DENIED = re.compile(
    r"\b(?:nicht|not)\s(?:(?:des|der|dem|den|das|die|vom|von|beim|the|by|from|of)\s)*(?=\w*[A-ZÄÖÜ]\w*[A-ZÄÖÜ])[\w@-]+"
)
# Units, countries of everything here, and words in capitals that name nobody.
_NO_NAMES = frozenset("mio mrd eur tsd eu know how nr abs art insgesamt".split())
# The same name in German and English; what the abbreviation table cannot hold because both are abbreviations.
_TRANSLATED = """KMU SME|FuE F&E R&D RD|EFRE ERDF|ESF ESF|DSGVO GDPR|KI AI|EU europäisch European Union|
Hessen Hesse|Bayern Bavaria|Sachsen Saxony|Niedersachsen Lower-Saxony|Thüringen Thuringia|
Deutschland Germany deutsch German bundesweit deutschlandweit nationwide|AEUV TFEU|Niederlande
Netherlands|Europa Europe|Österreich Austria|Frankreich France|Rheinland-Pfalz
Rhineland-Palatinate|Sachsen-Anhalt Saxony-Anhalt|Nordrhein-Westfalen NRW
North-Rhine-Westphalia|Köln Cologne|München Munich|NIS-2 NIS2|GWB|Schweiz Switzerland"""


class EntityMatcher:
    """Finds names in a sentence and says which of them a source does not mention."""

    def __init__(self, groups: Iterable[Sequence[str]] = (), places: Iterable[str] = ()) -> None:
        """``groups`` are names that mean the same: title, short title and aliases of a source, or an abbreviation.

        ``places`` are names even where a dictionary knows them.
        """
        translated = [[word.replace("-", " ") for word in line.split()] for line in _TRANSLATED.split("|")]
        self._same: dict[str, set[str]] = {}
        for group in [*translated, *groups]:
            keys = {key for name in group if (key := name_key(name))}
            for key in keys:
                self._same.setdefault(key, set()).update(keys)
        self._longest = max((key.count(" ") + 1 for key in self._same), default=1)
        self._places = {key for name in places if len(key := name_key(name)) >= _DISTINCT}

    def unmentioned(self, sentence: str, source: str, language: Language) -> tuple[str, ...]:
        """Names of the sentence that the source (text, title, headings) does not mention."""
        held = _Mentions(_DENIED.sub(" ", source))  # "laut Fachpresse, nicht des BMWE" says nothing of the BMWE
        spans = list(self._known(sentence))
        said = [(start, end) for start, end in spans if self._is_said(sentence[start:end], held)]
        found = (*self._formed(sentence, language, said), *(sentence[start:end] for start, end in spans))
        return tuple(name for name in found if not self._held(name, held))

    def mentioned(self, sentence: str, language: Language) -> tuple[str, ...]:
        """The names of a sentence, found by their form or because the sources know them, the longest ones."""
        tokens = (token for token in TOKEN.findall(sentence) if "-" in token)
        hyphenated = (token for token in tokens if _is_double(PART.findall(token)))
        spans = list(self._known(sentence))
        known = (sentence[start:end] for start, end in spans)
        return tuple(dict.fromkeys((*hyphenated, *self._formed(sentence, language, spans), *known)))

    def _known(self, text: str) -> Iterator[tuple[int, int]]:
        """Names that the sources know, though a dictionary explains their words ("Horizont Europa"); the longest."""
        parts = [match for match in PART.finditer(text) if match[0] not in _ARTICLES]
        start = 0
        while start < len(parts):
            sizes = range(min(self._longest, len(parts) - start), 0, -1)
            size = next((size for size in sizes if self._is_known(text, parts[start : start + size])), 0)
            if size:
                yield parts[start].start(), parts[start + size - 1].end()
            start += size or 1

    def _is_known(self, text: str, parts: Sequence[re.Match[str]]) -> bool:
        key = name_key(text[parts[0].start() : parts[-1].end()])
        return key in self._same and _stands_out([part[0] for part in parts])

    def _formed(self, text: str, language: Language, covered: Sequence[tuple[int, int]]) -> Iterator[str]:
        """Names by their form, in order, outside of the ``covered`` stretches."""
        for match in TOKEN.finditer(text):
            token = match[0]
            if is_spelt_as_name(token) or (token[0].isupper() and name_key(token) in self._places):
                if not _is_within(match.span(), covered):
                    yield token
                continue
            for part in PART.finditer(text, *match.span()):
                starts = match.start() == 0 or text[: match.start()].rstrip()[-1:] in ".:!?"
                known = language == "de" and _INSTITUTION.fullmatch(part[0])
                if _is_within(part.span(), covered):
                    continue
                if is_spelt_as_name(part[0]) or known or is_unexplained(part[0], language, starts):
                    yield part[0]

    def is_place(self, key: str) -> bool:
        """Whether a folded name is that of a Land, a town or a region."""
        return key in self._places

    def is_known(self, name: str) -> bool:
        """Whether the sources know a name: a title, an alias, a publisher or an abbreviation."""
        return name_key(name) in self._same

    def same(self, key: str) -> frozenset[str]:
        """A folded name with those that mean the same."""
        return frozenset({key, *self._same.get(key, ())})

    def _held(self, name: str, held: _Mentions) -> bool:
        if self._is_said(name, held):
            return True
        parts = [part for part in PART.findall(name) if is_spelt_as_name(part)]
        return len(parts) > 0 and parts != [name] and all(self._held(part, held) for part in parts)

    def _is_said(self, name: str, held: _Mentions) -> bool:
        """Whether a source has the whole name or one that means the same."""
        keys = {name_key(name)}
        keys |= {key.removesuffix("s") for key in keys}
        keys |= {key.removesuffix("er") for key in keys} & self._places  # "Hamburger Unternehmen"
        keys |= set().union(*(self._same.get(key, set()) for key in keys))
        longer = [place for place in self._places for key in keys & self._places if place.startswith(f"{key} ")]
        return any(held.without(longer).has(key) for key in keys)  # "Sachsen-Anhalt" is not Sachsen


def known_names(
    sources: Iterable[SourceMetadata], abbreviations: Mapping[str, Sequence[str]], places: Mapping[str, Sequence[str]]
) -> EntityMatcher:
    """All names that sources and word tables bring."""
    titles = (
        [source.title.split(":")[0], getattr(source, "short_title", None) or "", *source.aliases] for source in sources
    )
    publishers = ([name] for source in sources for name in re.split(r"[;,/(]", source.publisher or ""))
    short = ([abbreviation, *long_forms] for abbreviation, long_forms in abbreviations.items())
    located = (place for land, others in places.items() for place in (land, *others))
    return EntityMatcher([*short, *titles, *publishers], located)


def _is_within(span: tuple[int, int], covered: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in covered)


def _stands_out(words: Sequence[str]) -> bool:
    """Whether known words are a name rather than talk: two capitals, or one long word."""
    capitals = [word for word in words if word[0].isupper()]
    return len(capitals) > 1 or (len(words) == 1 and len(capitals) == 1 and len(words[0]) >= _LONG)


def _is_double(parts: Sequence[str]) -> bool:
    """Whether a hyphenated word can be a name as a whole: "BIG-Transfer", "Spitzencluster-Wettbewerb"."""
    return any(map(is_spelt_as_name, parts)) or all(part[0].isupper() and len(part) > _LONG for part in parts)


class _Mentions:
    """The words of a source, folded, whole and in parts."""

    def __init__(self, text: str) -> None:
        words = [fold(part.lower()) for part in PART.findall(text)]
        self._text = f" {' '.join(words)} "
        self._words = set(words)

    def without(self, names: Sequence[str]) -> _Mentions:
        """The same words without these names."""
        text = self._text
        for name in names:
            text = text.replace(f" {name} ", " ")
        return self if text == self._text else _Mentions(text)

    def has(self, key: str) -> bool:
        """Whether the source holds the name, also with an ending ("Hessens", "hessisch", "SMEs")."""
        if f" {key} " in self._text:
            return True
        return " " not in key and any(_same_name(key, word) for word in self._words)


@lru_cache(maxsize=100_000)
def _same_name(name: str, word: str) -> bool:
    if name == word or f"{name}s" == word or name == f"{word}s":
        return True
    if len(name) < _DISTINCT:
        return False
    stem = name.removesuffix("en").removesuffix("e")
    return len(stem) >= _DISTINCT and word.startswith(stem) and bool(_ENDING.fullmatch(word[len(stem) :]))


def name_key(name: str) -> str:
    """A name in lower case, its umlauts folded, its parts apart."""
    return " ".join(fold(part.lower()) for part in PART.findall(name))


def is_spelt_as_name(part: str) -> bool:
    """Acronym, CamelCase, or letters mixed with digits."""
    if part.lower() in _NO_NAMES:
        return False
    letters = [character for character in part if character.isalpha()]
    upper = sum(character.isupper() for character in letters)
    if not letters or "-" in part or "/" in part:
        return False
    mixed = any(character.isdigit() for character in part) and upper > 0
    return mixed or upper >= 2 or "@" in part or (len(letters) == 2 and upper == 1 and part[1:].isupper())


@lru_cache(maxsize=50_000)
def is_unexplained(part: str, language: Language, starts: bool) -> bool:
    """A capitalised word that neither dictionary nor compound explains."""
    if len(part) < 3 or not part[0].isupper() or part.lower() in _NO_NAMES:
        return False
    return not (_is_word(part, language) or (starts and _is_word(part.lower(), language)) or _is_compound(part.lower()))


@lru_cache(maxsize=50_000)
def _is_word(part: str, language: Language) -> bool:
    forms = (part, part.lower())
    languages: tuple[Language, ...] = ("de",) if language == "de" else ("en", "de")
    return any(is_word(form, known) for known in languages for form in forms)


@lru_cache(maxsize=50_000)
def _is_compound(word: str) -> bool:
    return bool(split_compound(word))
