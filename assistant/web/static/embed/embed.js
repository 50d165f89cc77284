// The conversation of the embedded page. It lives in this page's memory only and ends with it.
import { element, link, place, plainText, renderAnswer, renderPassage } from "./answer.js";

const API = new URL("../../api/chat", import.meta.url);
const SOURCES = new URL("../../quelle/", import.meta.url).href;
const TURNS = 10;
const HISTORY_BYTES = 12000;
const MOST_SOURCES = 10;

const root = document.documentElement;
const language = root.lang;
const labels = JSON.parse(document.body.dataset.labels);
const find = (id) => document.getElementById(id);
const talk = find("talk");
const turns = find("turns");
const examples = find("examples");
const question = find("question");
const sheet = find("source");
const status = find("status");

let history = [];
let waiting = Promise.resolve();
let conversation = new AbortController();

/* Asking */

function ask(text) {
  const asked = text.trim();
  if (!asked) return;
  const mine = conversation.signal;
  const turn = showQuestion(asked);
  // A question sent while the last answer still arrives is asked after it.
  waiting = waiting.then(() => (mine.aborted ? null : answerTurn(turn, asked, mine)));
}

async function answerTurn(turn, asked, signal) {
  try {
    const answer = await request(asked, signal, (text) => turn.show(text, () => null));
    if (signal.aborted) return;
    history.push({ role: "user", content: asked }, { role: "assistant", content: answer.text, sources: cited(answer) });
    showAnswer(turn, answer);
    tellParent({ type: "answer", status: answer.status });
  } catch (error) {
    if (!signal.aborted) showFailure(turn, asked, error);
  }
}

/** Ids of what an answer rests on, as the next question sends them. */
function cited({ guide, citations }) {
  return [...new Set([guide, ...citations.map((one) => one.id)].filter(Boolean))].slice(0, MOST_SOURCES);
}

async function request(asked, signal, onText) {
  const body = { question: asked, history: recent(), ...(language === "en" ? { lang: "en" } : {}) };
  const reply = await fetch(API, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream", "Accept-Language": language },
    body: JSON.stringify(body),
    signal,
  });
  if (!reply.ok) {
    const error = await reply.json().catch(() => null);
    throw new Refusal((error && error.error && error.error.message) || labels.failed);
  }
  let text = "";
  for await (const [name, data] of events(reply)) {
    if (name === "delta") onText((text += data.text));
    if (name === "done") return data;
    if (name === "error") throw new Refusal(data.error.message);
  }
  throw new Error("the stream ended early");
}

/** A failure that the server explained in words for the visitor. */
class Refusal extends Error {}

async function* events(reply) {
  const reader = reply.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    rest += decoder.decode(part.value, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const [name, data] = block.split("\n");
      yield [name.replace(/^event: /, ""), JSON.parse(data.replace(/^data: /, ""))];
    }
  }
}

/** The last turns that fit into one request; the server reads them only to resolve references. */
function recent() {
  let kept = history.slice(-TURNS);
  const size = () => new TextEncoder().encode(JSON.stringify(kept)).length;
  while (kept.length && size() > HISTORY_BYTES) kept = kept.slice(2);
  return kept;
}

/* Showing */

function showQuestion(asked) {
  examples.hidden = true;
  turns.querySelectorAll(".follow-ups").forEach((one) => one.remove());
  const heading = element("h2", {}, asked);
  const answer = element("div", { class: "answer", "aria-busy": "true" }, element("p", { class: "meta" }, labels.waiting));
  const article = element("article", { class: "turn" }, heading, answer);
  turns.append(article);
  article.scrollIntoView({ block: "start" });
  return { article, answer, show: (text, cite) => answer.replaceChildren(renderAnswer(text, cite)) };
}

function showAnswer({ article, answer, show }, given) {
  const { text, citations, suggestions, language: spoken, status: outcome, model, guide, missing = [], choices = [], considered = {}, note } = given;
  answer.lang = spoken;
  const byNumber = new Map(citations.map((one) => [one.number, one]));
  show(text, (number) => byNumber.has(number) && citeButton(byNumber.get(number)));
  answer.removeAttribute("aria-busy");
  const absent = labels.missing.replace("{things}", () => missing.join(", "));
  if (missing.length) article.append(element("p", { class: "meta" }, absent));
  if (Object.keys(considered).length) article.append(element("p", { class: "meta" }, factsOf(considered)));
  if (note) article.append(element("p", { class: "meta" }, note));
  const origin = guide ? labels.guided : model ? wordedBy(model, citations) : labels.quoted;
  if (outcome === "answered" && !choices.length) article.append(element("p", { class: "meta" }, origin));
  if (citations.length) article.append(sourceList(citations));
  if (labels.rating) import("./feedback.js").then(({ rating }) => article.append(rating(given, labels.rating)));
  if (suggestions.length) article.append(followUps(suggestions));
  announce(answer, citations.length);
}

/** What was understood of the firm. */
function factsOf(considered) {
  const facts = Object.entries(considered).map(([name, value]) =>
    name === "employees" ? labels.employees.replace("{employees}", value) : value,
  );
  return labels.considered.replace("{facts}", () => facts.join(", "));
}

