// The pages work without this script. It does three things: a page that comes back from the
// browser's memory is asked for anew, what must be corrected is read first, and an open case says
// when something new was recorded. It never changes what is being read.
"use strict";

window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    window.location.reload();
  }
});

document.querySelector(".error-summary")?.focus();

for (const notice of document.querySelectorAll("[data-news]")) {
  let source = null;
  let known = "";
  let done = false;

  const close = () => {
    source?.close();
    source = null;
  };

  const open = () => {
    if (source || done) {
      return;
    }
    const after = known ? `?after=${encodeURIComponent(known)}` : "";
    source = new EventSource(notice.dataset.news + after);
    source.addEventListener("here", (event) => {
      known = event.lastEventId;
    });
    source.addEventListener("news", () => {
      done = true;
      close();
      const link = document.createElement("a");
      link.href = window.location.pathname;
      link.textContent = "表示を更新する";
      notice.replaceChildren("新しい記録があります。", link);
    });
    // There is nothing to follow; the browser would ask again for ever.
    source.addEventListener("end", () => {
      done = true;
      close();
    });
  };

  // A browser keeps six connections to a server, so only the page that is seen holds one.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  if (!document.hidden) {
    open();
  }
}
