"""Yes stays yes, can stays can: every rule in a table of plain sentences, with what it must let pass."""

from __future__ import annotations

import pytest

from assistant.answering.grounding.negation_and_modality import adds, contradicts_polarity, lists_more, overstates
from assistant.answering.grounding.word_alignment import Aligner, AnalyzedText, WordMatch, own_scores
from assistant.core.models import Language
from assistant.language.language_detection import detect_language


def contradicts(aligner: Aligner, claim: str, *sources: str) -> bool:
    read = aligner.read(claim, detect_language(claim))
    others = [aligner.read(source, detect_language(source)) for source in sources]
    return contradicts_polarity(read, others, aligner.align(read, others))


def exaggerates(aligner: Aligner, claim: str, *sources: str) -> bool:
    read = aligner.read(claim, detect_language(claim))
    others = [aligner.read(source, detect_language(source)) for source in sources]
    return overstates(claim, others, aligner.align(read, others))


@pytest.mark.parametrize(
    ("claim", "source", "contradiction"),
    [
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert Maschinen.", False),
        # More denials than the source has.
        ("Der Bonus fördert keine Maschinen.", "Der Bonus fördert Maschinen.", True),
        ("Der Bonus fördert keine Maschinen.", "Der Bonus fördert keine Maschinen.", False),
        ("Der Bonus wird nicht mehr vergeben.", "Der Bonus ist ausgelaufen.", False),  # a soft denial carries it
        # The source denies, and the claim takes that over without its "nicht".
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert keine Maschinen.", True),
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert Maschinen nicht.", True),
        ("The grant funds machines.", "The grant does not fund machines.", True),
        ("Der Bonus fördert Maschinen.", "Der Bonus fördert Maschinen, aber keine Gebäude.", False),
        ("Der Bonus fördert Gebäude.", "Der Bonus fördert Maschinen, aber keine Gebäude.", True),
        # Ended only where the source says so.
        ("Der Bonus nimmt nicht mehr an.", "Der Bonus nimmt Schreiben nicht an.", True),
        # "nicht unbedenklich" of what is "unbedenklich".
        ("Die Absprache ist nicht unbedenklich.", "Die Absprache ist nicht teuer und unbedenklich.", True),
        # What is denied must be denied there.
        # A soft word that both have carries no denial.
        ("Nur Betriebe bekommen Gebäude nicht.", "Nur Betriebe bekommen Gebäude.", True),
        ("Nur Betriebe bekommen Gebäude.", "Nur Betriebe bekommen Gebäude nicht.", True),
        ("Der Bonus fördert Beratung nicht.", "Der Bonus fördert Beratung. Gebäude fördert er nicht.", True),
        ("Der Bonus fördert Gebäude nicht.", "Der Bonus fördert Beratung. Gebäude fördert er nicht.", False),
        # Both sides of a contrast keep their sign.
        (
            "Der Bonus fördert Maschinen nicht, aber Gebäude.",
            "Der Bonus fördert Gebäude nicht, aber Maschinen.",
            True,
        ),
        (
            "Der Bonus fördert Gebäude nicht, aber Maschinen.",
            "Der Bonus fördert Gebäude nicht, aber Maschinen.",
            False,
        ),
    ],
)
def test_yes_and_no_stay(aligner: Aligner, claim: str, source: str, contradiction: bool) -> None:
    sentences = [part if part.endswith(".") else f"{part}." for part in source.split(". ")]
    assert contradicts(aligner, claim, *sentences) == contradiction


def test_a_sentence_that_was_cited_for_something_else_is_not_heard(aligner: Aligner) -> None:
    claim = "Der Verbund teilt sich teure Fräsmaschinen und günstige Werkzeuge."
    assert not contradicts(aligner, claim, claim, "Igel schlafen im Sommer nicht.")


