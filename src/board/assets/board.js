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

  // On a narrow screen the sections are a strip: the one that is open is to be seen.
  const here = () => document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.addEventListener("DOMContentLoaded", here);

  // A new page is read from its beginning, with a screen reader too.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== document.body) return;
    main()?.focus({ preventScroll: true });
    here();
  });

  // A browser keeps few connections to a server, for all its tabs together: a page that nobody looks at holds none.
  let events = null;
  const deaf = () => {
    events?.close();
    events = null;
  };
  const listen = () => {
    if (document.hidden) return deaf();
    if (events || !document.body.dataset.events) return;
    events = new EventSource(document.body.dataset.events);
    events.addEventListener("changed", changed);
    // After a break something may have been missed.
    let broken = false;
    events.addEventListener("error", () => { broken = true; });
    events.addEventListener("open", () => { if (broken) changed(); broken = false; });
  };
  document.addEventListener("visibilitychange", () => {
    listen();
    if (!document.hidden) changed();
  });
  addEventListener("pagehide", deaf);
  addEventListener("pageshow", (event) => {
    listen();
    if (event.persisted) changed();
  });
})();
