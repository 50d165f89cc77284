"""Hostile documents from ``assistant add`` to the visitor: nothing runs, loads or is obeyed, shipped facts stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from tests.server.test_abuse import FINE, LIMIT, assert_proven
from tests.support.faults import run
from tests.support.hostile_collection import DOCUMENTS, content, question
from tests.support.serving import serving
from tests.support.shared import copy_data

LOOK = """(selector) => {
  const found = [...document.querySelectorAll(selector)].flatMap((one) => [...one.querySelectorAll("*")]);
  const wrong = [...window.violations, ...(window.pwned ? ["ran"] : []), ...(found.length ? [] : ["nothing is shown"])];
  const foreign = "SCRIPT,IMG,IFRAME,OBJECT,EMBED,VIDEO,AUDIO,FORM,INPUT,LINK,STYLE,META,BASE,MATH".split(",");
  for (const one of found.filter((one) => !one.closest("svg"))) {
    if (foreign.includes(one.tagName)) wrong.push(one.outerHTML.slice(0, 200));
    for (const { name, value } of one.attributes) {
      if (/^on|^src|^action|^formaction|^data$/.test(name)) wrong.push(name + "=" + value);
      if (name === "href" && !/^(https?:|mailto:)/.test(one.href)) wrong.push("href=" + value);
      if (name === "href" && /evil|@/.test(new URL(one.href).host + one.href)) wrong.push("href=" + value);
    }
  }
  return wrong;
}"""
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  if (event.blockedURI !== "inline") violations.push(event.blockedURI + event.violatedDirective);
});
"""


@dataclass(frozen=True, slots=True)
class Slipped:
    """A server with the hostile documents in its collection; ``ids`` of the documents by their invented name."""

    address: str
    ids: Mapping[str, str]

    def ask(self, text: str) -> dict[str, Any]:
        reply = httpx.post(f"{self.address}/api/chat", json={"question": text}, timeout=LIMIT)
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer


@pytest.fixture(scope="module")
def slipped(shipped_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slipped]:
    place = tmp_path_factory.mktemp("slipped")
    folder, data = place / "eingang", place / "data"
    folder.mkdir()
    copy_data(shipped_data, data)
    for name, (file, _, _) in DOCUMENTS.items():
        (folder / file).write_bytes(content(name))
    (folder / "passwd.txt").symlink_to("/etc/passwd")
    code, output, errors = run("add", str(folder), "--json", data_dir=data)
    result = json.loads(output)
    assert (code, [one["code"] for one in result["skipped"]]) == (1, ["outside_folder"]), errors
    assert list(place.rglob("ausgefuehrt")) == []
    assert not Path("ausgefuehrt").exists()
    found = {Path(one["path"]).name: one["id"] for one in result["added"]}
    with serving(data) as address:
        yield Slipped(address, {name: found[file] for name, (file, _, _) in DOCUMENTS.items()})


@pytest.fixture
def page(browser: Browser, slipped: Slipped) -> Iterator[Page]:
    """A page that may show no dialog and call no other host."""
    expect.set_options(timeout=30_000)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    page.on("dialog", lambda dialog: outside.append(f"dialog:{dialog.message}"))
    page.on("download", lambda download: outside.append(f"download:{download.url}"))
    yield page
    allowed = (slipped.address, "data:", "blob:")
    context.close()
    assert [one for one in outside if not one.startswith(allowed)] == []


def test_the_table_is_long_enough() -> None:
    assert len(DOCUMENTS) >= 20


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_quoted_and_not_obeyed(slipped: Slipped, name: str) -> None:
    answer = slipped.ask(question(name))
    assert answer["status"] == "answered"
    assert_proven(answer)
    cited = [one for one in answer["citations"] if one["id"] == slipped.ids[name]]
    assert any(f"Lagerung von Muttern und Federringen in {name}hausen" in one["quote"] for one in cited)
    for one in cited:
        assert (one["kind"], one["url"], one["status"]) == ("document", None, None)
        shown = one["title"] + one["section"] + one["quote"] + one["passage"]
        assert not [sign for sign in shown if sign < " " and sign != "\n"]
        assert not set(shown) & set("\x85\u200b\u202e\u2066\u2060\ufeff\U000e0061")
    assert "Banane" not in answer["text"] or "Banane" in json.dumps([one["quote"] for one in cited])
    source = httpx.get(f"{slipped.address}/quelle/{slipped.ids[name]}", timeout=LIMIT)
    assert source.status_code == 200
    assert httpx.get(f"{slipped.address}/api/search", params={"q": question(name)}, timeout=LIMIT).status_code == 200


@pytest.mark.parametrize(
    ("asked", "lie"),
    [
        ("Wie viel Prozent zahlt ZIM-Kooperation?", "97"),
        ("Welchen Fördersatz hat ZIM für Einzelprojekte?", "97"),
        ("Kann ich go-digital noch beantragen?", "99"),
    ],
)
def test_what_is_shipped_is_not_overridden(slipped: Slipped, assistant: AppContext, asked: str, lie: str) -> None:
    before, after = ask(assistant, asked), slipped.ask(asked)
    assert before.status == after["status"] == "answered"
    assert_proven(after)
    quotes = {one.quote for one in before.citations}
    kept = [one for one in after["citations"] if one["quote"] in quotes]
    assert kept
    assert all(one["kind"] == "document" for one in after["citations"] if lie in one["quote"])
    documents = set(slipped.ids.values())
    first = after["citations"][0]
    assert first["id"] not in documents


def test_other_questions_are_answered_as_before(slipped: Slipped, assistant: AppContext) -> None:
    for asked in (FINE, "Was ist Industrie 4.0?", "Wie ist das Wetter morgen?"):
        before, after = ask(assistant, asked), slipped.ask(asked)
        assert (before.status, [one.id for one in before.citations]) == (
            after["status"],
            [one["id"] for one in after["citations"]],
        )


def test_nothing_runs_on_the_chat_page(page: Page, slipped: Slipped) -> None:
    page.goto(slipped.address)
    box = page.locator("#question textarea")
    expect(box).to_be_visible()
    for number, name in enumerate(DOCUMENTS, 1):
        box.fill(question(name))
        page.keyboard.press("Enter")
        expect(page.locator(f"#chat a[href*='#beleg-{number}-1']").first).to_be_visible()
    assert page.evaluate(LOOK, "#chat .bot .prose, #chat .user .prose, #cards .prose") == []


def test_nothing_runs_in_the_widget(page: Page, slipped: Slipped) -> None:
    page.goto(f"{slipped.address}/embed")
    for number, name in enumerate(DOCUMENTS):
        page.fill("#question", question(name))
        page.keyboard.press("Enter")
        expect(page.locator(".turn").nth(number).locator(".cite").first).to_be_visible()
    assert page.evaluate(LOOK, "main") == []


def test_nothing_runs_on_a_source_page(page: Page, slipped: Slipped) -> None:
    for name, one in slipped.ids.items():
        page.goto(f"{slipped.address}/quelle/{one}")
        expect(page.locator("main")).to_contain_text(f"{name}hausen")
        assert page.evaluate(LOOK, "main") == []
