"""What a sentence does to a fact: deny it, or state it more strongly than its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.alignment import Match, Text
from assistant.polarity import (
    CONTRAST,
    STATUS,
    Clause,
    Force,
    clauses_of,
    count_of,
    forces_of,
    is_past,
    segments_of,
    statements_of,
    words_of,
)

_HEDGES = frozenset({Force.USUALLY, Force.PLANNED, Force.UNSURE, Force.CAN})
_SHARE = 1 / 3
_SURE = 0.8
_USED = 0.75
_SURE_ABROAD = 0.6
_LIKE = 0.6
_PART = 0.15
_HALF = 0.5
_LIKE_ONLY = frozenset({Force.ONLY, Force.NO, Force.SOFT_NO})
_LIMIT = re.compile(r"\b(?:bis\szu|höchstens|maximal|up\sto|at\smost)\s", re.I)
_ENOUGH = re.compile(r"\b(?:genüg\w*|reich(?:t|en)|suffic\w+|enough)\b", re.I)
_NONE = re.compile(r"kein(?:e[nmrs]?)?|no", re.I)
_TWICE_NO = re.compile(r"\b(?:nicht|not)\s(un\w{5,})", re.I)


def denies(claimed: Text, sources: Sequence[Text], matches: Sequence[Match]) -> bool:
    """Whether the claim says no where the source says yes, or the other way round."""
    claim = claimed.text
    sources, matches = _relevant(sources, matches)
    texts = [source.text for source in sources]
    said, held = count_of(Force.NO, claim), _total(Force.NO, texts)
    if not said and _takes_what_is_denied(sources, matches):
        return True
    soft, own_soft = _soft_denials(claim, texts)
    if said > held + soft or said + own_soft < _used_denials(claimed, sources, matches):
        return True
    if not said:
        return Force.NO in _aligned(texts, matches, clauses_of) and not own_soft
    if count_of(Force.ENDED, claim) and not _total(Force.ENDED, texts):
        return True
    if any(match[1].lower() in text.lower() for match in _TWICE_NO.finditer(claim) for text in texts):
        return True  # "nicht unbedenklich" of what the source calls "unbedenklich"
    return bool(CONTRAST.search(claim)) and _swaps(claim, texts, matches)


def overstates(claim: str, sources: Sequence[Text], matches: Sequence[Match]) -> bool:
    """Whether the claim is stronger than its source: must for can, always for usually, is for shall be."""
    sources, matches = _relevant(sources, matches)
    texts = [source.text for source in sources]
    said, held = forces_of(claim), _aligned(texts, matches, segments_of)
    everywhere = frozenset[Force]().union(*map(forces_of, texts))
    hedges = held & _HEDGES - ({Force.CAN} if _LIMIT.search(claim) else set())  # "bis zu" says that it can be less
    if _is_newer(claim, sources, matches) or (
        Force.UNSURE in everywhere and Force.UNSURE not in said and STATUS.search(claim)
    ):
        return True
    if Force.MUST in said and not everywhere & {Force.MUST, Force.DUE, Force.DUTY, Force.ONLY}:
        return True
    return (
        count_of(Force.ALL, claim) > _total(Force.ALL, texts)
        or (Force.DUTY in said and not everywhere & {Force.DUTY, Force.MUST, Force.DUE})
        or (Force.MUST in said and Force.CAN in held and not everywhere & {Force.MUST, Force.DUE})
        or (count_of(Force.MUST, claim) > _total(Force.MUST, texts) and Force.CAN in held - said)
        or (Force.ONLY in said and not everywhere & _LIKE_ONLY and not any(_ENOUGH.search(text) for text in texts))
        or (bool(hedges) and not said & _HEDGES and not (hedges == {Force.CAN} and Force.NO in held))
    )


def _is_newer(claim: str, sources: Sequence[Text], matches: Sequence[Match]) -> bool:
    """Whether the claim tells in the present what its source tells of the past: a programme that has ended."""
    if is_past(claim) or count_of(Force.ENDED, claim):
        return False
    used: dict[str, float] = {}
    for match in matches:
        clause = _clause_at([source.text for source in sources], match) if match.place >= 0 else None
        if clause:
            text = sources[match.source].text[clause.start : clause.end]
            used[text] = used.get(text, 0.0) + match.score
    total = sum(used.values())
    return any(is_past(text) for text, weight in used.items() if weight >= total * _HALF)


def _relevant(sources: Sequence[Text], matches: Sequence[Match]) -> tuple[list[Text], list[Match]]:
    """The sentences that say at least a fifth of the claim, and what is aligned with them."""
    weight = [sum(one.score for one in matches if one.source == number) for number in range(len(sources))]
    kept = [number for number, one in enumerate(weight) if one >= _PART * sum(weight)]
    moved = [replace(one, source=kept.index(one.source)) for one in matches if one.source in kept]
    return [sources[number] for number in kept], moved


def _soft_denials(claim: str, texts: Sequence[str]) -> tuple[int, int]:
    """How many words like "nur" or "endete", which may carry a denial, only the source has, and only the claim."""
    own = Counter(words_of(Force.SOFT_NO, claim))
    held = Counter(word for text in texts for word in words_of(Force.SOFT_NO, text))
    return (held - own).total(), (own - held).total()


def _total(force: Force, texts: Sequence[str]) -> int:
    return sum(count_of(force, text) for text in texts)


def _takes_what_is_denied(sources: Sequence[Text], matches: Sequence[Match]) -> bool:
    """Whether the claim says the very word that the source puts behind "kein" or "no"."""
    for match in matches:
        words = sources[match.source].words
        before = [word.text for word in words[max(0, match.place - 2) : match.place]]
        if match.place > 0 and match.score >= _LIKE and any(_NONE.fullmatch(word) for word in before):
            return True
    return False


def _used_denials(claim: Text, sources: Sequence[Text], matches: Sequence[Match]) -> int:
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
                used += count_of(Force.NO, source.text[clause.start : clause.end])
    return used


def adds(claim: str, sources: Sequence[str]) -> int:
    """How many of duty and reason the claim brings in that no source has."""
    said, everywhere = forces_of(claim), frozenset[Force]().union(*map(forces_of, sources))
    duty = Force.MUST in said and not everywhere & {Force.MUST, Force.DUE, Force.DUTY}
    return duty + (Force.BECAUSE in said and Force.BECAUSE not in everywhere)


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
    sources: Sequence[str], matches: Sequence[Match], parts_of: Callable[[str], Sequence[Clause]]
) -> frozenset[Force]:
    """The markers of those parts of the source that hold at least a third of what is aligned."""
    counts: dict[tuple[int, Clause], float] = {}
    for match in matches:
        for part in parts_of(sources[match.source]) if match.place >= 0 else ():
            if part.start <= match.at < part.end:
                counts[match.source, part] = counts.get((match.source, part), 0.0) + match.score
    total = sum(counts.values())
    kept = [part.forces for (_, part), count in counts.items() if count >= total * _SHARE]
    return frozenset[Force]().union(*kept)
