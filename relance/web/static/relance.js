// The keyboard, the panel and the place in the sheet. Everything works without this file; with it the hand stays put.
"use strict";
(() => {
  const panel = () => document.getElementById("panel");
  const inText = (element) => element.matches("input, textarea, select, [contenteditable]");
  let opener = null; // what opened the panel: the focus goes back there
  let before = null; // the key before, for `g p`

  // The panel: gone with Esc, the place in the list kept.
  function close() {
    const open = panel();
    if (!open || !open.firstElementChild) return;
    open.replaceChildren();
    document.body.classList.remove("has-panel");
    history.pushState(null, "", open.dataset.home);
    if (opener && opener.isConnected) opener.focus();
  }

  function step(by) {
    const room = panel() && panel().firstElementChild ? panel() : document.getElementById("main");
    const rows = [...room.querySelectorAll("[data-row]")]
      .map((row) => row.querySelector("summary, a"))
      .filter((target) => target && target.checkVisibility());
    const here = rows.findIndex((row) => row === document.activeElement || row.closest("[data-row]").contains(document.activeElement));
    const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))];
    if (next) next.focus();
  }

  const KEYS = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    j: () => step(1),
    k: () => step(-1),
    Escape: close,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (inText(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const menu = document.querySelector("details.menu[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }
    const place = before === "g" ? document.querySelector(`[data-go="${CSS.escape(event.key)}"]`) : null;
    before = event.key;
    if (place) place.click();
    else if (KEYS[event.key]) KEYS[event.key]();
    else return;
    event.preventDefault();
  });

  // The builder: a merge field goes where one was writing.
  let writing = null;
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-words]")) writing = event.target; });
  function insert(text) {
    const into = writing && writing.isConnected ? writing : document.querySelector("textarea[data-words]");
    if (!into) return;
    into.focus();
    into.setRangeText(text, into.selectionStart, into.selectionEnd, "end");
    into.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // While the form is being made anew, what is typed meanwhile is not lost: the form is then made once more.
  const MADE_ANEW = "#fields";
  let shaping = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.matches(MADE_ANEW)) shaping = { by: event.detail.elt, again: false };
  });
  document.addEventListener("input", (event) => {
    if (shaping && event.target !== shaping.by && event.target.closest(MADE_ANEW)) shaping.again = true;
  }, true);
  document.addEventListener("input", (event) => { // a fault speaks of what stood there before
    const rule = event.target.closest("[data-fault].rule");
    if (!rule) return;
    delete rule.dataset.fault;
    rule.querySelector(".bad")?.remove();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!shaping || !event.detail.target?.matches(MADE_ANEW)) return;
    const { by, again } = shaping;
    shaping = null;
    if (!again || !by.isConnected) return;
    event.detail.shouldSwap = false;
    if (by.matches("button")) by.click();
    else by.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("click", (event) => {
    const field = event.target.closest("[data-insert]");
    if (field) insert(field.dataset.insert);
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-close]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      close();
    }
  });

  // The sheet: today stands near the left edge; after a refresh the place is as it was.
  let place = null;
  function settle() {
    const scroll = document.querySelector("[data-days]");
    const today = scroll?.querySelector("[data-today]");
    if (!today) return;
    const first = scroll.querySelector("th.who").offsetWidth;
    scroll.scrollLeft = place ?? Math.max(0, today.offsetLeft - first - 3 * today.offsetWidth);
    scroll.addEventListener("scroll", () => { place = scroll.scrollLeft; }, { passive: true });
  }
  settle();

  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    if (target && target.id === "panel" && !target.contains(event.detail.elt)) opener = event.detail.elt;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "panel") {
      document.body.classList.add("has-panel");
      panel().scrollTop = 0;
      panel().querySelector("[data-focus]")?.focus({ preventScroll: true });
    }
    settle();
  });
  function say() {
    const toast = document.getElementById("toast");
    toast.textContent = toast.dataset.fault;
    toast.hidden = false;
    setTimeout(() => { toast.hidden = true; }, 6000);
  }
  document.addEventListener("htmx:responseError", say);
  document.addEventListener("htmx:sendError", say);
  window.addEventListener("popstate", () => location.reload());
})();
