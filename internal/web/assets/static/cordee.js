// What little Cordée asks of a browser beyond HTML. Every page works without it.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);

  // The sentence of what was just done has been read by the time the page is
  // loaded again: its key leaves the address.
  const unsaid = (url) => {
    const u = new URL(url, location.href);
    u.searchParams.delete("said");
    return u.pathname + u.search + u.hash;
  };

  // A new page, or a page swapped in place: put the focus where the news is,
  // without moving the page, and offer the browser's own time zone.
  const arrived = (swapped) => {
    if (new URL(location.href).searchParams.has("said")) history.replaceState(history.state, "", unsaid(location.href));
    const news = $(".wrongs") || (swapped && $("#said"));
    if (news) news.focus({ preventScroll: !news.matches(".wrongs") });
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const select of document.querySelectorAll("[data-zone] select"))
      for (const option of select.options) if (option.value === zone) option.selected = true;
  };

  document.addEventListener("click", (e) => {
    const close = e.target.closest?.(".said .close");
    if (!close || e.metaKey || e.ctrlKey) return;
    e.preventDefault();
    close.closest(".said").remove();
  });

  // htmx swaps a form's page in place. A page in another language, of a newer
  // Cordée, or no page at all, is loaded for good instead.
  document.addEventListener("htmx:before:swap", (e) => {
    const { ctx } = e.detail, page = ctx.text || "", to = ctx.response?.raw;
    const style = $('link[rel="stylesheet"]')?.getAttribute("href");
    const same = page.includes(`lang="${document.documentElement.lang}"`) && page.includes(style);
    if (to?.redirected && (!same || !page.includes('id="page"'))) {
      e.preventDefault();
      location.assign(to.url);
      return;
    }
    if (to?.redirected) history.replaceState(history.state, "", unsaid(to.url));
  });
  document.addEventListener("htmx:after:swap", () => arrived(true));

  // No answer: the words stay in the form, and the page says so.
  const offline = (on) => { const p = $("#offline"); if (p) p.hidden = !on; };
  document.addEventListener("htmx:error", (e) => { if (!e.detail?.ctx?.response) offline(true); });
  document.addEventListener("htmx:before:request", () => offline(false));
  addEventListener("online", () => offline(false));

  arrived(false);
})();
