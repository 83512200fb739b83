// Pages work without it: live preview, autosave, files in parts, one sending of a form, keys for lists.
(() => {
  "use strict";
  const zh = document.documentElement.lang.startsWith("zh");
  const w = (chinese, english) => (zh ? chinese : english);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, fields = {}, ...inner) => {
    const node = Object.assign(document.createElement(tag), fields);
    node.append(...inner);
    return node;
  };
  const typed = (form, more = {}) => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    return body;
  };
  const after = (wait, run) => {
    let timer;
    const later = () => { clearTimeout(timer); timer = setTimeout(run, wait); };
    later.stop = () => clearTimeout(timer);
    return later;
  };
  const page = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  for (const form of all("form[data-preview]")) {
    let asking;
    const show = after(400, async () => {
      asking?.abort();
      asking = new AbortController();
      try {
        const answer = await fetch(form.action, { method: "POST", body: typed(form), signal: asking.signal });
        const fresh = answer.ok && (await page(answer)).querySelector(".result");
        if (fresh) document.querySelector(".result").replaceWith(fresh);
      } catch {}
    });
    form.addEventListener("input", show);
  }

  // Buttons that only a script can do: they are there once it runs, also in what it puts in anew.
  const shown = () => all("[data-copy][hidden], [data-print][hidden]").forEach((button) => { button.hidden = false; });
  shown();
  new MutationObserver(shown).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) return window.print();
    const address = new URL(button.dataset.copy, location.href).href;
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      const field = make("textarea", { value: address });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = w("已复制", "Copied");
  });

  // A form is sent once; what is being saved is waited for, or one window would be taken for two.
  // A file on its way is waited for too.
  const saving = new WeakMap();
  const sending = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    const waits = saving.get(form);
    const files = sending.get(form);
    if (files?.size) {
      event.preventDefault();
      const by = event.submitter;
      by?.setAttribute("aria-busy", "true");
      const state = document.getElementById("saved");
      if (state) state.textContent = w("文件传完后继续", "Going on once the file is there");
      Promise.all(files).then((all) => all.every(Boolean) && form.requestSubmit(by?.isConnected ? by : null)).finally(() => by?.removeAttribute("aria-busy"));
      return;
    }
    if (waits?.busy) {
      event.preventDefault();
      const by = event.submitter;
      waits.busy.finally(() => form.requestSubmit(by));
      return;
    }
    waits?.stop();
    waits?.sent();
    if (form.method === "post") {
      form.dataset.sent = "yes";
      event.submitter?.setAttribute("aria-busy", "true");
      setTimeout(() => delete form.dataset.sent, 15000);
    }
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Saved while typing; where that fails, a copy stays in this window and is offered back. So it is with a form that is sent:
  // once the next step or its case is shown it arrived, and the copy goes.
  const SENT = "duixian-sent";
  const wizard = document.querySelector("form[data-autosave]");
  if (wizard || location.pathname.startsWith("/my/cases/")) {
    const arrived = sessionStorage.getItem(SENT);
    const here = `duixian-form:${location.pathname}:${wizard?.elements.step?.value ?? ""}`;
    if (arrived && arrived !== here) sessionStorage.removeItem(arrived);
    sessionStorage.removeItem(SENT);
  }
  for (const form of all("form[data-autosave]")) {
    const state = document.getElementById("saved");
    const place = `duixian-form:${location.pathname}:${form.elements.step?.value ?? ""}`;
    const tell = (words) => { if (state) state.textContent = words; };
    const keep = () => { try { sessionStorage.setItem(place, typed(form).toString()); } catch { /* full */ } };
    const it = { busy: null, stop: () => later.stop(), sent: () => { keep(); try { sessionStorage.setItem(SENT, place); } catch { /* full */ } } };
    saving.set(form, it);
    let changed = false;
    const save = async () => {
      if (it.busy) return void later();
      changed = false;
      it.busy = (async () => {
        try {
          const answer = await fetch(form.action, { method: "POST", body: typed(form, { do: "autosave" }), redirect: "error" });
          if (answer.ok) {
            const { version, saved } = await answer.json();
            form.elements.version.value = version;
            tell(w(`草稿已于 ${saved} 保存`, `Draft saved at ${saved}`));
            sessionStorage.removeItem(place);
            return;
          }
          keep();
          if (answer.status === 401) tell(w("登录已过期：点“保存草稿”重新登录", "Signed out: press “Save” to sign in"));
          else if (answer.status === 409) { later = Object.assign(() => {}, { stop() {} }); tell(w("另一个窗口改过：点“保存草稿”查看", "Changed in another window: press “Save”")); }
          else tell(w("没有保存成功，内容留在本窗口", "Not saved; kept in this window"));
        } catch {
          keep();
          tell(w("连接中断，内容留在本窗口，稍后自动再存", "No connection; kept here and tried again"));
          setTimeout(() => later(), 5000);
        }
      })();
      await it.busy;
      it.busy = null;
    };
    let later = after(1500, save);
    form.addEventListener("input", () => { changed = true; later(); });
    window.addEventListener("pagehide", () => { if (changed && !form.dataset.sent) keep(); });
    const copy = sessionStorage.getItem(place);
    const said = (text) => `${[...new URLSearchParams(text)].filter(([name]) => /^[fcl]\./.test(name))}`;
    if (copy && said(copy) !== said(typed(form))) offer(form, place, copy, () => later());
    else sessionStorage.removeItem(place);
  }

  function offer(form, place, copy, save) {
    const note = make("div", { className: "note note--warn" }, make("p", { textContent: w("上次有内容没有保存成功，还留在本窗口。", "Something you typed was not saved and is still here.") }));
    note.setAttribute("role", "status");
    const end = () => { sessionStorage.removeItem(place); note.remove(); };
    const back = make("button", { type: "button", className: "btn btn--s", textContent: w("恢复", "Bring it back") });
    const drop = make("button", { type: "button", className: "btn btn--s", textContent: w("放弃", "Drop it") });
    back.onclick = () => {
      for (const [name, value] of new URLSearchParams(copy)) {
        if (!/^[fcl]\./.test(name)) continue;
        const field = form.elements[name];
        if (field instanceof RadioNodeList || field?.type !== "checkbox") { if (field) field.value = value; } else field.checked = true;
      }
      end();
      save();
    };
    drop.onclick = end;
    note.append(make("p", {}, back, " ", drop));
    form.prepend(note);
  }

  // Evidence in parts, gone on with after a break, also on another day.
  const PART = 1 << 20;
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const csrf = () => document.querySelector("input[name=csrf]")?.value ?? "";
  const api = (method, path, body, more = {}) => fetch(`/api/v1/uploads${path}`, { method, body, headers: { "x-csrf-token": csrf(), "accept-language": zh ? "zh" : "en", ...more } });

  async function begun(file, place) {
    const known = localStorage.getItem(place);
    if (known) {
      const answer = await api("GET", `/${known}`);
      if (answer.ok) return answer.json();
      if (answer.status !== 404) throw await refusal(answer);
    }
    const answer = await api("POST", "", JSON.stringify({ name: file.name, size: file.size }), { "content-type": "application/json" });
    if (!answer.ok) throw await refusal(answer);
    const upload = await answer.json();
    localStorage.setItem(place, upload.id);
    return upload;
  }

  const refusal = async (answer) => Object.assign(new Error((await answer.json().catch(() => ({}))).detail ?? `${answer.status}`), { status: answer.status });

  async function sent(file, told) {
    const place = `duixian-upload:${file.name}:${file.size}:${file.lastModified}`;
    for (let tries = 0; ; tries += 1) {
      try {
        let upload = await begun(file, place);
        while (!upload.taken) {
          told(upload.received);
          const part = file.slice(upload.received, upload.received + Math.min(PART, upload.part_bytes_max));
          const answer = await api("PATCH", `/${upload.id}`, part, { "upload-offset": `${upload.received}`, "content-type": "application/octet-stream" });
          if (!answer.ok) throw await refusal(answer);
          upload = await answer.json();
          tries = 0;
        }
        localStorage.removeItem(place);
        return upload.taken.digest;
      } catch (why) {
        if (why.status === 422 || why.status === 413) localStorage.removeItem(place);
        if (tries >= 5 || (why.status && why.status !== 409 && why.status < 500 && why.status !== 429)) throw why;
        await pause(500 * 2 ** tries);
      }
    }
  }

  // What is being sent keeps its form from leaving: it would be lost on the way.
  function upload(file, fact, call, line) {
    const form = line.closest("form");
    const under = sending.get(form) ?? new Set();
    sending.set(form, under);
    const one = bring(file, fact, call, line).finally(() => under.delete(one));
    under.add(one);
  }
  window.addEventListener("beforeunload", (event) => { if (all("form").some((form) => sending.get(form)?.size)) event.preventDefault(); });

  async function bring(file, fact, call, line) {
    const bar = make("progress", { max: file.size, value: 0 });
    const state = make("span", { textContent: w("正在上传", "Sending") });
    line.replaceChildren(make("span", { className: "mark mark--s mark--none", textContent: "↑" }), make("span", { textContent: file.name }), state, bar);
    bar.setAttribute("aria-label", file.name);
    try {
      const digest = await sent(file, (done) => { bar.value = done; state.textContent = `${Math.floor((100 * done) / file.size)}%`; });
      bar.value = file.size;
      const answer = await fetch(`/calls/${call}/evidence`, { method: "POST", body: new URLSearchParams({ csrf: csrf(), fact, digest }) });
      const fresh = await page(answer);
      const mine = (from) => all("[data-upload]", from).find((one) => one.dataset.upload === fact);
      const [now, then] = [mine(document), mine(fresh)];
      if (!answer.ok || !now || !then) throw new Error(fresh.querySelector("[role=alert]")?.textContent.trim() ?? w("没有成功", "It failed"));
      now.replaceWith(then);
      enhance(then);
      const aside = fresh.querySelector(".self");
      if (aside) document.querySelector(".self")?.replaceWith(aside);
      return true;
    } catch (why) {
      const words = why.status === 401 ? w("登录已过期，登录后可接着传", "Signed out: sign in and go on") : why.status || why.constructor === Error ? why.message : w("连接中断，已传的部分不会丢", "Broken off; what was sent is kept");
      const refused = why.status === 422 || why.status === 413;
      const again = make("button", { type: "button", className: "linklike", textContent: refused ? w("知道了", "Close") : w("接着传", "Go on") });
      again.onclick = () => (refused ? line.remove() : upload(file, fact, call, line));
      line.replaceChildren(make("span", { className: "mark mark--s mark--warn", textContent: "!" }), make("span", { textContent: file.name }), again, make("span", { className: "err", textContent: words }));
      line.setAttribute("role", "alert");
      return false;
    }
  }

  function enhance(box) {
    const call = box.closest("form")?.dataset.call;
    const button = box.querySelector("button[value^='upload:']");
    if (!call || !button) return;
    const input = make("input", { type: "file", className: "vh", multiple: true, accept: ".pdf,.jpg,.jpeg,.png,.ofd,.xlsx,.xml" });
    const drop = make("label", { className: "drop" }, input, make("b", { textContent: w("选择文件", "Choose files") }), w("或拖到这里　", "or drop them here "));
    const take = (files) => {
      for (const file of files) {
        const list = box.querySelector(".files") ?? box.insertBefore(make("ul", { className: "files" }), drop);
        const line = list.appendChild(make("li", { className: "up" }));
        upload(file, box.dataset.upload, call, line);
      }
    };
    input.onchange = () => { take([...input.files]); input.value = ""; };
    drop.ondragover = (event) => event.preventDefault();
    drop.ondrop = (event) => { event.preventDefault(); take([...event.dataTransfer.files]); };
    button.replaceWith(drop);
  }
  all("[data-upload]").forEach(enhance);

  // Ticks all rows of a page.
  for (const one of all("input[data-all]")) {
    one.hidden = false;
    one.onchange = () => { for (const box of all(`input[type=checkbox][name=${one.dataset.all}]`)) box.checked = one.checked; };
  }

  // Lists: j and k move, Enter opens, x ticks, / finds; [ and ] go to what stands before and after, on a page without a list j and k too.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const list = document.querySelector("[data-keys]");
    const go = { "[": "prev", "]": "next", ...(list ? {} : { k: "prev", j: "next" }) }[event.key];
    const link = go && document.querySelector(`a[rel~=${go}]`);
    if (link) return void link.click();
    if (!list) return;
    if (event.key === "x") {
      const box = document.activeElement.closest("tr")?.querySelector("input[type=checkbox]");
      if (box) box.checked = !box.checked;
      return;
    }
    if (event.key === "/") {
      const find = document.querySelector("main input[type=search], input[type=search]");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    } else if (event.key === "j" || event.key === "k") {
      const links = all("tbody tr, li", list).map((row) => row.querySelector("th a[href]") ?? row.querySelector("a[href]")).filter(Boolean);
      const at = links.findIndex((one) => one.closest("tr, li").contains(document.activeElement));
      const next = at < 0 ? 0 : at + (event.key === "j" ? 1 : -1);
      links[Math.max(0, Math.min(next, links.length - 1))]?.focus();
    }
  });
})();
