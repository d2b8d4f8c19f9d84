// Shows an upload without a reload: asks the server whether anything changed, and if so, takes the
// changed lists out of the same page as the server has it now.
"use strict";
(() => {
  const PAUSE = 2000;
  const LONG_PAUSE = 10000;
  const main = document.querySelector("main");
  const status = document.getElementById("status");
  let seen = main.dataset.changes;

  const lists = (root) => [...root.querySelectorAll("[data-live]")];

  const replace = (fresh) => {
    const news = lists(fresh);
    let changed = false;
    lists(document).forEach((list, index) => {
      const other = news[index];
      if (!other || other.textContent === list.textContent) return;
      const focused = list.contains(document.activeElement)
        ? document.activeElement.getAttribute("href")
        : null;
      const scrolled = [...list.querySelectorAll(".wide")].map((each) => each.scrollLeft);
      list.replaceChildren(...[...other.childNodes].map((node) => document.importNode(node, true)));
      list.querySelectorAll(".wide").forEach((each, at) => {
        each.scrollLeft = scrolled[at] || 0;
      });
      if (focused !== null) {
        [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
      }
      changed = true;
    });
    if (changed) status.textContent = `The lists were updated at ${new Date().toLocaleTimeString()}.`;
  };

  const look = async () => {
    if (document.hidden || !getSelection().isCollapsed) return PAUSE;
    const answer = await fetch("/changes/", { cache: "no-store" });
    const now = await answer.text();
    if (!answer.ok || now === seen) return PAUSE;
    const page = await fetch(location.href, { cache: "no-store" });
    if (!page.ok) {
      status.textContent = "What this page showed is not there any more.";
      status.classList.remove("hidden");
      return LONG_PAUSE;
    }
    replace(new DOMParser().parseFromString(await page.text(), "text/html"));
    seen = now;
    return PAUSE;
  };

  const again = async () => {
    let pause = LONG_PAUSE;
    try {
      pause = await look();
    } catch {
      // The server was stopped: it may come back.
    }
    setTimeout(again, pause);
  };
  setTimeout(again, PAUSE);
})();