@pytest.mark.parametrize(
    ("claim", "source", "too_strong"),
    [
        ("Betriebe können den Bonus beantragen.", "Betriebe können den Bonus beantragen.", False),
        # Duty.
        ("Betriebe müssen den Bonus beantragen.", "Betriebe können den Bonus beantragen.", True),
        ("Betriebe müssen den Antrag stellen.", "Betriebe stellen den Antrag.", True),
        ("Betriebe müssen den Antrag stellen.", "Der Antrag der Betriebe ist Pflicht.", False),
        ("Der Antrag ist bis Mai zu stellen.", "Die Frist für den Antrag endet im Mai.", False),
        ("Ein Vertrag ist gesetzlich vorgeschrieben.", "Ein Vertrag ist üblich.", True),
        ("Ein Vertrag ist gesetzlich vorgeschrieben.", "Ein Vertrag ist verpflichtend vorgeschrieben.", False),
        ("Ein Vertrag ist gesetzlich geregelt.", "Ein Vertrag ist schriftlich geregelt.", True),
        ("Betriebe müssen meist zahlen.", "Betriebe können zahlen, gesetzlich ist das geregelt.", True),
        ("Betriebe müssen meist zahlen.", "Betriebe zahlen, gesetzlich ist das geregelt.", False),
        ("Betriebe müssen meist zahlen und müssen melden.", "Betriebe müssen zahlen und können melden.", True),
        ("Betriebe müssen meist zahlen und melden.", "Betriebe müssen zahlen und können melden.", False),
        # Hedges.
        ("Betriebe bekommen den Bonus nicht.", "Betriebe können den Bonus nicht bekommen.", False),
        ("Der Verbund kauft günstiger ein.", "Der Verbund kauft meist günstiger ein.", True),
        ("Der Verbund kauft in der Regel günstiger ein.", "Der Verbund kauft meist günstiger ein.", False),
        ("Der Verbund gründet eine Firma.", "Der Verbund soll eine Firma gründen.", True),
        ("Der Bonus zahlt 45 Prozent.", "Der Bonus kann 45 Prozent zahlen.", True),
        ("Der Bonus zahlt bis zu 45 Prozent.", "Der Bonus kann 45 Prozent zahlen.", False),  # says that it can be less
        # All and only.
        ("Der Bonus hilft allen Betrieben.", "Der Bonus hilft Betrieben.", True),
        ("Der Bonus hilft allen Betrieben.", "Der Bonus hilft allen Betrieben.", False),
        ("Der Bonus hilft nur Betrieben.", "Der Bonus hilft Betrieben.", True),
        ("Der Bonus hilft nur Betrieben.", "Der Bonus hilft ausschließlich Betrieben.", False),
        ("Nur ein Antrag ist einzureichen.", "Ein Antrag reicht.", False),
        ("Der Bonus hilft nur Betrieben.", "Der Bonus hilft nur Betrieben und Hochschulen.", True),
        ("Der Bonus hilft nur Betrieben und Hochschulen.", "Der Bonus hilft nur Betrieben und Hochschulen.", False),
        ("Nur Hochschulen bekommen ihn.", "Hochschulen und Betriebe bekommen ihn nur hier.", True),
        ("Hochschulen bekommen ihn nur hier.", "Hochschulen und Betriebe bekommen ihn nur hier.", False),
        # The past, and what nobody confirmed.
        ("Das Programm bezuschusst Netzwerke.", "Das Programm bezuschusste Netzwerke.", True),
        ("Das Programm bezuschusste Netzwerke.", "Das Programm bezuschusste Netzwerke.", False),
        ("Das Programm ist ausgelaufen.", "Das Programm war für Netzwerke.", False),
        ("Das Programm läuft derzeit.", "Ob das Programm läuft, ist nicht bestätigt.", True),
        ("Ob das Programm derzeit läuft, ist nicht bestätigt.", "Ob das Programm läuft, ist nicht bestätigt.", False),
    ],
)
def test_a_claim_is_no_stronger_than_its_source(aligner: Aligner, claim: str, source: str, too_strong: bool) -> None:
    assert exaggerates(aligner, claim, source) == too_strong


