"use strict";
/* A form kept while it is filled in, and the questions that its answers raise shown at once. All of it works without. */
{
  const vietnamese = document.documentElement.lang === "vi";
  const say = (vi, en) => (vietnamese ? vi : en);

  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const told = form.querySelector("[data-saved]");
    told.setAttribute("role", "status");
    let changed = false, saving = null, timer = 0;

    const fields = () => {
      const sent = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
      sent.set("act", "save");
      sent.set("once", Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join(""));
      return sent;
    };
    const shown = (asked) => {
      for (const each of form.querySelectorAll("[data-question]")) {
        if (each.dataset.question in asked) each.hidden = !asked[each.dataset.question];
      }
    };
    const save = async () => {
      if (!changed || saving) return;
      changed = false;
      try {
        const answer = await fetch(form.action, {
          method: "POST", body: fields(), keepalive: true, headers: { Accept: "application/json" },
        });
        if (answer.status === 200) {
          const facts = await answer.json();
          form.elements.seen.value = facts.version;
          shown(facts.asked);
          const now = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
          told.textContent = `${say("Đã tự lưu lúc", "Saved at")} ${now}`;
        } else if (answer.status === 409 || answer.status === 412) {
          told.textContent = say("Hồ sơ vừa được sửa ở nơi khác. Bấm Lưu và tiếp tục để xem khác biệt.", "Changed elsewhere. Press Save and continue to see the difference.");
        } else if (answer.status === 401 || answer.status >= 500) {
          changed = true;
          told.textContent = answer.status === 401 ? say("Phiên đăng nhập đã hết. Hãy đăng nhập lại ở một thẻ khác, rồi bấm Lưu.", "Your session has ended. Sign in again in another tab, then press Save.")
            : say("Chưa lưu được. Những gì bạn nhập vẫn còn ở đây; hãy thử lại sau ít phút.", "Not saved. What you entered is still here; try again in a few minutes.");
        }
      } catch {
        changed = true;
        told.textContent = say("Chưa lưu được vì mất mạng. Những gì bạn nhập vẫn còn ở đây và sẽ được lưu khi có mạng.", "Not saved: no connection. What you entered is still here and is saved when you are back online.");
        again(10000);
      }
    };
    const run = () => { saving ??= save().finally(() => { saving = null; }); };
    const again = (wait) => { clearTimeout(timer); timer = setTimeout(run, wait); };

    form.addEventListener("input", () => { changed = true; again(3000); });
    form.addEventListener("change", () => { changed = true; again(300); });
    addEventListener("online", run);
    document.addEventListener("visibilitychange", () => { if (document.hidden) run(); });
    form.addEventListener("submit", async (event) => {
      if (event.defaultPrevented || (!changed && !saving)) return;
      // What was typed is kept before the page is left: a line that is lost at this moment takes nothing with it. And
      // the version must be the one that the last save makes.
      event.preventDefault();
      clearTimeout(timer);
      await saving;
      run();
      await saving;
      delete form.dataset.sent;
      if (!changed) form.requestSubmit(event.submitter);
    });
  }
}
