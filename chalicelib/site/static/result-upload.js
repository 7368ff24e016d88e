"use strict";
/* Uploads a file of the result straight to the store, waits for its check, then shows the form again with it. */

const place = document.getElementById("tai-len");
const input = place.querySelector("input[type=file]");
const status = place.querySelector("[role=status]");
const asked = { Accept: "application/json" };

async function sha256(file) {
  const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function facts(answer) {
  const told = await answer.json();
  if (!answer.ok) throw new Error((told.errors ?? []).map((each) => each.detail).join(" ") || told.detail);
  return told;
}

function send(form, file) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => {
      status.textContent = `${place.dataset.sending} ${Math.round((100 * event.loaded) / event.total)}%`;
    };
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error("")));
    request.onerror = () => reject(new Error(""));
    request.open("POST", form.url);
    request.send(body);
  });
}

async function checked(id) {
  for (let tries = 0; tries < 60; tries += 1) {
    const found = await facts(await fetch(place.dataset.to, { headers: asked }));
    const [state, told] = found[id] ?? ["", ""];
    if (state !== "awaiting_upload" && state !== "checking") return [state, told];
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error("");
}

input.addEventListener("change", async () => {
  const file = input.files[0];
  if (!file) return;
  try {
    const said = new URLSearchParams({
      csrf: place.dataset.csrf, file_name: file.name, content_type: file.type, size: file.size, sha256: await sha256(file),
    });
    const form = await facts(await fetch(place.dataset.to, { method: "POST", headers: asked, body: said }));
    await send(form.upload, file);
    status.textContent = place.dataset.waiting;
    const [state, told] = await checked(form.document_id);
    if (state === "clean") location.reload();
    else status.textContent = told;
  } catch (error) {
    status.textContent = error.message || place.dataset.failed;
  }
  input.value = "";
});
