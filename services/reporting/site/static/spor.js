// What comes while a page is read: told in a corner, never moved under the reader, never taking the focus.
// Everything else on the site works without this.
"use strict";
(() => {
  const live = document.getElementById("live"), news = document.getElementById("live-news");
  if (!live || !news || !window.EventSource) return;
  const say = live.dataset, [state, button] = live.children;
  const [count, list] = news.children;
  const language = document.documentElement.lang;
  let after = say.after, told = 0, source = null;

  const show = (text, kind) => { state.textContent = text; live.className = "live " + kind; };

  const heard = (event) => {
    after = event.lastEventId;
    const fact = JSON.parse(event.data), item = document.createElement("li"), link = document.createElement("a");
    link.href = (language === "en" ? "/en" : "") + "/fakta/" + fact.position;
    link.textContent = language === "en" ? fact.sentence_en : fact.sentence;
    item.append(link);
    list.prepend(item);
    while (list.children.length > 8) list.lastChild.remove();
    told += 1;
    news.hidden = false;
    count.textContent = told === 1 ? say.one : say.many.replace("#", told);
  };

  const follow = () => {
    source = new EventSource(say.src + (say.src.includes("=") ? "&" : "") + "after=" + after);
    source.onopen = () => show(say.on, "on");
    source.onmessage = heard;
    source.onerror = () => show(say.off, "off");
    button.textContent = say.pause;
  };

  const pause = () => {
    source.close();
    source = null;
    show(say.paused, "paused");
    button.textContent = say.resume;
  };

  button.addEventListener("click", () => (source ? pause() : follow()));
  addEventListener("pagehide", () => source && source.close());
  live.hidden = false;
  follow();
})();
