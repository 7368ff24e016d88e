"use strict";
/* Search as you type: the same question the form would ask, asked of the API, its answers shown below the field. */
for (const field of document.querySelectorAll("[data-search]")) {
  const box = field.form.querySelector("[data-found]");
  const [told, list] = box.children;
  let waiting, asking;

  const show = (items) => {
    list.replaceChildren(...items.map((each) => {
      const link = document.createElement("a");
      link.href = "/thu-tuc/" + encodeURIComponent(each.code);
      link.textContent = each.name;
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    told.textContent = items.length ? box.dataset.some + " " + items.length : box.dataset.none;
    told.classList.toggle("unseen", items.length > 0);
    box.hidden = false;
  };

  const ask = async () => {
    asking?.abort();
    const query = field.value.trim();
    if (query.length < 2) { box.hidden = true; return; }
    asking = new AbortController();
    try {
      const where = "/procedures?limit=6&q=" + encodeURIComponent(query);
      const answer = await fetch(where, { signal: asking.signal, headers: { Accept: "application/json" }, credentials: "omit" });
      if (answer.ok) show((await answer.json()).items);
    } catch { /* the button still asks */ }
  };

  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 200); });
}
