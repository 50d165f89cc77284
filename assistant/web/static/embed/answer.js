// Answers and sources as elements: text first, then a short list of what is let through.
// The patterns are those of assistant/web/safe_markdown.py; nothing here ever parses HTML.

const ITEM = /^ {0,3}(?:[-*]|(\d{1,3})\.) +(.+)$/;
const INLINE = new RegExp(
  [
    "\\\\(?<literal>[!-\\/:-@\\[-`{-~])",
    "!\\[[^\\[\\]]*\\]\\([^()\\s]*\\)",
    "\\*\\*(?<strong>(?:[^*\\\\]|\\\\.)+)\\*\\*",
    "\\[(?<number>\\d{1,3})\\](?![(\\[])",
    "\\[(?!\\d+\\])(?<label>(?:[^\\[\\]\\\\]|\\\\.)+)\\]\\((?<url>[^\\s()<>]+)\\)",
    "(?<bare>\\b(?:https?:\\/\\/|mailto:)(?:[^\\s<>()\\[\\]\"'`\\\\]|\\\\[_*])*[^\\s<>()\\[\\]\"'`\\\\.,;:!?*_])",
  ].join("|"),
  "g",
);
const UNESCAPE = /\\([!-/:-@[-`{-~])/g;
const SAFE_URL = /^(?:https?:\/\/(?![^/?#]*@)|mailto:)[^\s<>"'`\\\x00-\x1f\x7f]+$/i;

/** An element with text or other elements in it. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The address if it is one that may be opened: http and https without a user's name in them, or mailto. */
export function safeUrl(url) {
  return typeof url === "string" && url.length <= 2000 && SAFE_URL.test(url) ? url : null;
}

/** A link that opens beside the conversation; plain text when its address is not allowed. */
export function link(text, url, hint = "") {
  const safe = safeUrl(url);
  if (!safe) return document.createTextNode(text);
  const made = element("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, text);
  if (hint) made.append(element("span", { class: "hidden" }, ` (${hint})`));
  return made;
}

/**
 * An answer's Markdown as elements. `cite(number)` gives the element for a known citation,
 * or null, which leaves `[n]` as text – so a text that still arrives is shown by the same code.
 */
export function renderAnswer(text, cite) {
  const shown = document.createDocumentFragment();
  let list = null;
  for (const block of text.split(/\n[ \t]*\n/)) {
    let open = null;
    for (const line of block.split("\n")) {
      if (!line.trim()) continue;
      const item = ITEM.exec(line);
      if (item) {
        const kind = item[1] ? "ol" : "ul";
        if (!list || list.localName !== kind) shown.append((list = element(kind)));
        list.append((open = element("li", item[1] ? { value: item[1] } : {}, ...inline(item[2], cite))));
      } else if (open) {
        open.append(" ", ...inline(line, cite));
      } else {
        list = null;
        shown.append((open = element("p", {}, ...inline(line, cite))));
      }
    }
  }
  return shown;
}

function inline(text, cite, nested = false) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(text.slice(end, found.index), ...token(found, cite, nested));
    end = found.index + found[0].length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== "");
}

function token(found, cite, nested) {
  const { literal, strong, number, label, url, bare } = found.groups;
  if (literal) return [literal];
  if (strong && !nested) return [element("strong", {}, ...inline(strong, cite, true))];
  if (number) return [cite(Number(number)) || found[0]];
  const address = safeUrl((url || bare || "").replace(UNESCAPE, "$1"));
  if (address) return [link(label ? label.replace(UNESCAPE, "$1") : address, address)];
  return [found[0]];
}

/** Where a source comes from, on one line: section, page, date, state. */
export function place(citation, labels, language) {
  const parts = [
    citation.section,
    citation.page ? labels.page.replace("{page}", citation.page) : "",
    citation.as_of ? labels.as_of.replace("{date}", showDate(citation.as_of, language)) : labels.undated,
    citation.status === "ended" ? labels.ended : "",
    citation.verify ? labels.check : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

function showDate(date, language) {
  const [year, month, day] = String(date).split("-").map(Number);
  if (!month) return String(year);
  const german = language === "de";
  const parts = { year: "numeric", month: day && german ? "2-digit" : "long", day: day && (german ? "2-digit" : "numeric") };
  const format = new Intl.DateTimeFormat(german ? "de-DE" : "en-GB", { ...parts, day: parts.day || undefined, timeZone: "UTC" });
  return format.format(Date.UTC(year, month - 1, day || 1));
}

/** The whole passage with its quote marked. */
export function renderPassage(citation) {
  const passage = String(citation.passage);
  const quote = String(citation.quote);
  const start = quote ? passage.indexOf(quote) : -1;
  if (start < 0) return element("blockquote", {}, ...lines(passage));
  const end = start + quote.length;
  const marked = element("mark", {}, ...lines(quote));
  return element("blockquote", {}, ...lines(passage.slice(0, start)), marked, ...lines(passage.slice(end)));
}

function lines(text) {
  return text.split(/\n+/).flatMap((line, index) => (index ? [element("br"), line] : [line]));
}

/** An answer read aloud: its words without numbers and marks. */
export function plainText(fragment) {
  const copy = element("div", {}, fragment.cloneNode(true));
  copy.querySelectorAll(".cite").forEach((one) => one.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}
