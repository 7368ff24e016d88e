"use strict";
/* Once a file has been checked, the lists of files on the page are as the service now has them; what was typed stays. */
{
  const PLACES = ["tep-ket-qua", "thanh-phan"];
  addEventListener("checked", async () => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of PLACES) document.getElementById(id)?.replaceWith(now.getElementById(id) ?? "");
  });
}
