"use strict";
/* Files straight to the store, each with its progress; gone on with when the line comes back; the check told in words. */
{
  const vietnamese = document.documentElement.lang === "vi";
  const say = (vi, en) => (vietnamese ? vi : en);
  const LARGEST = 20 * 1024 * 1024;
  const made = (name, text = "", facts = {}) => Object.assign(document.createElement(name), { textContent: text }, facts);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  // A lost line is waited for, but not for ever: some browsers never say that it is back.
  const online = () => Promise.race([pause(15000), new Promise((done) => addEventListener("online", done, { once: true }))]);

  class Told extends Error {}
  class Refused extends Error {}
  const NOT_TAKEN = () => new Told(say("Kho lưu trữ không nhận tệp. Hãy chọn lại tệp.", "The store did not take the file. Choose it again."));

  const digest = async (file) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  /* The service knows a file by its content: what it has of it, on this device or another, need not be sent again. */
  const declared = async (form, file, sha256) => {
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    for (const [name, value] of Object.entries({ file_name: file.name, content_type: file.type, size: file.size, sha256 })) body.set(name, value);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status >= 500) throw new Error("line");
    const facts = await answer.json();
    if (answer.ok) return facts;
    throw new Told((facts.errors ?? []).map((each) => each.detail).join(" ") || facts.detail);
  };

  const send = (method, url, body, onBytes) => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.upload.onprogress = (event) => onBytes(event.loaded);
    request.onload = () => (request.status < 300 ? done() : failed(request.status < 500 ? new Refused() : new Error("line")));
    request.onerror = request.ontimeout = () => failed(new Error("line"));
    request.timeout = 10 * 60 * 1000;
    request.send(body);
  });

  const sentWhole = async ({ url, fields }, file, bar) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", file);
    await send("POST", url, body, (bytes) => { bar.value = Math.min(bytes / file.size, 1); }).catch((error) => { throw error instanceof Refused ? NOT_TAKEN() : error; });
  };

  const sentInParts = async (parts, file, bar) => {
    let there = parts.filter((each) => !each.url).reduce((sum, each) => sum + each.end - each.start, 0);
    bar.value = there / file.size;
    for (const part of parts.filter((each) => each.url)) {
      await send("PUT", part.url, file.slice(part.start, part.end), (bytes) => { bar.value = (there + bytes) / file.size; });
      there += part.end - part.start;
    }
  };

  const LOST = () => say("Mất kết nối. Tệp được gửi tiếp ngay khi có mạng; xin giữ trang này mở.", "The connection is lost. Sending goes on when it is back; please keep this page open.");

  /* Declared again after each loss: what has arrived meanwhile is left out. A place given up by the store is renewed. */
  const delivered = async (form, file, line, bar) => {
    const sha256 = await digest(file);
    for (let refused = 0; ;) {
      try {
        const facts = await declared(form, file, sha256);
        adopted(line, facts.document_id);
        detail(line, "");
        if (facts.done) return facts.document_id;
        if (facts.upload) {
          await sentWhole(facts.upload, file, bar);
          return facts.document_id;
        }
        await sentInParts(facts.parts, file, bar);
      } catch (error) {
        if (error instanceof Told) throw error;
        if (error instanceof Refused) {
          if (++refused > 3) throw NOT_TAKEN();
          continue;
        }
        detail(line, LOST());
        await online();
      }
    }
  };

  /* One line for a file: the one an earlier visit left unfinished goes. */
  const adopted = (line, id) => {
    for (const other of document.querySelectorAll(`[data-file="${CSS.escape(id)}"]`)) if (other !== line) other.remove();
    line.dataset.file = id;
  };

  const tag = (line, state, kind) => {
    const found = line.querySelector(".tag");
    found.textContent = state;
    found.className = `tag ${kind}`;
  };
  const detail = (line, text) => { line.querySelector("[data-detail]").textContent = text; };

  const followed = async (states, id, line) => {
    for (let wait = 1000; ; wait = Math.min(wait * 1.5, 15000)) {
      await pause(wait);
      const answer = await fetch(states, { headers: { Accept: "application/json" } }).catch(() => null);
      const facts = answer?.ok ? (await answer.json()).files[id] : null;
      if (!facts || facts.kind === "neutral") continue;
      line.querySelector("b").textContent = facts.name;
      tag(line, facts.state, facts.kind);
      detail(line, facts.detail);
      if (!facts.open) return line.dispatchEvent(new Event("checked", { bubbles: true }));
    }
  };

  const removable = (form, line, id) => {
    const remove = made("form", "", { method: "post", action: form.dataset.states.replace("tinh-trang-tep", `tai-len/${id}`) });
    remove.append(made("input", "", { type: "hidden", name: "csrf", value: form.elements.csrf.value }));
    remove.append(made("button", say("Bỏ tệp này", "Remove"), { className: "plain" }));
    line.append(remove);
  };

  const bring = async (form, file, line) => {
    const bar = line.querySelector("progress");
    line.querySelector(".row")?.remove();
    try {
      if (file.size > LARGEST) throw new Told(say("Tệp nặng quá 20 MB. Hãy nén hoặc tách nhỏ.", "The file is larger than 20 MB. Compress or split it."));
      tag(line, say("Đang tải lên", "Uploading"), "waiting");
      const id = await delivered(form, file, line, bar);
      bar.remove();
      tag(line, say("Đang kiểm tra", "Being checked"), "waiting");
      detail(line, say("Đã tải lên; đang kiểm tra.", "Uploaded; being checked."));
      removable(form, line, id);
      await followed(form.dataset.states, id, line);
    } catch (error) {
      bar.hidden = true;
      tag(line, say("Không nhận được", "Not accepted"), "late");
      detail(line, error instanceof Told ? error.message : say("Không đọc được tệp này.", "This file cannot be read."));
      const again = made("button", say("Thử lại", "Try again"), { type: "button", className: "plain" });
      again.onclick = () => { bar.hidden = false; bar.value = 0; bring(form, file, line); };
      const drop = made("button", say("Bỏ tệp này", "Remove"), { type: "button", className: "plain", onclick: () => line.remove() });
      const row = made("div", "", { className: "row" });
      row.append(again, drop);
      line.append(row);
    }
  };

  const listed = (form, file) => {
    const line = made("li"), head = made("p");
    head.append(made("b", file.name), " ", made("strong", "", { className: "tag waiting" }));
    line.append(head, made("progress", "", { max: 1, value: 0, ariaLabel: file.name }), made("p", "", { className: "hint" }));
    line.lastChild.dataset.detail = "";
    line.setAttribute("aria-live", "polite");
    form.closest("[data-component]").querySelector("[data-files]").append(line);
    bring(form, file, line);
  };

  const chooser = (form, label, facts) => {
    const id = `tep-${form.closest("[data-component]").dataset.component}${facts.capture ? "-chup" : ""}`;
    const input = made("input", "", { type: "file", id, className: "unseen", ...facts });
    if (facts.capture) input.setAttribute("capture", "environment");
    input.onchange = () => { for (const file of input.files) listed(form, file); input.value = ""; };
    const shown = made("label", label, { htmlFor: id, className: "button quiet" });
    const both = made("span", "", { className: "chooser" });
    both.append(input, shown);
    return both;
  };

  if (crypto.subtle) {
    for (const form of document.querySelectorAll("form[data-upload]")) {
      const accept = form.dataset.accept, row = made("div", "", { className: "row" });
      row.append(chooser(form, say("Chọn tệp", "Choose files"), { accept, multiple: true }));
      if (accept.includes("image/jpeg") && matchMedia("(pointer: coarse)").matches) {
        row.append(chooser(form, say("Chụp ảnh", "Take a picture"), { accept: "image/jpeg", capture: true }));
      }
      form.hidden = true;
      form.after(row);
    }
  }
  for (const line of document.querySelectorAll("[data-file][data-open]")) {
    followed(line.closest("[data-component]").querySelector("[data-states]").dataset.states, line.dataset.file, line);
  }
}