@pytest.mark.parametrize(
    ("claim", "source", "more"),
    [
        ("Das Zentrum hilft bei Robotik und Logistik.", "Das Zentrum hilft bei Robotik und Logistik.", False),
        ("Das Zentrum hilft bei Robotik und Steuerrecht.", "Das Zentrum hilft bei Robotik.", True),
        ("Das Zentrum hilft bei Steuerrecht und Robotik.", "Das Zentrum hilft bei Robotik.", True),
        ("Das Zentrum hilft bei Robotik, Steuerrecht.", "Das Zentrum hilft bei Robotik.", True),
        (
            "Das Zentrum hilft bei Steuerrecht.",
            "Das Zentrum hilft bei Robotik.",
            False,
        ),  # no list; other rules weigh it
    ],
)
def test_a_list_has_no_item_more(aligner: Aligner, claim: str, source: str, more: bool) -> None:
    read = aligner.read(claim, "de")
    matches = aligner.align(read, [aligner.read(source, "de")])
    scores = dict(zip((match.word.start for match in matches), own_scores(matches), strict=True))
    assert lists_more(read, scores) == more


@pytest.mark.parametrize(
    ("claim", "sources", "count"),
    [
        ("Der Bonus hilft.", ["Der Bonus hilft."], 0),
        ("Betriebe müssen zahlen.", ["Betriebe zahlen."], 1),
        ("Betriebe müssen zahlen.", ["Betriebe zahlen.", "Die Zahlung ist Pflicht."], 0),
        ("Betriebe müssen zahlen.", ["Die Zahlung ist fällig."], 0),
        ("Betriebe zahlen, weil es hilft.", ["Betriebe zahlen."], 1),
        ("Betriebe zahlen, weil es hilft.", ["Betriebe zahlen deshalb."], 0),
        ("Betriebe müssen zahlen, weil es hilft.", ["Betriebe zahlen."], 2),
    ],
)
def test_duties_and_reasons_of_its_own_are_counted(claim: str, sources: list[str], count: int) -> None:
    assert adds(claim, sources) == count


# --- Where the numbers part: words are matched by hand ---------------------------------------------------------------


def paired(
    aligner: Aligner, claim: str, sources: list[str], pairs: dict[str, tuple[str, float]], language: Language = "de"
) -> tuple[AnalyzedText, list[AnalyzedText], list[WordMatch]]:
    """A claim, its sources, and a match for each word of the claim that ``pairs`` gives a source's word and a score."""
    read, others = aligner.read(claim, language), [aligner.read(source, "de") for source in sources]
    words = {word.text: word for word in read.words}
    found = {
        word.text: (number, position, word.start)
        for number, other in enumerate(others)
        for position, word in enumerate(other.words)
    }
    return read, others, [WordMatch(words[own], score, *found[theirs]) for own, (theirs, score) in pairs.items()]


@pytest.mark.parametrize(("share", "is_heard"), [(0.14, False), (0.15, True)])
def test_a_source_sentence_is_heard_when_it_says_enough_of_the_claim(
    aligner: Aligner, share: float, is_heard: bool
) -> None:
    """Only the second sentence says "allen"; unheard, the claim says more than its source."""
    claim, sources = "Der Bonus hilft allen Betrieben.", ["Der Bonus nützt Betrieben.", "Er hilft allen."]
    _, others, matches = paired(aligner, claim, sources, {"Bonus": ("Bonus", 1 - share), "hilft": ("hilft", share)})
    assert overstates(claim, others, matches) == (not is_heard)


@pytest.mark.parametrize(("share", "is_carrying"), [(0.33, False), (0.34, True)])
def test_a_part_of_the_source_with_a_third_of_the_claim_carries_its_hedge(
    aligner: Aligner, share: float, is_carrying: bool
) -> None:
    claim, source = "Der Bonus fördert Betriebe.", "Der Bonus kann vieles sein; gefördert werden Betriebe."
    pairs = {"Bonus": ("Bonus", share), "Betriebe": ("Betriebe", 1 - share)}
    _, others, matches = paired(aligner, claim, [source], pairs)
    assert overstates(claim, others, matches) == is_carrying


