// Opens and highlights the source card of a clicked [n]; without this script the link opens the source page.
(() => {
  "use strict";
  const scrollTo = (element) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
  };
  let opener = null;

  const open = (card, link) => {
    document.querySelectorAll(".card.current").forEach((one) => one.classList.remove("current"));
    card.classList.add("current");
    card.setAttribute("tabindex", "-1");
    scrollTo(card);
    card.focus({ preventScroll: true });
    opener = link;
  };

  document.addEventListener("click", (event) => {
    // Gradio gives every link target=_blank; the other language belongs into the same tab.
    const other = event.target.closest("#brand a");
    if (other) other.target = "_self";
    const link = event.target.closest("a[href*='#beleg-']");
    if (!link) return;
    const card = document.getElementById(new URL(link.href).hash.slice(1));
    if (!card) return;
    event.preventDefault();
    open(card, link);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !opener || !event.target.closest(".card")) return;
    opener.focus();
    scrollTo(opener);
    opener = null;
  });

  // Ready to type on a large screen; on a small one the focus would scroll the notice on top out of sight.
  const ready = new MutationObserver(() => {
    const field = document.querySelector("#question textarea");
    if (!field) return;
    ready.disconnect();
    if (matchMedia("(min-width: 768px) and (pointer: fine)").matches) field.focus({ preventScroll: true });
  });
  ready.observe(document.documentElement, { childList: true, subtree: true });

  // Gradio takes <html lang> from the browser; the page's language is that of its address.
  const language = location.pathname.replace(/\/+$/, "").endsWith("/en") ? "en" : "de";
  const keep = () => {
    if (document.documentElement.lang !== language) document.documentElement.lang = language;
  };
  keep();
  new MutationObserver(keep).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
})();
