"""What a sentence does to a fact: deny it, or state it more strongly than its source.

All rules and numbers were fitted on the labelled pairs of ``tests/data/evaluation/claims*.jsonl``, precision before
recall; ``python -m assistant.operations.evaluate_claim_verifier`` prints what they reach. The numbers lie on flat
ground: a tenth more or less changes the verdict on at most three of the 527 pairs, and on none where that is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answering.grounding.polarity_markers import (
    CONTRAST,
    STATUS,
    Clause,
    Marker,
    clauses_of,
    count_of,
    ends_of,
    is_past,
    markers_of,
    segments_of,
    statements_of,
    words_of,
)
from assistant.answering.grounding.word_alignment import AnalyzedText, WordMatch

# Shares of what of a claim is aligned with its source.
_HEARD_SHARE = 0.15  # a source sentence with less was cited for something else; none for 0 to 0.15
_TOUCHED_SHARE = 0.2  # a part of the source with this much may deny what the claim denies
_CARRYING_SHARE = 1 / 3  # a part of the source with this much carries the claim, and so do its markers
_MAIN_SHARE = 0.5  # a clause with this much gives the tense
# The share of a denying clause's content words that a claim must say to be about the same thing; none for 0.6 to 0.9.
_TAKEN_OVER_SHARE = 0.75
# Scores of matched words, 0…1.
_SIMILAR = 0.6  # perhaps the same thing
_SAME = 0.8  # the same thing in other words; none for 0.75 to 0.9
_SAME_ABROAD = 0.6  # … in the other language, where vectors lie further apart; none for 0.5 to 0.7
_CERTAIN = 0.95  # the very word; none for 0.9 to 0.99

_HEDGES = frozenset({Marker.USUALLY, Marker.PLANNED, Marker.UNSURE, Marker.CAN})
_DENYING = frozenset({Marker.NO, Marker.SOFT_NO, Marker.ENDED, Marker.UNSURE})
_OBLIGING = frozenset({Marker.MUST, Marker.DUE, Marker.DUTY})
_EXCLUDING = frozenset({Marker.ONLY, Marker.NO, Marker.SOFT_NO})
_LIMIT = re.compile(r"\b(?:bis\szu|höchstens|maximal|up\sto|at\smost)\s", re.I)
_ENOUGH = re.compile(r"\b(?:genüg\w*|reich(?:t|en)|suffic\w+|enough)\b", re.I)
_JUST = re.compile(
    r"(?<!nicht )(?<!not )\b(?:nur|ausschließlich|lediglich|only|solely|exclusively)\W+(?:\w+\W+){0,2}$", re.I
)
_JOINING = ("und", "oder", "sowie", "and", "or")
_NONE = re.compile(r"kein(?:e[nmrs]?)?|no", re.I)
_TWICE_NO = re.compile(r"\b(?:nicht|not)\s(un\w{5,})", re.I)


def contradicts_polarity(claimed: AnalyzedText, sources: Sequence[AnalyzedText], matches: Sequence[WordMatch]) -> bool:
    """Whether the claim says no where the source says yes, or the other way round."""
    claim = claimed.text
    sources, matches = _heard(sources, matches)
    texts = [source.text for source in sources]
    denials, denials_there = count_of(Marker.NO, claim), _total(Marker.NO, texts)
    soft_only_there, soft_only_here = _soft_denials(claim, texts)
    if denials > denials_there + soft_only_there:
        return True
    if denials + soft_only_here < _denials_taken_over(claimed, sources, matches):
        return True
    if not denials:
        return _takes_what_is_denied(sources, matches) or (
            Marker.NO in _carrying(texts, matches, clauses_of)
            and not soft_only_here
            and not _denies_only_others(claimed, sources)
        )
    return (
        (count_of(Marker.ENDED, claim) > 0 and not _total(Marker.ENDED, texts))
        or _denies_a_negative(claim, texts)
        or (Marker.UNSURE not in markers_of(claim) and not _is_denied_there(claim, texts, matches))
        or (bool(CONTRAST.search(claim)) and _swaps_sides(claim, texts, matches))
    )


@dataclass(frozen=True, slots=True)
class _Markers:
    """The markers of a claim, of those parts of its source that carry it, and of the whole source."""

    claim: frozenset[Marker]
    carrying: frozenset[Marker]
    anywhere: frozenset[Marker]


def overstates(claim: str, sources: Sequence[AnalyzedText], matches: Sequence[WordMatch]) -> bool:
    """Whether the claim is stronger than its source: must for can, always for usually, is for shall be."""
    sources, matches = _heard(sources, matches)
    texts = [source.text for source in sources]
    anywhere = frozenset[Marker]().union(*map(markers_of, texts))
    markers = _Markers(markers_of(claim), _carrying(texts, matches, segments_of), anywhere)
    return (
        _is_newer(claim, sources, matches)
        or _tells_what_is_unsure(claim, markers)
        or _generalises(claim, texts)
        or _obliges(claim, texts, markers)
        or _narrows(claim, sources, matches)
        or _excludes(texts, markers)
        or _drops_a_hedge(claim, markers)
    )


def _tells_what_is_unsure(claim: str, markers: _Markers) -> bool:
    """Whether the claim tells how things stand ("läuft derzeit") and its source that this is not confirmed."""
    unsure = Marker.UNSURE in markers.anywhere and Marker.UNSURE not in markers.claim
    return unsure and bool(STATUS.search(claim))


def _generalises(claim: str, texts: Sequence[str]) -> bool:
    """Whether the claim says "alle" or "immer" more often than its source."""
    return count_of(Marker.ALL, claim) > _total(Marker.ALL, texts)


def _obliges(claim: str, texts: Sequence[str], markers: _Markers) -> bool:
    """Whether the claim makes a duty of what its source leaves open."""
    if Marker.DUTY in markers.claim and not markers.anywhere & _OBLIGING:
        return True
    if Marker.MUST not in markers.claim:
        return False
    if not markers.anywhere & (_OBLIGING | {Marker.ONLY}):
        return True
    if Marker.CAN not in markers.carrying:
        return False
    one_more = count_of(Marker.MUST, claim) > _total(Marker.MUST, texts)
    return not markers.anywhere & {Marker.MUST, Marker.DUE} or (one_more and Marker.CAN not in markers.claim)


def _excludes(texts: Sequence[str], markers: _Markers) -> bool:
    """Whether the claim says "nur" and its source nothing that shuts others out, nor that less is enough."""
    if Marker.ONLY not in markers.claim or markers.anywhere & _EXCLUDING:
        return False
    return not any(_ENOUGH.search(text) for text in texts)


def _drops_a_hedge(claim: str, markers: _Markers) -> bool:
    """Whether the source says "kann", "meist" or "soll" where the claim says that it is so."""
    hedges = markers.carrying & _HEDGES
    if _LIMIT.search(claim):  # "bis zu" says that it can be less
        hedges -= {Marker.CAN}
    cannot = hedges == {Marker.CAN} and Marker.NO in markers.carrying
    return bool(hedges) and not markers.claim & _HEDGES and not cannot


def _narrows(claim: str, sources: Sequence[AnalyzedText], matches: Sequence[WordMatch]) -> bool:
    """Whether the claim says "nur X" of what its source says of "X und Y"."""
    for match in matches:
        if match.position < 0 or not _JUST.search(claim[: match.word.start]):
            continue
        behind = [word.text.lower() for word in sources[match.source].words[match.position + 1 :]][:2]
        if len(behind) == 2 and behind[0] in _JOINING and behind[1] not in claim.lower():
            return True
    return False


def _is_newer(claim: str, sources: Sequence[AnalyzedText], matches: Sequence[WordMatch]) -> bool:
    """Whether the claim tells in the present what its source tells of the past: a programme that has ended."""
    if is_past(claim) or markers_of(claim) & {Marker.ENDED, Marker.UNSURE}:
        return False
    used: dict[str, float] = {}
    for match in matches:
        clause = _clause_at([source.text for source in sources], match) if match.position >= 0 else None
        if clause:
            text = sources[match.source].text[clause.start : clause.end]
            used[text] = used.get(text, 0.0) + match.score
    total = sum(used.values())
    return any(is_past(text) for text, weight in used.items() if weight >= total * _MAIN_SHARE)


def _heard(sources: Sequence[AnalyzedText], matches: Sequence[WordMatch]) -> tuple[list[AnalyzedText], list[WordMatch]]:
    """The sentences that say enough of the claim to be heard, and what is aligned with them."""
    weights = [sum(match.score for match in matches if match.source == number) for number in range(len(sources))]
    kept = [number for number, weight in enumerate(weights) if weight >= _HEARD_SHARE * sum(weights)]
    moved = [replace(match, source=kept.index(match.source)) for match in matches if match.source in kept]
    return [sources[number] for number in kept], moved


def _soft_denials(claim: str, texts: Sequence[str]) -> tuple[int, int]:
    """How many words like "nur" or "endete", which may carry a denial, only the source has, and only the claim."""
    own = Counter(words_of(Marker.SOFT_NO, claim))
    held = Counter(word for text in texts for word in words_of(Marker.SOFT_NO, text))
    return (held - own).total(), (own - held).total()


def _total(marker: Marker, texts: Sequence[str]) -> int:
    return sum(count_of(marker, text) for text in texts)


def _takes_what_is_denied(sources: Sequence[AnalyzedText], matches: Sequence[WordMatch]) -> bool:
    """Whether the claim says the very word that the source puts behind "kein" or "no"."""
    for match in matches:
        words = sources[match.source].words
        before = [word.text for word in words[max(0, match.position - 2) : match.position]]
        if match.position > 0 and match.score >= _SIMILAR and any(_NONE.fullmatch(word) for word in before):
            return True
    return False


def _denies_only_others(claim: AnalyzedText, sources: Sequence[AnalyzedText]) -> bool:
    """Whether the source denies by "kein" alone, and only things of which the claim does not speak."""
    for source in sources:
        positions = [position for position, word in enumerate(source.words) if _NONE.fullmatch(word.text)]
        if len(positions) < count_of(Marker.NO, source.text):
            return False
        for position in positions:
            denied = next((word for word in source.words[position + 1 : position + 3] if word.is_content), None)
            if denied is None or denied.terms & claim.terms:
                return False
    return True


def _denies_a_negative(claim: str, texts: Sequence[str]) -> bool:
    """Whether the claim says "nicht unbedenklich" of what its source calls "unbedenklich"."""
    return any(match[1].lower() in text.lower() for match in _TWICE_NO.finditer(claim) for text in texts)


def _is_denied_there(claim: str, texts: Sequence[str], matches: Sequence[WordMatch]) -> bool:
    """Whether the stretches that the claim rests on, or what it puts behind its "nicht" or "kein", deny anything."""
    if _carrying(texts, matches, segments_of, _TOUCHED_SHARE) & _DENYING:
        return True
    for end in ends_of(Marker.NO, claim):
        behind = [match for match in matches if match.word.start >= end]
        denied = min(behind, key=lambda match: match.word.start, default=None)
        if denied and denied.position >= 0 and denied.score >= _SIMILAR:
            parts = segments_of(texts[denied.source])
            if any(part.start <= denied.offset < part.end and part.markers & _DENYING for part in parts):
                return True
    return False


def _denials_taken_over(claim: AnalyzedText, sources: Sequence[AnalyzedText], matches: Sequence[WordMatch]) -> int:
    """How often the source denies in clauses whose content the claim takes over, most of it."""
    same = [_SAME if source.language == claim.language else _SAME_ABROAD for source in sources]
    matched = {(match.source, match.position) for match in matches if match.score >= same[match.source]}
    own = {word.text.lower() for word in claim.words}
    count = 0
    for number, source in enumerate(sources):
        for clause in statements_of(source.text):
            taken = [
                (number, position) in matched or bool(word.terms & claim.terms) or word.text.lower() in own
                for position, word in enumerate(source.words)
                if word.is_content and clause.start <= word.start < clause.end
            ]
            if taken and sum(taken) >= _TAKEN_OVER_SHARE * len(taken):
                count += count_of(Marker.NO, source.text[clause.start : clause.end])
    return count


def lists_more(claim: AnalyzedText, scores: Mapping[int, float]) -> bool:
    """Whether the claim adds an item to a list; ``scores`` say how well the source has the word that starts there."""
    return any(
        word.text[0].isupper()
        and scores.get(word.start, 1.0) < _SIMILAR
        and any(_is_joined(claim, scores, position, step) for step in (-1, 1))
        for position, word in enumerate(claim.words)
    )


def _is_joined(claim: AnalyzedText, scores: Mapping[int, float], position: int, step: int) -> bool:
    """Whether a comma or "und" joins a word to the one behind (``step`` 1) or before (-1) that the source has."""
    joint, neighbour = position + step, position + 2 * step
    if not 0 <= neighbour < len(claim.words) or claim.words[joint].text.lower() not in (",", *_JOINING):
        return False
    return scores.get(claim.words[neighbour].start, 0.0) >= _CERTAIN


def adds(claim: str, sources: Sequence[str]) -> int:
    """How many of duty and reason the claim brings in that no source has."""
    said, anywhere = markers_of(claim), frozenset[Marker]().union(*map(markers_of, sources))
    duty = Marker.MUST in said and not anywhere & _OBLIGING
    return duty + (Marker.BECAUSE in said and Marker.BECAUSE not in anywhere)


def _swaps_sides(claim: str, sources: Sequence[str], matches: Sequence[WordMatch]) -> bool:
    """Whether one side of a contrast ("zwar …, aber kein …") has the opposite sign in the source."""
    for clause in clauses_of(claim):
        own = [match for match in matches if clause.start <= match.word.start < clause.end and match.score >= _SAME]
        signs = [part.is_negative for match in own for part in [_clause_at(sources, match)] if part]
        if signs and all(sign != clause.is_negative for sign in signs):
            return True
    return False


def _clause_at(sources: Sequence[str], match: WordMatch) -> Clause | None:
    clauses = clauses_of(sources[match.source])
    return next((clause for clause in clauses if clause.start <= match.offset < clause.end), None)


def _carrying(
    sources: Sequence[str],
    matches: Sequence[WordMatch],
    parts_of: Callable[[str], Sequence[Clause]],
    share: float = _CARRYING_SHARE,
) -> frozenset[Marker]:
    """The markers of those parts of the source that hold at least this share of what is aligned."""
    weights: dict[tuple[int, Clause], float] = {}
    for match in matches:
        for part in parts_of(sources[match.source]) if match.position >= 0 else ():
            if part.start <= match.offset < part.end:
                weights[match.source, part] = weights.get((match.source, part), 0.0) + match.score
    total = sum(weights.values())
    kept = [part.markers for (_, part), weight in weights.items() if weight >= total * share]
    return frozenset[Marker]().union(*kept)
