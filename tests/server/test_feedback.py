"""What visitors leave: little, masked, only where the operator wants it, and not for long."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from assistant.feedback.gap_report import find_gaps
from assistant.feedback.pii_masking import HIDDEN, mask
from assistant.feedback.store import FILE, Feedback, FeedbackStore, Unanswered
from tests.support.serving import serving
from tests.support.shared import copy_data

TODAY = date.today().isoformat()
KNOWN = {
    "fehlt",
    "nennen",
    "antwort",
    "frist",
    "förderquote",
    "zuschuss",
    "die",
    "bitte",
    "maschinenbau",
    "the",
    "grant",
}

COMMENTS = {
    "Frau Krause hat recht: Frist fehlt": ("Krause",),
    "Die Frist fehlt, sagt Sabine Huber": ("Sabine", "Huber"),
    "Rückfragen an max.muster@firma.example": ("max", "firma"),
    "Bitte anrufen: +49 (0)171 234 56 78": ("171", "234"),
    "Konto DE89 3704 0044 0532 0130 00": ("3704", "DE89"),
    "Wir sitzen in der Hauptstraße 12, 80331 München": ("Hauptstraße", "80331", "München"),
    "Krause Maschinenbau GmbH fehlt": ("Krause", "GmbH"),
    "siehe https://intern.example/geheim?kunde=7": ("intern", "geheim"),
    "The grant is wrong, says John Miller from Acme Ltd.": ("John", "Miller", "Acme"),
    "Kundennummer 4711 8899": ("4711", "8899"),
}


@pytest.mark.parametrize(("comment", "secrets"), COMMENTS.items(), ids=[one[:20] for one in COMMENTS])
def test_a_comment_names_nobody(comment: str, secrets: tuple[str, ...]) -> None:
    shown = mask(comment, lambda word: word.lower() in KNOWN)
    assert HIDDEN in shown
    assert not [secret for secret in secrets if secret in shown]


def test_a_comment_keeps_what_it_is_about() -> None:
    text = "Die Frist fehlt, bitte die Förderquote nennen."
    assert mask(text, lambda word: word.lower() in KNOWN) == text


def test_records_come_back_as_they_were_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    judged = Feedback(TODAY, "down", "wrong", "Frist fehlt", "answered", "extractive", "de", ("zim", "igp"))
    lost = Unanswered(TODAY, "no_source", "de", "funding", ("drohnen", "zuschuss"), "zim")
    store.add(judged)
    store.add(lost)
    assert (store.feedback(), store.unanswered()) == ([judged], [lost])


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    FeedbackStore(tmp_path).add(Unanswered(TODAY, "no_source", "de", "", ("drohnen",), ""))
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("age", "days", "kept"), [(0, 1, 1), (29, 30, 1), (30, 30, 0), (7, 7, 0), (40, 365, 0), (-1, 30, 1), (-2, 30, 0)]
)
def test_what_is_too_old_goes(tmp_path: Path, age: int, days: int, kept: int) -> None:
    day = (date.today() - timedelta(days=age)).isoformat()
    FeedbackStore(tmp_path, 30).add(Unanswered(day, "no_source", "de", "", ("drohnen",), ""))
    assert len(FeedbackStore(tmp_path, days).unanswered()) == kept


def test_purging_forgets_everything(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    store.add(Unanswered(TODAY, "no_source", "de", "", ("drohnen",), ""))
    assert (store.purge(), store.unanswered()) == (1, [])


def test_gaps_group_like_questions() -> None:
    asked = [("drohnen", "zuschüsse"), ("drohnen", "förderung"), ("drohnen",), ("imkerei",), ()]
    records = [Unanswered(TODAY, "no_source", "de", "", words, "zim") for words in asked]
    gaps = find_gaps(records)
    assert [(gap.count, gap.words[0]) for gap in gaps] == [(3, "drohnen"), (1, "imkerei")]
    assert gaps[0].nearest == ("zim",)


def body(**changes: object) -> dict[str, object]:
    return {
        "thumb": "down",
        "comment": "Herr Huber sagt: falsch",
        "sources": ["zim-kooperationsprojekte", "x"],
    } | changes


def test_without_the_setting_nothing_is_taken_or_kept(shipped_data: Path, tmp_path: Path) -> None:
    data = copy_data(shipped_data, tmp_path / "data")
    with serving(data) as server:
        assert httpx.post(f"{server}/api/feedback", json=body()).status_code == 404
        httpx.post(f"{server}/api/chat", json={"question": "Wie backe ich Sauerteigbrot?"})
        assert "Bewertungen werden nicht angenommen" in httpx.get(f"{server}/datenschutz").text
        assert not (data / FILE).exists()


def test_with_the_setting_ratings_and_words_are_kept(shipped_data: Path, tmp_path: Path) -> None:
    data = copy_data(shipped_data, tmp_path / "data")
    with serving(data, feedback="all") as server:
        assert httpx.post(f"{server}/api/feedback", json=body()).status_code == 201
        for wrong in (body(thumb="sideways"), body(comment="x" * 501), body(question="Wer?"), body(sources=["x"] * 21)):
            assert httpx.post(f"{server}/api/feedback", json=wrong).status_code == 422
        httpx.post(
            f"{server}/api/chat", json={"question": "Zahlt Stefan Huber Zuschüsse für Drohnen in 12345 Imkerei?"}
        )
        store = FeedbackStore(data)
        (kept,) = store.feedback()
        assert kept.sources == ("zim-kooperationsprojekte",)
        assert "Huber" not in kept.comment
        (lost,) = store.unanswered()
        assert "Drohnen" in lost.words
        assert not {"Stefan", "Huber", "12345"} & set(lost.words)
        assert "höchstens 30 Tage" in httpx.get(f"{server}/embed").text


@pytest.mark.parametrize("path", ["/datenschutz", "/impressum", "/barrierefreiheit"])
def test_pages_are_there_and_load_nothing_from_others(server: str, path: str) -> None:
    page = httpx.get(server + path)
    assert page.status_code == 200
    assert "<h1>" in page.text
    assert "src=" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