@pytest.mark.parametrize(("share", "is_touched"), [(0.19, False), (0.21, True)])
def test_a_part_of_the_source_with_a_fifth_of_the_claim_may_deny_for_it(
    aligner: Aligner, share: float, is_touched: bool
) -> None:
    claim, source = "Der Bonus fördert Betriebe nicht.", "Der Bonus gilt heute nicht; gefördert werden Betriebe."
    pairs = {"Bonus": ("Bonus", share), "Betriebe": ("Betriebe", 1 - share)}
    assert contradicts_polarity(*paired(aligner, claim, [source], pairs)) == (not is_touched)


@pytest.mark.parametrize(("share", "is_newer"), [(0.49, False), (0.5, True)])
def test_a_clause_with_half_of_the_claim_gives_the_tense(aligner: Aligner, share: float, is_newer: bool) -> None:
    claim, source = "Der Bonus fördert Betriebe.", "Der Bonus half früher Netzen, es gibt Geld für Betriebe."
    pairs = {"Bonus": ("Bonus", share), "Betriebe": ("Betriebe", 1 - share)}
    _, others, matches = paired(aligner, claim, [source], pairs)
    assert overstates(claim, others, matches) == is_newer


NOT_MACHINES, NOT_BUILDINGS = "Der Bonus fördert Maschinen nicht.", "Der Verbund kauft alte Gebäude nicht."


@pytest.mark.parametrize(
    ("addition", "is_taken_over"),
    [("Verbund kauft alte Gebäude", True), ("Verbund kauft Gebäude", True), ("Verbund und Gebäude", False)],
)
def test_who_says_three_of_four_words_of_a_denying_clause_must_deny_it(
    aligner: Aligner, addition: str, is_taken_over: bool
) -> None:
    claim = f"Der Bonus fördert Maschinen nicht, {addition}."
    pairs = {"Maschinen": ("Maschinen", 1.0), "Gebäude": ("Gebäude", 1.0)}
    assert contradicts_polarity(*paired(aligner, claim, [NOT_MACHINES, NOT_BUILDINGS], pairs)) == is_taken_over


@pytest.mark.parametrize(("score", "is_same"), [(0.79, False), (0.8, True)])
def test_a_word_with_a_score_of_0_8_says_the_same(aligner: Aligner, score: float, is_same: bool) -> None:
    claim = "Der Bonus fördert Maschinen nicht, Netze mögen alte Gebäude."
    pairs = {"Maschinen": ("Maschinen", 1.0), "Netze": ("Verbund", score), "Gebäude": ("Gebäude", 1.0)}
    assert contradicts_polarity(*paired(aligner, claim, [NOT_MACHINES, NOT_BUILDINGS], pairs)) == is_same


@pytest.mark.parametrize(("score", "is_same"), [(0.59, False), (0.6, True)])
def test_in_the_other_language_a_score_of_0_6_does(aligner: Aligner, score: float, is_same: bool) -> None:
    claim = "The grant does not fund machines, networks buy old houses."
    said = {"grant": "Bonus", "fund": "fördert", "machines": "Maschinen", "networks": "Verbund", "buy": "kauft"}
    pairs = {own: (theirs, 0.9) for own, theirs in said.items()} | {"houses": ("Gebäude", score)}
    read = paired(aligner, claim, [NOT_MACHINES, NOT_BUILDINGS], pairs, "en")
    assert contradicts_polarity(*read) == is_same


@pytest.mark.parametrize(("score", "is_taken"), [(0.59, False), (0.6, True)])
def test_who_says_what_the_source_has_behind_kein_contradicts_it(
    aligner: Aligner, score: float, is_taken: bool
) -> None:
    claim, source = "Der Bonus fördert Gebäude.", "Der Bonus fördert keine Häuser."
    pairs = {"Bonus": ("Bonus", 1.0), "Gebäude": ("Häuser", score)}
    assert contradicts_polarity(*paired(aligner, claim, [source], pairs)) == is_taken


