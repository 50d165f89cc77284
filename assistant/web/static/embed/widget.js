// The assistant on a hub's website: <script src="https://HOST/widget.js" async></script>
// Nothing is asked of HOST before a visitor opens it, nothing is stored, nothing of the page is read or changed.
(function () {
  "use strict";
  const PATIENCE = 5000;
  const NARROW = 768;
  const COLOR = "#0b5394";
  const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
  const TEXTS = {
    de: {
      open: "{name}: Fragen stellen",
      close: "Schließen",
      loading: "Wird geladen …",
      down: "Der Chat ist hier gerade nicht erreichbar.",
      contact: "Kontakt aufnehmen",
      tab: "In neuem Tab versuchen",
      notice: "Antworten eines KI-Systems mit Quellen. Erst mit dem Start wird {host} aufgerufen.",
      start: "Chat starten",
    },
    en: {
      open: "{name}: ask a question",
      close: "Close",
      loading: "Loading …",
      down: "The chat cannot be reached from here at the moment.",
      contact: "Contact us",
      tab: "Try in a new tab",
      notice: "Answers of an AI system with sources. {host} is called only once you start.",
      start: "Start the chat",
    },
  };
  const STYLES = `
    .root { all: initial; direction: ltr; display: block; color-scheme: light; --ground: #fff; --text: #1f2937; --edge: #64748b;
      color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
    .root[data-theme="dark"] { color-scheme: dark; --ground: #111827; --text: #e5e7eb; --edge: #94a3b8; }
    @media (prefers-color-scheme: dark) {
      .root[data-theme="auto"] { color-scheme: dark; --ground: #111827; --text: #e5e7eb; --edge: #94a3b8; }
    }
    [hidden] { display: none !important; }
    *, ::before { box-sizing: border-box; }
    button, a { font: inherit; cursor: pointer; touch-action: manipulation; }
    a { color: inherit; display: inline-flex; align-items: center; min-height: 44px; }
    :focus-visible { outline: 3px solid var(--text); outline-offset: 2px; box-shadow: 0 0 0 2px var(--ground); }
    .launcher { position: fixed; width: 60px; height: 60px; padding: 0; border: 2px solid var(--on-accent); border-radius: 50%;
      background: var(--accent); color: var(--on-accent); box-shadow: 0 0 0 1px var(--accent), 0 2px 10px rgba(0, 0, 0, .4);
      transform: scale(var(--scale, 1)); }
    .launcher:focus-visible { outline: 3px solid var(--on-accent); outline-offset: -7px; box-shadow: 0 0 0 3px var(--accent); }
    .launcher svg { display: block; width: 30px; height: 30px; margin: auto; }
    .bottom .launcher { bottom: calc(16px + env(safe-area-inset-bottom, 0px)); }
    .top .launcher { top: calc(16px + env(safe-area-inset-top, 0px)); }
    .right .launcher { right: calc(16px + env(safe-area-inset-right, 0px)); transform-origin: bottom right; }
    .left .launcher { left: calc(16px + env(safe-area-inset-left, 0px)); transform-origin: bottom left; }
    .top.right .launcher { transform-origin: top right; }
    .top.left .launcher { transform-origin: top left; }
    .panel { display: flex; flex-direction: column; overflow: hidden; background: var(--ground); color: var(--text);
      border: 1px solid var(--edge); border-radius: 14px; height: var(--height); }
    .floating .panel { position: fixed; width: min(var(--width), calc(100vw - 32px)); height: min(var(--height), calc(100vh - 112px));
      box-shadow: 0 8px 32px rgba(0, 0, 0, .35); }
    .floating.bottom .panel { bottom: calc(88px + env(safe-area-inset-bottom, 0px)); }
    .floating.top .panel { top: calc(88px + env(safe-area-inset-top, 0px)); }
    .floating.right .panel { right: calc(16px + env(safe-area-inset-right, 0px)); }
    .floating.left .panel { left: calc(16px + env(safe-area-inset-left, 0px)); }
    .floating.full .panel { inset: 0 auto auto 0; width: 100vw; height: 100vh; border: 0; border-radius: 0; transform-origin: 0 0;
      padding: env(safe-area-inset-top, 0px) env(safe-area-inset-right, 0px) env(safe-area-inset-bottom, 0px) env(safe-area-inset-left, 0px); }
    .floating.full.open .launcher { visibility: hidden; }
    .inline { width: 100%; max-width: var(--width); }
    .bar { flex: none; display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 4px 4px 4px 14px;
      background: var(--accent); color: var(--on-accent); font-weight: 600; }
    .bar span { min-width: 0; overflow-wrap: anywhere; }
    .bar button { flex: none; width: 44px; height: 44px; padding: 0; border: 0; border-radius: 10px; background: none; color: inherit; }
    .bar button:focus-visible { outline-color: currentColor; outline-offset: -4px; box-shadow: none; }
    .bar svg { display: block; width: 22px; height: 22px; margin: auto; }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; display: block; background: var(--ground); }
    .state, .card { padding: 16px; }
    .state p, .card p { margin: 0 0 12px; }
    .card { border: 1px solid var(--edge); border-radius: 14px; background: var(--ground); }
    .card strong { display: block; margin-bottom: 4px; }
    .card button { min-height: 44px; padding: 0 16px; border: 1px solid var(--edge); border-radius: 10px; background: var(--accent);
      color: var(--on-accent); font-weight: 600; }
    @media print { .floating { display: none; } }`;

  const attribute = (script, name) => (script.getAttribute("data-" + name) || "").trim();

  const element = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };

  const button = (className, onClick, ...children) => {
    const made = element("button", className, ...children);
    made.type = "button";
    made.addEventListener("click", onClick);
    return made;
  };

  const link = (text, address) => {
    const made = element("a", "", text);
    made.href = address;
    if (!/^mailto:/i.test(address)) made.target = "_blank";
    made.rel = "noopener noreferrer";
    return made;
  };

  const icon = (path) => {
    const make = (name, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      Object.keys(attributes).forEach((key) => made.setAttribute(key, attributes[key]));
      return made;
    };
    const round = { fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" };
    const image = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" });
    image.append(make("path", Object.assign({ d: path, "stroke-linejoin": "round" }, round)));
    return image;
  };

  const safeUrl = (address) => (/^(https?:\/\/|mailto:)[^\s<>"'`\\]+$/i.test(address) ? address : "");

  const size = (value, otherwise) =>
    /^\d+(\.\d+)?(px|r?em|d?vh|vw|%)?$/.test(value) ? value + (/\d$/.test(value) ? "px" : "") : otherwise;

  /** Any colour that the browser knows as [red, green, blue], or null. */
  const channels = (value, probe) => {
    probe.style.color = "";
    probe.style.color = value;
    const found = probe.style.color && getComputedStyle(probe).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
    probe.style.color = "";
    return found ? found.slice(1, 4).map(Number) : null;
  };

  /** Black or white, whichever reads better on a colour (WCAG 2 contrast). */
  const textOn = (rgb) => {
    const linear = rgb.map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
  };

  const activeElement = () => {
    let active = document.activeElement;
    while (active && active.shadowRoot && active.shadowRoot.activeElement) active = active.shadowRoot.activeElement;
    return active;
  };

  class Widget {
    constructor(script) {
      this.script = script;
      this.base = new URL(".", script.src);
      this.inline = attribute(script, "mode") === "inline";
      this.target = attribute(script, "target");
      this.name = attribute(script, "assistant-name") || "Netzlotse";
      this.contact = safeUrl(attribute(script, "contact-url"));
      const language = attribute(script, "language");
      const asked = /^(de|en)/i.test(language) ? language : document.documentElement.lang;
      this.language = /^en/i.test(asked) ? "en" : "de";
      this.stop = [];
    }

    /* Building */

    mount() {
      const place = this.findPlace();
      if (!place) return false;
      this.host = document.createElement("netzlotse-widget");
      // Inline and important: no rule of the page can reach the element that carries the shadow tree.
      const fixed = { position: "fixed", "z-index": "2147483000", bottom: "0", right: "0", width: "0", height: "0" };
      const rules = Object.assign({ all: "initial", display: "block" }, this.inline ? { width: "100%" } : fixed);
      Object.keys(rules).forEach((name) => this.host.style.setProperty(name, rules[name], "important"));
      place(this.host);
      this.shadow = this.host.attachShadow({ mode: "open" });
      this.dress();
      this.build();
      this.relabel();
      this.listen(window, "message", (event) => this.receive(event));
      if (!this.inline) {
        ["resize", "orientationchange"].forEach((name) => this.listen(window, name, () => this.layout()));
        if (window.visualViewport) {
          ["resize", "scroll"].forEach((name) => this.listen(window.visualViewport, name, () => this.layout()));
        }
        this.layout();
      }
      if (attribute(this.script, "open-on-load") === "true" && (this.inline || !this.isNarrow())) this.open(false);
      return true;
    }

    /** How to put the host element in; beside <body>, so that no transform or overflow of the page holds it. */
    findPlace() {
      if (!this.inline) return (host) => document.documentElement.append(host);
      let found = null;
      try {
        found = this.target && document.querySelector(this.target);
      } catch (error) {
        found = null;
      }
      if (found) return (host) => found.append(host);
      if (!this.target && document.body.contains(this.script)) return (host) => this.script.after(host);
      console.error('Netzlotse: data-target="' + this.target + '" gibt es auf dieser Seite nicht.');
      return null;
    }

    /** A constructed sheet also works where the page's policy allows no inline styles. */
    dress() {
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLES);
        this.shadow.adoptedStyleSheets = [sheet];
      } catch (error) {
        this.shadow.append(element("style", "", STYLES));
      }
    }

    build() {
      const theme = attribute(this.script, "theme");
      const position = attribute(this.script, "position");
      const side = (/left/.test(position) ? "left" : "right") + (/top/.test(position) ? " top" : " bottom");
      this.root = element("div", this.inline ? "root inline" : "root floating " + side);
      this.root.setAttribute("role", this.inline ? "group" : "region");
      this.theme = /^(light|dark)$/.test(theme) ? theme : "auto";
      this.root.dataset.theme = this.theme;
      this.shadow.append(this.root);
      this.paint();
      this.title = element("span", "", this.name);
      this.closer = button("", () => this.close(), icon("M6 6 18 18M18 6 6 18"));
      this.panel = element("div", "panel", ...(this.inline ? [] : [element("div", "bar", this.title, this.closer)]));
      this.panel.hidden = true;
      this.opener = this.inline ? button("", () => this.open()) : this.launcher();
      this.root.append(this.inline ? this.card() : this.opener, this.panel);
      if (this.inline) return;
      this.panel.setAttribute("role", "dialog");
      this.panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.close();
      });
    }

    launcher() {
      const made = button("launcher", () => (this.isOpen ? this.close() : this.open()));
      made.append(icon("M4 5h16v11h-9l-5 4v-4H4zM8 9h8M8 12h5"));
      made.setAttribute("aria-haspopup", "dialog");
      made.setAttribute("aria-expanded", "false");
      return made;
    }

    card() {
      this.notice = element("p", "");
      const greeting = attribute(this.script, "greeting");
      const lines = greeting ? [element("p", "", greeting)] : [];
      return (this.cardBox = element("div", "card", element("strong", "", this.name), ...lines, this.notice, this.opener));
    }

    paint() {
      const wanted = attribute(this.script, "button-color");
      let rgb = wanted && channels(wanted, this.root);
      if (wanted && !rgb) console.warn('Netzlotse: data-button-color="' + wanted + '" ist keine Farbe.');
      rgb = rgb || channels(COLOR, this.root) || [11, 83, 148];
      this.color = "#" + rgb.map((one) => ("0" + one.toString(16)).slice(-2)).join("");
      const look = {
        "--accent": this.color,
        "--on-accent": textOn(rgb),
        "--width": size(attribute(this.script, "window-width"), this.inline ? "100%" : "400px"),
        "--height": size(attribute(this.script, "window-height"), "640px"),
      };
      Object.keys(look).forEach((name) => this.root.style.setProperty(name, look[name]));
    }

    relabel() {
      const texts = TEXTS[this.language];
      this.root.lang = this.language;
      this.root.setAttribute("aria-label", this.name);
      this.closer.setAttribute("aria-label", texts.close);
      if (this.inline) {
        this.notice.textContent = texts.notice.replace("{host}", this.base.host);
        this.opener.textContent = texts.start;
      } else {
        this.panel.setAttribute("aria-label", this.name);
        this.opener.setAttribute("aria-label", texts.open.replace("{name}", () => this.name));
      }
    }

    /* Opening and closing */

    open(focus) {
      if (this.isOpen) return;
      this.isOpen = true;
      this.before = activeElement();
      this.panel.hidden = false;
      this.root.classList.add("open");
      if (this.inline) this.cardBox.hidden = true;
      else this.opener.setAttribute("aria-expanded", "true");
      if (!this.frame || this.failed) this.load();
      if (!this.inline) this.layout();
      if (focus !== false) this.takeFocus();
      this.tell("open");
    }

    close() {
      if (!this.isOpen) return;
      this.isOpen = false;
      this.panel.hidden = true;
      this.root.classList.remove("open");
      if (this.inline) this.cardBox.hidden = false;
      else this.opener.setAttribute("aria-expanded", "false");
      if (!this.inline) this.layout();
      const back = this.before && this.before !== document.body && this.before.isConnected ? this.before : this.opener;
      back.focus({ preventScroll: true });
      this.tell("close");
    }

    ask(text) {
      this.pending = String(text).slice(0, 2000);
      this.open();
      if (this.ready) this.handOver();
      else if (this.failed) this.load();
    }

    destroy() {
      this.close();
      clearTimeout(this.timer);
      this.stop.forEach((stop) => stop());
      this.host.remove();
    }

    takeFocus() {
      if (this.ready) {
        this.frame.focus();
        this.frame.contentWindow.postMessage({ netzlotse: 1, type: "focus" }, this.base.origin);
      } else {
        (this.inline ? this.state : this.closer).focus({ preventScroll: true });
      }
    }

    /* The frame */

    load() {
      this.failed = this.ready = false;
      if (this.frame) this.frame.remove();
      if (this.state) this.state.remove();
      this.state = element("div", "state", element("p", "", TEXTS[this.language].loading));
      this.state.setAttribute("role", "status");
      this.state.tabIndex = -1;
      this.frame = document.createElement("iframe");
      this.frame.title = this.name;
      this.frame.hidden = true;
      this.frame.setAttribute("sandbox", SANDBOX);
      this.frame.setAttribute("referrerpolicy", "no-referrer");
      this.frame.src = this.address();
      this.panel.append(this.state, this.frame);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fail(), PATIENCE);
    }

    address() {
      const page = new URL("embed", this.base);
      const look = { language: this.language, theme: this.theme, mode: this.inline ? "inline" : "bubble" };
      Object.assign(look, { "button-color": this.color, origin: location.origin });
      const named = ["assistant-name", "greeting", "default-messages", "privacy-url", "imprint-url", "contact-url"];
      named.forEach((name) => {
        if (attribute(this.script, name)) look[name] = attribute(this.script, name);
      });
      Object.keys(look).forEach((name) => page.searchParams.set(name, look[name]));
      return page.href;
    }

    /** Messages from our frame only, of a fixed shape; none carries a word of the conversation. */
    receive(event) {
      if (!this.frame || event.source !== this.frame.contentWindow || event.origin !== this.base.origin) return;
      const data = event.data;
      if (!data || data.netzlotse !== 1) return;
      if (data.type === "ready") this.becomeReady(data.language);
      if (data.type === "close" && !this.inline) this.close();
      if (data.type === "answer" && /^\w{1,20}$/.test(data.status)) this.tell("answer", { status: data.status });
    }

    becomeReady(language) {
      clearTimeout(this.timer);
      const hadFocus = this.isOpen && this.shadow.activeElement;
      this.ready = true;
      this.failed = false;
      if (TEXTS[language]) this.language = language;
      this.relabel();
      this.state.remove();
      this.frame.hidden = false;
      if (hadFocus) this.takeFocus();
      this.handOver();
    }

    /** A question goes in the fragment: it reaches our page in the frame, but neither a server nor a message. */
    handOver() {
      if (!this.pending) return;
      this.frame.contentWindow.location.replace(this.address() + "#ask=" + encodeURIComponent(this.pending));
      this.pending = "";
    }

    /** A server that is down and a refused frame look the same from here, so both are named. */
    fail() {
      this.failed = true;
      const texts = TEXTS[this.language];
      const links = this.contact ? [link(texts.contact, this.contact), " "] : [];
      links.push(link(texts.tab, new URL(this.language === "en" ? "en/" : ".", this.base).href));
      this.state.replaceChildren(element("p", "", texts.down), ...links);
      console.error(
        "Netzlotse: Der Chat konnte nicht geladen werden. Entweder ist " + this.base.href + " nicht erreichbar, oder die Website " +
          location.origin + " ist dort nicht zugelassen. Der Betreiber lässt sie zu mit NETZLOTSE_ALLOWED_ORIGINS=" + location.origin,
      );
    }

    /* The page around */

    isNarrow() {
      return Math.min(window.innerWidth, screen.width) < NARROW;
    }

    /** Full screen on small screens, above the keyboard, and legible on pages without a viewport rule. */
    layout() {
      const scaled = !document.querySelector("meta[name=viewport]") && window.innerWidth > screen.width;
      const scale = scaled ? window.innerWidth / screen.width : 1;
      const full = this.isNarrow();
      const view = window.visualViewport;
      const zoomed = !view || scaled || view.scale > 1.05;
      this.root.classList.toggle("full", full);
      this.root.style.setProperty("--scale", scale);
      const style = this.panel.style;
      style.transform = full && scaled ? "scale(" + scale + ")" : "";
      style.width = full && scaled ? window.innerWidth / scale + "px" : "";
      style.height = full ? (zoomed ? window.innerHeight / scale : view.height) + "px" : "";
      style.top = full && !zoomed ? view.offsetTop + "px" : "";
      if (full) this.panel.setAttribute("aria-modal", "true");
      else this.panel.removeAttribute("aria-modal");
      this.hold(full && Boolean(this.isOpen));
    }

    /** While the screen is full, the page behind neither scrolls nor takes the focus; then it is as it was. */
    hold(held) {
      if (held === Boolean(this.held)) return;
      const style = document.documentElement.style;
      if (held) {
        this.held = { overflow: style.overflow, inert: document.body.inert };
        style.overflow = "hidden";
        document.body.inert = true;
      } else {
        style.overflow = this.held.overflow;
        document.body.inert = this.held.inert;
        this.held = null;
      }
    }

    listen(target, name, react) {
      target.addEventListener(name, react);
      this.stop.push(() => target.removeEventListener(name, react));
    }

    tell(name, detail) {
      const about = Object.assign({ mode: this.inline ? "inline" : "bubble", target: this.target || null }, detail);
      this.host.dispatchEvent(new CustomEvent("netzlotse:" + name, { bubbles: true, composed: true, detail: about }));
    }
  }

  const script =
    document.currentScript || Array.from(document.querySelectorAll('script[src*="/widget"]')).find((one) => !one.netzlotse);
  if (!script || !script.src || !Element.prototype.attachShadow || !window.CustomEvent || !Element.prototype.append) return;

  const start = (api) => {
    script.netzlotse = true;
    const run = () => api.mount(script);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run, { once: true });
    else run();
  };
  if (window.Netzlotse && window.Netzlotse.mount) return start(window.Netzlotse);

  let widgets = [];
  const same = (one, other) => one.inline === other.inline && (!one.inline || one.target === other.target);
  const choose = (target) =>
    widgets.find((one) => (target ? one.target === target : !one.inline)) || (target ? null : widgets[0]);

  window.Netzlotse = {
    /** Each of these takes the `data-target` of an inline widget, if that is meant. */
    open: (target) => choose(target) && choose(target).open(),
    close: (target) => choose(target) && choose(target).close(),
    ask: (text, target) => choose(target) && choose(target).ask(text),
    destroy() {
      widgets.forEach((one) => one.destroy());
      widgets = [];
      delete window.Netzlotse;
    },
    /** The same line twice makes one widget; one whose place has gone makes room. */
    mount(from) {
      const made = new Widget(from);
      const twin = widgets.find((one) => same(one, made));
      if (twin && twin.host.isConnected) return;
      if (twin) twin.destroy();
      widgets = widgets.filter((one) => one !== twin);
      if (made.mount()) widgets.push(made);
    },
  };
  start(window.Netzlotse);
})();
