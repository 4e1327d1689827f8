// What comes while a page is read: told in a corner, never moved under the reader, never taking the focus; and what a list
// has become is said aloud; and what is folded is printed. Everything else on the site works without this.
"use strict";
(() => {
  const live = document.getElementById("live"), news = document.getElementById("live-news");
  if (!live || !news || !window.EventSource) return;
  const SHOWN = 8, POLITE = 500, AGAIN = 3000; // items; milliseconds until a count is said, and until a refused stream is asked for again
  const say = live.dataset, [state, button] = live.children;
  const [count, list] = news.children;
  const language = document.documentElement.lang, below = language === "en" ? "/en" : "";
  let after = say.after, told = 0, source = null, paused = false, waiting = 0;

  const show = (text, kind) => {
    if (state.textContent !== text) state.textContent = text;
    live.className = "live " + kind;
  };

  const opened = () => {
    show(say.on, "on");
    setTimeout(() => state.setAttribute("role", "status"), POLITE); // that it works is not said aloud; what becomes of it is
  };

  const announce = () => {
    waiting = 0;
    count.textContent = told === 1 ? say.one : say.many.replace("#", told);
  };

  const piece = ([text, its]) => {
    const part = document.createElement("span");
    if (its !== language) part.lang = its;
    part.textContent = text;
    return part;
  };

  const heard = (event) => {
    after = event.lastEventId;
    const fact = JSON.parse(event.data), item = document.createElement("li"), link = document.createElement("a");
    link.href = below + "/fakta/" + fact.position;
    link.append(...fact.pieces[language].map(piece));
    item.append(link);
    list.prepend(item);
    while (list.children.length > SHOWN) list.lastChild.remove();
    told += 1;
    news.hidden = false;
    waiting = waiting || setTimeout(announce, POLITE); // many at a time are said once
  };

  const stop = () => {
    if (source) source.close();
    source = null;
  };

  const follow = () => {
    stop();
    source = new EventSource(say.src + (say.src.includes("=") ? "&" : "") + "after=" + after);
    source.onopen = opened;
    source.onmessage = heard;
    source.onerror = (event) => {
      show(say.off, "off");
      // the browser itself comes back after a broken stream, but never after an answer that is none
      if (event.target.readyState === EventSource.CLOSED) setTimeout(() => paused || event.target !== source || follow(), AGAIN);
    };
    button.textContent = say.pause;
  };

  const pause = () => {
    stop();
    show(say.paused, "paused");
    button.textContent = say.resume;
  };

  button.addEventListener("click", () => {
    paused = !paused;
    paused ? pause() : follow();
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => event.persisted && !paused && follow());
  live.hidden = false;
  follow();
})();
(() => {
  const said = document.getElementById("besked");
  document.addEventListener("htmx:afterSettle", () => {
    const now = document.querySelector("[data-said]");
    if (said && now) said.textContent = now.textContent;
  });
  const folded = () => [...document.querySelectorAll("main details:not([open])")];
  let opened = [];
  addEventListener("beforeprint", () => { opened = folded(); opened.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
})();