/** Who worded the answer, and what it was checked against. */
function wordedBy(model, citations) {
  const count = new Set(citations.map((one) => one.id)).size;
  const words = count === 1 ? labels.worded_one : labels.worded;
  return words.replace("{count}", count).replace("{model}", () => model);
}

function citeButton(citation) {
  const title = [citation.title, citation.section].filter(Boolean).join(", ");
  const name = labels.cite.replace("{number}", citation.number).replace("{title}", () => title);
  const button = element("button", { type: "button", class: "cite", "aria-label": name, "aria-haspopup": "dialog" });
  button.append(String(citation.number));
  button.addEventListener("click", () => openSource(citation));
  return button;
}

function sourceList(citations) {
  const summary = element("summary", {}, labels.sources.replace("{count}", citations.length));
  const items = citations.map((one) => {
    const meta = element("span", { class: "meta" }, place(one, labels, language));
    return element("li", {}, citeButton(one), element("div", {}, one.title, meta));
  });
  return element("details", {}, summary, element("ol", {}, ...items));
}

function followUps(suggestions) {
  const items = suggestions.map((one) => element("li", {}, element("button", { type: "button" }, one)));
  const list = element("ul", { class: "asks" }, ...items);
  return element("div", { class: "follow-ups" }, element("h3", {}, labels.follow_ups), list);
}

function showFailure({ article, answer }, asked, error) {
  const message = error instanceof Refusal ? error.message : labels.failed;
  const again = element("button", { type: "button", class: "again" }, labels.again);
  again.addEventListener("click", () => {
    article.remove();
    question.focus();
    ask(asked);
  });
  answer.replaceChildren(element("p", {}, message), again);
  if (labels.contact_url) answer.append(element("p", {}, link(labels.contact, labels.contact_url, labels.tab)));
  answer.removeAttribute("aria-busy");
  say(message);
}

function announce(answer, count) {
  const lead = count ? labels.announce.replace("{count}", count) : labels.announce_none;
  say(`${lead} ${plainText(answer)}`);
}

let quiet;

/** Once for screen readers; emptied again so that nobody meets the text twice while reading. */
function say(text) {
  clearTimeout(quiet);
  status.textContent = text;
  quiet = setTimeout(() => (status.textContent = ""), 4000);
}

/* Sources */

function openSource(citation) {
  const opener = document.activeElement;
  const close = element("button", { type: "button", class: "close" }, labels.close);
  close.addEventListener("click", () => sheet.close());
  const heading = element("h2", { id: "source-title" }, labels.source.replace("{number}", citation.number));
  const links = element("p", { class: "links" }, link(labels.text, SOURCES + encodeURI(citation.id), labels.tab));
  if (citation.url) links.prepend(link(labels.open, citation.url, labels.tab));
  sheet.replaceChildren(
    element(
      "div",
      { class: "sheet" },
      element("div", { class: "sheet-head" }, heading, close),
      element("p", {}, element("strong", {}, citation.title), element("span", { class: "meta" }, place(citation, labels, language))),
      renderPassage(citation),
      links,
    ),
  );
  sheet.addEventListener("close", () => opener && opener.isConnected && opener.focus(), { once: true });
  sheet.showModal();
}

sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());

/* The page around */

const parentOrigin = document.body.dataset.parent;
const framed = parentOrigin && window.parent !== window;

/** Messages have this one shape and never carry a word of the conversation. */
function tellParent(message) {
  if (framed) window.parent.postMessage({ netzlotse: 1, ...message }, parentOrigin);
}

window.addEventListener("message", (event) => {
  if (!framed || event.source !== window.parent || event.origin !== parentOrigin) return;
  if (event.data && event.data.netzlotse === 1 && event.data.type === "focus") takeFocus();
});

/** Not into the field on a touch screen: its keyboard would cover the greeting. */
function takeFocus() {
  (matchMedia("(pointer: coarse)").matches ? talk : question).focus({ preventScroll: true });
}

/** `Netzlotse.ask` hands its question over in the fragment, which no server sees. */
function takeQuestion() {
  const given = framed && new URLSearchParams(location.hash.slice(1)).get("ask");
  if (!given) return;
  window.history.replaceState(null, "", location.pathname + location.search);
  ask(given.slice(0, question.maxLength));
}

/* Wiring */

find("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(question.value);
  question.value = "";
});

question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find("ask").requestSubmit();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("#examples button, .follow-ups button");
  if (!button) return;
  ask(button.textContent);
  // The button is gone now; the keyboard goes on from the answer that comes.
  talk.focus({ preventScroll: true });
});

// Written as the widget writes addresses, so that it can still hand a question to this page.
find("switch").addEventListener("click", (event) => {
  event.preventDefault();
  const query = new URLSearchParams(location.search);
  query.set("language", event.currentTarget.hreflang);
  location.replace(`?${query}`);
});

find("new").addEventListener("click", () => {
  conversation.abort();
  conversation = new AbortController();
  history = [];
  turns.replaceChildren();
  examples.hidden = false;
  status.textContent = "";
  talk.scrollTop = 0;
  question.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !sheet.open && root.dataset.mode === "bubble") tellParent({ type: "close" });
});

window.addEventListener("hashchange", takeQuestion);
examples.hidden = false;
takeQuestion();
tellParent({ type: "ready", language });
