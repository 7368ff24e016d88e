"use strict";
/* What only makes the pages nicer; every page works without it. */

// A summary of errors is read out and can be left by keyboard at once.
document.getElementById("loi")?.focus();

// A form pressed twice is sent once; its own key guards it on the server too.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
}
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));