def test_a_denial_by_kein_of_what_the_claim_speaks_of_counts(aligner: Aligner) -> None:
    source = "Der Bonus fördert keine Maschinen."
    for claim, contradiction in (("Der Bonus nützt Maschinen.", True), ("Der Bonus nützt Gebäuden.", False)):
        assert contradicts_polarity(*paired(aligner, claim, [source], {"Bonus": ("Bonus", 1.0)})) == contradiction


@pytest.mark.parametrize(("score", "is_denied"), [(0.59, False), (0.6, True)])
def test_what_stands_behind_nicht_may_be_denied_in_a_part_that_says_little_else(
    aligner: Aligner, score: float, is_denied: bool
) -> None:
    claim = "Der Bonus fördert im Land nicht Gebäude."
    source = "Gebäude zahlt er nicht; der Bonus fördert Betriebe im ganzen Land."
    pairs = {word: (word, 1.0) for word in ("Bonus", "fördert", "Land")} | {"Gebäude": ("Gebäude", score)}
    assert contradicts_polarity(*paired(aligner, claim, [source], pairs)) == (not is_denied)


def test_a_denial_by_nicht_counts_whatever_it_denies(aligner: Aligner) -> None:
    claim, source = "Der Bonus fördert Gebäude.", "Der Bonus nützt Häusern in der Stadt nicht."
    assert contradicts_polarity(*paired(aligner, claim, [source], {"Bonus": ("Bonus", 1.0)}))


def test_a_soft_word_of_the_claim_may_stand_for_a_denial(aligner: Aligner) -> None:
    claim, source = "Der Bonus für Maschinen entfällt.", "Den Bonus für Maschinen gibt es nicht."
    pairs = {"Bonus": ("Bonus", 1.0), "Maschinen": ("Maschinen", 1.0)}
    assert not contradicts_polarity(*paired(aligner, claim, [source], pairs))
    assert contradicts_polarity(*paired(aligner, claim.replace("entfällt", "kommt"), [source], pairs))


@pytest.mark.parametrize(
    ("claim", "too_strong"),
    [
        ("Das Programm nützt noch Betrieben.", True),
        ("Das Programm nützt Betrieben.", False),
        ("Das Programm nützt noch Betrieben, ungeprüft.", False),
    ],
)
def test_how_things_stand_is_not_told_where_anything_is_unconfirmed(
    aligner: Aligner, claim: str, too_strong: bool
) -> None:
    source = "Das Programm nützt Betrieben im ganzen Land; das Ende ist nicht bestätigt."
    pairs = {"Programm": ("Programm", 1.0), "Betrieben": ("Betrieben", 1.0)}
    _, others, matches = paired(aligner, claim, [source], pairs)
    assert overstates(claim, others, matches) == too_strong


@pytest.mark.parametrize(
    ("added", "beside", "more"), [(0.59, 0.95, True), (0.6, 0.95, False), (0.59, 0.94, False), (0.59, 1.0, True)]
)
def test_an_item_is_more_when_the_source_lacks_it_and_surely_has_the_one_beside(
    aligner: Aligner, added: float, beside: float, more: bool
) -> None:
    for claim in ("Hilfe bei Robotik und Steuern", "Hilfe bei Steuern, Robotik"):
        read = aligner.read(claim, "de")
        starts = {word.text: word.start for word in read.words}
        assert lists_more(read, {starts["Steuern"]: added, starts["Robotik"]: beside}) == more


@pytest.mark.parametrize("claim", ["Hilfe bei Robotik mit Steuern", "Robotik Steuern", "Steuern", "und Steuern"])
def test_without_a_comma_or_und_there_is_no_list(aligner: Aligner, claim: str) -> None:
    read = aligner.read(claim, "de")
    starts = {word.text: word.start for word in read.words}
    assert not lists_more(read, {starts["Steuern"]: 0.1} | {starts[one]: 1.0 for one in starts if one == "Robotik"})
