"use strict";
/* Single keys for officers, while no field has the focus; `?` lists those of this page, and they can be switched off. */
{
  const vietnamese = document.documentElement.lang === "vi";
  const say = (vi, en) => (vietnamese ? vi : en);
  const made = (name, text = "", facts = {}) => Object.assign(document.createElement(name), { textContent: text }, facts);
  const OFF = "motcua.keys";
  const kept = { get: () => { try { return localStorage.getItem(OFF); } catch { return null; } },
    set: (value) => { try { localStorage.setItem(OFF, value); } catch { /* for this page only */ } } };
  let on = kept.get() !== "off";

  const rows = [...document.querySelectorAll("table.desk tbody tr, .looking .files li")];
  const ticks = () => [...document.querySelectorAll("table.desk input[type=checkbox]")];
  const step = (by) => {
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const to = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
    to?.querySelector("a")?.focus();
  };
  const tick = () => rows.find((row) => row.contains(document.activeElement))?.querySelector("input[type=checkbox]")?.click();
  const tickAll = () => { const all = ticks(), whole = all.every((each) => each.checked); for (const each of all) each.checked = !whole; count(); };

  // What leads to another page is followed; what would do something, or is to be filled in, only gets the focus.
  const follow = (target) => (target.matches("a[href]") ? target.click() : target.focus());
  const named = (target) => target.dataset.says || (target.firstChild?.data ?? target.innerText).trim() || target.labels?.[0]?.innerText || "";
  const keys = new Map();
  const add = (key, told, act) => { if (!keys.has(key)) keys.set(key, { told, act }); };
  for (const target of document.querySelectorAll("[data-key]")) add(target.dataset.key, named(target), () => follow(target));
  if (rows.length) {
    add("j", say("Dòng sau", "Next line"), () => step(1));
    add("k", say("Dòng trước", "Previous line"), () => step(-1));
  }
  if (ticks().length) {
    add("x", say("Chọn hoặc bỏ chọn dòng đang đứng", "Tick or untick the line"), tick);
    add("a", say("Chọn hoặc bỏ chọn tất cả", "Tick or untick all"), tickAll);
  }
  for (const [key, where] of [["n", "a[rel=next]"], ["u", "a.back"]]) {
    const target = document.querySelector(where);
    if (target) add(key, named(target), () => follow(target));
  }

  // How many are ticked, as they are.
  const counted = document.querySelector("[data-ticked]");
  const count = () => { if (!counted) return; const n = ticks().filter((each) => each.checked).length; counted.textContent = n ? `${counted.dataset.ticked} ${n}` : counted.dataset.none; };
  if (counted) {
    counted.dataset.none = counted.textContent;
    addEventListener("change", count);
    addEventListener("pageshow", count);
  }

  const dialog = made("dialog", "", { className: "keys" });
  dialog.setAttribute("aria-labelledby", "phim-tat");
  const list = made("dl");
  const line = (key, told) => { const row = made("div"), term = made("dt"); term.append(made("kbd", key)); row.append(term, made("dd", told)); list.append(row); };
  for (const [key, { told }] of keys) line(key, told);
  line("?", say("Mở bảng này", "This list"));
  const box = made("input", "", { type: "checkbox", id: "dung-phim-tat", checked: on });
  const choice = made("div", "", { className: "choice" });
  choice.append(box, made("label", say("Dùng phím tắt", "Use these keys"), { htmlFor: "dung-phim-tat" }));
  const close = made("button", say("Đóng", "Close"), { type: "button", className: "button quiet", autofocus: true, onclick: () => dialog.close() });
  dialog.append(made("h2", say("Phím tắt của trang này", "Keys of this page"), { id: "phim-tat" }),
    made("p", say("Bấm một phím khi con trỏ không ở trong ô nhập.", "Press one key while no field has the focus."), { className: "hint" }), list, choice, close);
  document.body.append(dialog);
  const opener = made("button", say("Phím tắt", "Keys"), { type: "button", className: "plain keys-opener", onclick: () => dialog.showModal() });
  opener.setAttribute("aria-haspopup", "dialog");
  document.querySelector(".places")?.append(opener);
  box.onchange = () => { on = box.checked; kept.set(on ? "on" : "off"); };

  addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat && event.key !== "j" && event.key !== "k";
    if (!on || busy || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
    const act = event.key === "?" ? () => dialog.showModal() : keys.get(event.key)?.act;
    if (!act) return;
    event.preventDefault();
    act();
  });

  // On a phone the queues lie in a strip: the browser leaves the one that has the focus half out of sight.
  document.querySelector("nav.queues")?.addEventListener("focusin", (event) => event.target.scrollIntoView({ inline: "nearest", block: "nearest" }));
}
