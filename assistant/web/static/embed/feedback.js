// Rating one answer: loaded only where the operator takes ratings. Nothing is sent before the visitor sends it.
import { element } from "./answer.js";

const API = new URL("../../api/feedback", import.meta.url);

/** A closed section below an answer with what can be said about it. */
export function rating(answer, labels) {
  const form = element("form", { class: "rating" });
  const thumbs = ["up", "down"].map((thumb) => {
    const radio = element("input", { type: "radio", name: "thumb", value: thumb, required: "required" });
    return element("label", {}, radio, ` ${labels[thumb]}`);
  });
  const choices = Object.entries(labels.reasons);
  const options = choices.map(([value, text]) => element("option", { value }, text));
  const reason = element("select", { name: "reason" }, new Option("–", ""), ...options);
  const comment = element("textarea", { name: "comment", rows: "2", maxlength: "500" });
  form.append(
    element("fieldset", {}, element("legend", {}, labels.question), ...thumbs),
    element("label", {}, labels.reason, reason),
    element("label", {}, labels.comment, comment),
    element("p", { class: "meta" }, labels.notice),
    element("button", {}, labels.send),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, answer, labels);
  });
  return element("details", {}, element("summary", {}, labels.title), form);
}

async function send(form, answer, labels) {
  const given = new FormData(form);
  const { status, mode, language, citations } = answer;
  const sources = [...new Set(citations.map((one) => one.id))].slice(0, 20);
  const rated = { thumb: given.get("thumb"), reason: given.get("reason") || null, comment: given.get("comment") };
  const options = { method: "POST", headers: { "Content-Type": "application/json" } };
  const body = JSON.stringify({ ...rated, status, mode, language, sources });
  const reply = await fetch(API, { ...options, body }).catch(() => null);
  const said = element("p", { role: "status" }, reply && reply.ok ? labels.thanks : labels.failed);
  if (reply && reply.ok) form.replaceChildren(said);
  else form.append(said);
}
