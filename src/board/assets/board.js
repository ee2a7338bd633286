// Makes the page live. Without it everything works, and is as old as when it was loaded.
"use strict";
(() => {
  const QUIET = 1000;
  document.documentElement.classList.add("js");
  const main = () => document.getElementById("main");
  const busy = (region) => region.contains(document.activeElement) && document.activeElement !== region;
  let timer = null;

  // Several things often happen together: the page asks once.
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!document.hidden && document.querySelector("[data-live]")) htmx.trigger(document.body, "svodka:changed");
    }, QUIET);
  };

  // Whoever works in a region is not disturbed: it stays as it is until he has left it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const region = event.detail.target;
    const asked = event.detail.requestConfig?.triggeringEvent?.type;
    if (asked === "svodka:changed" && (busy(region) || event.detail.xhr.status !== 200)) event.detail.shouldSwap = false;
    // A refusal is a page too.
    else if (event.detail.xhr.status >= 400) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });

  // A new page is read from its beginning, with a screen reader too.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === document.body) main()?.focus({ preventScroll: true });
  });

  document.addEventListener("visibilitychange", () => { if (!document.hidden) changed(); });
  document.addEventListener("DOMContentLoaded", () => {
    if (!document.body.dataset.events) return;
    const events = new EventSource(document.body.dataset.events);
    events.addEventListener("changed", changed);
    // After a break something may have been missed.
    let broken = false;
    events.addEventListener("error", () => { broken = true; });
    events.addEventListener("open", () => { if (broken) changed(); broken = false; });
  });
})();
