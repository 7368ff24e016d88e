"use strict";
/* What only makes the pages nicer; every page works without it. */

// A summary of errors is read out and can be left by keyboard at once.
document.getElementById("loi")?.focus();

// Without a line the browser would put its own page in the place of what was typed.
const keep = (form) => {
  const told = form.querySelector("[data-offline]") ?? document.createElement("p");
  Object.assign(told, { className: "error", role: "alert" });
  told.dataset.offline = "";
  told.textContent = document.documentElement.lang === "vi"
    ? "Mất kết nối: chưa gửi được. Những gì bạn nhập vẫn còn ở đây; có mạng rồi hãy bấm lại."
    : "No connection: nothing was sent. What you entered is still here; press again once you are back online.";
  form.append(told);
};
addEventListener("online", () => document.querySelectorAll("[data-offline]").forEach((told) => told.remove()));

// A form pressed twice is sent once; its own key guards it on the server too.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      keep(form);
      return;
    }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
}
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

// How much room is left, once somebody writes; read out when they pause.
for (const area of document.querySelectorAll("textarea[maxlength]")) {
  const told = Object.assign(document.createElement("p"), { className: "hint" });
  told.setAttribute("role", "status");
  area.after(told);
  let pause = 0;
  area.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      const left = area.maxLength - area.value.length;
      told.textContent = document.documentElement.lang === "vi" ? `Còn ${left} ký tự.` : `${left} characters left.`;
    }, 400);
  });
}
