// Writes the lines to copy from what was chosen; everything is shown as text.
const find = (id) => document.getElementById(id);
const look = find("look");
const stage = document.querySelector("#stage iframe");
const base = new URL(".", location.href);
const { pinned, integrity } = document.body.dataset;
const privacy = find("privacy").textContent;
const DEFAULTS = { mode: "bubble", "button-color": look.elements["button-color"].value };
const FOR_FRAMES = "language theme button-color assistant-name greeting default-messages privacy-url imprint-url contact-url".split(" ");

const escape = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** What was chosen and differs from the default. */
function chosen() {
  const values = Object.fromEntries(new FormData(look));
  values["default-messages"] = values["default-messages"].split(/\n/).map((one) => one.trim()).filter(Boolean).join("|");
  if (values.mode === "inline") {
    delete values.position;
    values.target = values.target || "#chat";
  } else {
    delete values.target;
  }
  return Object.entries(values).filter(([name, value]) => value && value !== DEFAULTS[name]);
}

function scriptLine(file, extra) {
  const attributes = chosen().map(([name, value]) => `\n  data-${name}="${escape(value)}"`);
  return `<script src="${base.href}${file}"${extra} async${attributes.join("")}></script>`;
}

function frameLine() {
  const address = new URL("embed", base);
  chosen().forEach(([name, value]) => FOR_FRAMES.includes(name) && address.searchParams.set(name, value));
  const name = look.elements["assistant-name"].value || "Netzlotse";
  const height = look.elements["window-height"].value || "640px";
  return `<iframe src="${escape(address.href)}" title="${escape(name)}" loading="lazy"\n  style="width: 100%; height: ${escape(height)}; border: 0"></iframe>`;
}

function write() {
  find("plain").textContent = scriptLine("widget.js", "");
  find("pinned").textContent = scriptLine(pinned, `\n  integrity="${integrity}" crossorigin="anonymous"`);
  find("frame").textContent = frameLine();
  const early = look.elements["open-on-load"].checked;
  find("privacy").textContent = early ? privacy.replace("Erst wenn Sie den Chat öffnen, lädt er", "Zugleich lädt er") : privacy;
  find("policy").textContent = `script-src ${base.origin}; frame-src ${base.origin};`;
}

let later;

function show() {
  write();
  clearTimeout(later);
  // Replaced, not navigated: the back button shall leave this page, not step through previews.
  later = setTimeout(() => {
    const address = new URL("widget/vorschau", base);
    new FormData(look).forEach((value, name) => value && address.searchParams.set(name, value));
    stage.contentWindow.location.replace(address);
  }, 400);
}

function addCopyButtons() {
  document.querySelectorAll(".code").forEach((box) => {
    const button = document.createElement("button");
    const heading = box.querySelector("h3");
    button.type = "button";
    button.textContent = "Kopieren";
    button.setAttribute("aria-label", `Kopieren: ${heading.textContent}`);
    const head = document.createElement("div");
    head.className = "code-head";
    heading.replaceWith(head);
    head.append(heading, button);
    button.addEventListener("click", () => copy(box.querySelector("pre"), button));
  });
}

/** The clipboard needs https; elsewhere the text is selected, ready for Ctrl+C. */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Kopiert";
  } catch {
    getSelection().selectAllChildren(text);
    button.textContent = "Markiert – jetzt Strg+C";
  }
  setTimeout(() => (button.textContent = "Kopieren"), 3000);
}

find("origin").addEventListener("submit", async (event) => {
  event.preventDefault();
  const address = new URL("widget/herkunft", base);
  address.searchParams.set("website", event.target.elements.website.value);
  try {
    find("verdict").textContent = (await (await fetch(address)).json()).message;
  } catch {
    find("verdict").textContent = "Das ließ sich gerade nicht prüfen.";
  }
});

/** A whole screen, drawn smaller where this page has less room. */
function fit(width) {
  const view = find("view");
  const scale = Math.min(1, view.clientWidth / width);
  Object.assign(stage.style, { width: `${width}px`, height: `${100 / scale}%`, transform: `scale(${scale})` });
}

const sizes = [...document.querySelectorAll(".switches button")];
const fitPressed = () => fit(Number(sizes.find((one) => one.getAttribute("aria-pressed") === "true").dataset.width));
sizes.forEach((button) =>
  button.addEventListener("click", () => {
    sizes.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    fitPressed();
  }),
);
new ResizeObserver(fitPressed).observe(find("view"));

look.addEventListener("input", show);
look.addEventListener("submit", (event) => event.preventDefault());
addCopyButtons();
write();
