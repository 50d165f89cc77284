"""What a sentence does to a fact: deny it, or state it more strongly than its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.answering.grounding.polarity_markers import (
    CONTRAST,
    STATUS,
    Clause,
    Marker,
    clauses_of,
    count_of,
    forces_of,
    is_past,
    places_of,
    segments_of,
    statements_of,
    words_of,
)
from assistant.answering.grounding.word_alignment import AnalyzedText, Match

_HEDGES = frozenset({Marker.USUALLY, Marker.PLANNED, Marker.UNSURE, Marker.CAN})
_SHARE = 1 / 3
_FIFTH = 0.2
_SURE = 0.8
_USED = 0.75
_SURE_ABROAD = 0.6
_LIKE = 0.6
_PART = 0.15
_KNOWN = 0.95
_HALF = 0.5
_DENYING = frozenset({Marker.NO, Marker.SOFT_NO, Marker.ENDED, Marker.UNSURE})
_LIKE_ONLY = frozenset({Marker.ONLY, Marker.NO, Marker.SOFT_NO})
_LIMIT = re.compile(r"\b(?:bis\szu|höchstens|maximal|up\sto|at\smost)\s", re.I)
_ENOUGH = re.compile(r"\b(?:genüg\w*|reich(?:t|en)|suffic\w+|enough)\b", re.I)
_JUST = re.compile(
    r"(?<!nicht )(?<!not )\b(?:nur|ausschließlich|lediglich|only|solely|exclusively)\W+(?:\w+\W+){0,2}$", re.I
)
_JOINING = ("und", "oder", "sowie", "and", "or")
_NONE = re.compile(r"kein(?:e[nmrs]?)?|no", re.I)
_TWICE_NO = re.compile(r"\b(?:nicht|not)\s(un\w{5,})", re.I)


def contradicts_polarity(claimed: AnalyzedText, sources: Sequence[AnalyzedText], matches: Sequence[Match]) -> bool:
    """Whether the claim says no where the source says yes, or the other way round."""
    claim = claimed.text
    sources, matches = _relevant(sources, matches)
    texts = [source.text for source in sources]
    said, held = count_of(Marker.NO, claim), _total(Marker.NO, texts)
    if not said and _takes_what_is_denied(sources, matches):
        return True
    soft, own_soft = _soft_denials(claim, texts)
    if said > held + soft or said + own_soft < _used_denials(claimed, sources, matches):
        return True
    if not said:
        held_no = Marker.NO in _aligned(texts, matches, clauses_of)
        return held_no and not own_soft and not _denies_only_others(claimed, sources)
    if count_of(Marker.ENDED, claim) and not _total(Marker.ENDED, texts):
        return True
    if any(match[1].lower() in text.lower() for match in _TWICE_NO.finditer(claim) for text in texts):
        return True  # "nicht unbedenklich" of what the source calls "unbedenklich"
    if Marker.UNSURE not in forces_of(claim) and not _is_denied_there(claim, texts, matches):
        return True
    return bool(CONTRAST.search(claim)) and _swaps(claim, texts, matches)


def overstates(claim: str, sources: Sequence[AnalyzedText], matches: Sequence[Match]) -> bool:
    """Whether the claim is stronger than its source: must for can, always for usually, is for shall be."""
    sources, matches = _relevant(sources, matches)
    texts = [source.text for source in sources]
    said, held = forces_of(claim), _aligned(texts, matches, segments_of)
    everywhere = frozenset[Marker]().union(*map(forces_of, texts))
    hedges = held & _HEDGES - ({Marker.CAN} if _LIMIT.search(claim) else set())  # "bis zu" says that it can be less
    if _is_newer(claim, sources, matches) or (
        Marker.UNSURE in everywhere and Marker.UNSURE not in said and STATUS.search(claim)
    ):
        return True
    if Marker.MUST in said and not everywhere & {Marker.MUST, Marker.DUE, Marker.DUTY, Marker.ONLY}:
        return True
    return (
        count_of(Marker.ALL, claim) > _total(Marker.ALL, texts)
        or (Marker.DUTY in said and not everywhere & {Marker.DUTY, Marker.MUST, Marker.DUE})
        or (Marker.MUST in said and Marker.CAN in held and not everywhere & {Marker.MUST, Marker.DUE})
        or (count_of(Marker.MUST, claim) > _total(Marker.MUST, texts) and Marker.CAN in held - said)
        or _narrows(claim, sources, matches)
        or (Marker.ONLY in said and not everywhere & _LIKE_ONLY and not any(_ENOUGH.search(text) for text in texts))
        or (bool(hedges) and not said & _HEDGES and not (hedges == {Marker.CAN} and Marker.NO in held))
    )


def _narrows(claim: str, sources: Sequence[AnalyzedText], matches: Sequence[Match]) -> bool:
    """Whether the claim says "nur X" of what its source says of "X und Y"."""
    for match in matches:
        if match.place < 0 or not _JUST.search(claim[: match.word.start]):
            continue
        joined, *others = [word.text.lower() for word in sources[match.source].words[match.place + 1 :]][:2] or [""]
        if joined in _JOINING and others and others[0] not in claim.lower():
            return True
    return False


def _is_newer(claim: str, sources: Sequence[AnalyzedText], matches: Sequence[Match]) -> bool:
    """Whether the claim tells in the present what its source tells of the past: a programme that has ended."""
    if is_past(claim) or forces_of(claim) & {Marker.ENDED, Marker.UNSURE}:
        return False
    used: dict[str, float] = {}
    for match in matches:
        clause = _clause_at([source.text for source in sources], match) if match.place >= 0 else None
        if clause:
            text = sources[match.source].text[clause.start : clause.end]
            used[text] = used.get(text, 0.0) + match.score
    total = sum(used.values())
    return any(is_past(text) for text, weight in used.items() if weight >= total * _HALF)


def _relevant(sources: Sequence[AnalyzedText], matches: Sequence[Match]) -> tuple[list[AnalyzedText], list[Match]]:
    """The sentences that say at least a fifth of the claim, and what is aligned with them."""
    weight = [sum(one.score for one in matches if one.source == number) for number in range(len(sources))]
    kept = [number for number, one in enumerate(weight) if one >= _PART * sum(weight)]
    moved = [replace(one, source=kept.index(one.source)) for one in matches if one.source in kept]
    return [sources[number] for number in kept], moved


def _soft_denials(claim: str, texts: Sequence[str]) -> tuple[int, int]:
    """How many words like "nur" or "endete", which may carry a denial, only the source has, and only the claim."""
    own = Counter(words_of(Marker.SOFT_NO, claim))
    held = Counter(word for text in texts for word in words_of(Marker.SOFT_NO, text))
    return (held - own).total(), (own - held).total()


def _total(force: Marker, texts: Sequence[str]) -> int:
    return sum(count_of(force, text) for text in texts)


def _takes_what_is_denied(sources: Sequence[AnalyzedText], matches: Sequence[Match]) -> bool:
    """Whether the claim says the very word that the source puts behind "kein" or "no"."""
    for match in matches:
        words = sources[match.source].words
        before = [word.text for word in words[max(0, match.place - 2) : match.place]]
        if match.place > 0 and match.score >= _LIKE and any(_NONE.fullmatch(word) for word in before):
            return True
    return False


def _denies_only_others(claim: AnalyzedText, sources: Sequence[AnalyzedText]) -> bool:
    """Whether the source denies by "kein" alone, and only things of which the claim does not speak."""
    for source in sources:
        words = [number for number, word in enumerate(source.words) if _NONE.fullmatch(word.text)]
        if len(words) < count_of(Marker.NO, source.text):
            return False
        for number in words:
            denied = next((word for word in source.words[number + 1 : number + 3] if word.is_content), None)
            if denied is None or denied.terms & claim.terms:
                return False
    return True


def _is_denied_there(claim: str, texts: Sequence[str], matches: Sequence[Match]) -> bool:
    """Whether the stretches that the claim rests on, or what it puts behind its "nicht" or "kein", deny anything."""
    if _aligned(texts, matches, segments_of, _FIFTH) & _DENYING:
        return True
    for end in places_of(Marker.NO, claim):
        behind = min((one for one in matches if one.word.start >= end), key=lambda one: one.word.start, default=None)
        if behind and behind.place >= 0 and behind.score >= _LIKE:
            parts = segments_of(texts[behind.source])
            if any(part.start <= behind.at < part.end and part.forces & _DENYING for part in parts):
                return True
    return False


def _used_denials(claim: AnalyzedText, sources: Sequence[AnalyzedText], matches: Sequence[Match]) -> int:
    """Denying clauses of the source whose content the claim takes over, most of it."""
    sure = [_SURE if source.language == claim.language else _SURE_ABROAD for source in sources]
    places = {(match.source, match.place) for match in matches if match.score >= sure[match.source]}
    own = {word.text.lower() for word in claim.words}
    used = 0
    for number, source in enumerate(sources):
        for clause in statements_of(source.text):
            taken = [
                (number, place) in places or bool(word.terms & claim.terms) or word.text.lower() in own
                for place, word in enumerate(source.words)
                if word.is_content and clause.start <= word.start < clause.end
            ]
            if taken and sum(taken) >= _USED * len(taken):
                used += count_of(Marker.NO, source.text[clause.start : clause.end])
    return used


def lists_more(claim: AnalyzedText, scores: Mapping[int, float]) -> bool:
    """Whether the claim adds an item to a list; ``scores`` say how well the source has the word that starts there."""
    for place, word in enumerate(claim.words):
        if word.text[0].isupper() and scores.get(word.start, 1.0) < _LIKE:
            for joint, neighbour in ((place - 1, place - 2), (place + 1, place + 2)):
                if min(joint, neighbour) >= 0 and neighbour < len(claim.words):
                    joined = claim.words[joint].text.lower() in (",", *_JOINING)
                    if joined and scores.get(claim.words[neighbour].start, 0.0) >= _KNOWN:
                        return True
    return False


def adds(claim: str, sources: Sequence[str]) -> int:
    """How many of duty and reason the claim brings in that no source has."""
    said, everywhere = forces_of(claim), frozenset[Marker]().union(*map(forces_of, sources))
    duty = Marker.MUST in said and not everywhere & {Marker.MUST, Marker.DUE, Marker.DUTY}
    return duty + (Marker.BECAUSE in said and Marker.BECAUSE not in everywhere)


def _swaps(claim: str, sources: Sequence[str], matches: Sequence[Match]) -> bool:
    """Whether one side of a contrast ("zwar …, aber kein …") has the opposite sign in the source."""
    for clause in clauses_of(claim):
        own = [one for one in matches if clause.start <= one.word.start < clause.end and one.score >= _SURE]
        signs = [part.is_negative for one in own for part in [_clause_at(sources, one)] if part]
        if signs and all(sign != clause.is_negative for sign in signs):
            return True
    return False


def _clause_at(sources: Sequence[str], match: Match) -> Clause | None:
    return next((one for one in clauses_of(sources[match.source]) if one.start <= match.at < one.end), None)


def _aligned(
    sources: Sequence[str],
    matches: Sequence[Match],
    parts_of: Callable[[str], Sequence[Clause]],
    share: float = _SHARE,
) -> frozenset[Marker]:
    """The markers of those parts of the source that hold at least a third of what is aligned."""
    counts: dict[tuple[int, Clause], float] = {}
    for match in matches:
        for part in parts_of(sources[match.source]) if match.place >= 0 else ():
            if part.start <= match.at < part.end:
                counts[match.source, part] = counts.get((match.source, part), 0.0) + match.score
    total = sum(counts.values())
    kept = [part.forces for (_, part), count in counts.items() if count >= total * share]
    return frozenset[Marker]().union(*kept)
