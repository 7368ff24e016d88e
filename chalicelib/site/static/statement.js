"use strict";
/* Reads a statement's file into the form, in base64; without this script its text can be pasted. */

const LARGEST = 3 * 1024 * 1024;
const chosen = document.getElementById("chon-tep");
const form = document.getElementById("sao-ke");
if (chosen) {
  chosen.hidden = false;
  const input = chosen.querySelector("input");
  input.addEventListener("change", () => {
    const [file] = input.files;
    const told = chosen.querySelector("[role=status]");
    form.elements.content.value = form.elements.name.value = told.textContent = "";
    if (!file) return;
    if (file.size > LARGEST) {
      told.textContent = input.dataset.tooLarge;
      return;
    }
    const reader = new FileReader();
    reader.onload = () => {
      form.elements.content.value = reader.result.slice(reader.result.indexOf(",") + 1);
      form.elements.name.value = file.name;
      told.textContent = file.name;
    };
    reader.readAsDataURL(file);
  });
}
