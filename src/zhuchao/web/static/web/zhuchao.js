// What the pages do beyond links and forms. Every page works without this file.
(() => {
  "use strict";

  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (event, selector, act, options) =>
    document.addEventListener(
      event,
      (e) => {
        const found = e.target instanceof Element ? e.target.closest(selector) : null;
        if (found) act(found, e);
      },
      options,
    );
  const words = (name) => one("#words")?.dataset[name] ?? "";
  const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");
  const plain = (e) => !e.ctrlKey && !e.metaKey && !e.altKey;
  const memory = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* a full or closed store forgets */ } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* the same */ } },
  };
  const visit = {
    get: (key) => { try { return sessionStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* the same */ } },
    drop: (key) => { try { sessionStorage.removeItem(key); } catch { /* the same */ } },
  };

  // --- The shell ---------------------------------------------------------------------------------------

  on("click", "[data-theme-toggle]", () => {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    memory.set("z-theme", root.dataset.bsTheme);
    document.dispatchEvent(new CustomEvent("z:theme"));
  });

  on("click", "[data-fold-nav]", () => {
    const root = document.documentElement;
    const narrow = root.dataset.nav !== "narrow";
    if (narrow) root.dataset.nav = "narrow";
    else delete root.dataset.nav;
    memory.set("z-nav", narrow ? "narrow" : "wide");
  });

  document.addEventListener("click", (e) => {
    for (const menu of all("details.z-menu[open]")) if (!menu.contains(e.target)) menu.open = false;
    const search = one(".z-search.is-open");
    if (search && !search.contains(e.target)) search.classList.remove("is-open");
  });

  on("click", "[data-print]", () => print());

  // Why a light has its colour stays inside the window, also out of a table that scrolls; Escape puts it away.
  const beside = (why) => {
    const text = one(".z-why-text", why);
    if (!text) return;
    const box = why.getBoundingClientRect();
    const [wide, high] = [text.offsetWidth, text.offsetHeight];
    const fits = box.bottom + high < innerHeight || box.top < high;
    text.style.position = "fixed";
    text.style.left = `${Math.max(8, Math.min(box.left, innerWidth - wide - 8))}px`;
    text.style.top = `${fits ? box.bottom : box.top - high}px`;
  };
  on("pointerover", ".z-why", beside);
  on("focusin", ".z-why", beside);
  on("keydown", ".z-why", (why, e) => { if (e.key === "Escape") document.activeElement?.blur(); });

  on("click", "[data-dismiss]", (button) => button.closest("[data-toast], [data-notice], .alert")?.remove());
  const fade = (from) => { for (const toast of all("[data-toast]", from)) setTimeout(() => toast.remove(), 6000); };

  const say = (sentence) => {
    const place = one("#notices");
    if (!place || !sentence) return;
    const box = document.createElement("div");
    box.className = "alert alert-danger z-notice";
    box.setAttribute("role", "alert");
    box.textContent = sentence;
    place.replaceChildren(box);
    place.scrollIntoView({ block: "nearest" });
  };

  // A bar after 300 ms, and a sentence when the server cannot be heard.
  let busy = 0;
  let later = 0;
  const rest = () => {
    busy = Math.max(0, busy - 1);
    if (busy) return;
    clearTimeout(later);
    one("#loading")?.classList.remove("is-busy");
  };
  document.addEventListener("htmx:beforeRequest", () => {
    busy += 1;
    clearTimeout(later);
    later = setTimeout(() => one("#loading")?.classList.add("is-busy"), 300);
  });
  document.addEventListener("htmx:afterRequest", rest);
  document.addEventListener("htmx:sendError", () => say(words("offline")));
  document.addEventListener("htmx:responseError", () => say(words("broken")));
  document.addEventListener("htmx:afterSwap", (e) => {
    if (e.detail.target?.id === "notices") e.detail.target.focus();
  });

  // --- Search ---------------------------------------------------------------------------------------------

  const typed = new WeakMap();
  const after = (input, milliseconds, act) => {
    clearTimeout(typed.get(input));
    typed.set(input, setTimeout(act, milliseconds));
  };
  const signal = (target, name) => target.dispatchEvent(new CustomEvent(name, { bubbles: true }));

  const lookUp = (input) => {
    const text = input.value.trim();
    const form = input.closest(".z-search");
    form.classList.toggle("is-open", text.length > 1);
    if (text.length > 1) after(input, 250, () => signal(input, "z:search"));
    else one("#search-results")?.replaceChildren();
  };
  // While a Chinese input method composes, the letters are not yet what is looked for.
  on("input", ".z-search input", (input, e) => { if (!e.isComposing) lookUp(input); });
  on("compositionend", ".z-search input", lookUp);
  on("focusin", ".z-search input", (input) => {
    if (input.value.trim().length > 1 && one("#search-results a")) input.closest(".z-search").classList.add("is-open");
  });
  on("keydown", ".z-search", (form, e) => {
    const links = all("#search-results a[href]");
    if (e.key === "Escape") {
      form.classList.remove("is-open");
      one("input", form).blur();
    } else if ((e.key === "ArrowDown" || e.key === "ArrowUp") && links.length) {
      e.preventDefault();
      const step = e.key === "ArrowDown" ? 1 : -1;
      const next = links.indexOf(document.activeElement) + step;
      if (next < 0) one("input", form).focus();
      else links[Math.min(next, links.length - 1)].focus();
    }
  });

  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") for (const menu of all("details.z-menu[open]")) { menu.open = false; one("summary", menu).focus(); }
    const asked = (e.key === "/" && plain(e) && !typing(e.target)) || (e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey));
    if (!asked || document.querySelector("dialog[open]")) return;
    const box = [one("#search"), one("#list-q")].find((input) => input && input.offsetParent !== null);
    if (!box) return;
    e.preventDefault();
    box.focus();
    box.select();
  });

  // --- The list ------------------------------------------------------------------------------------------------

  const narrow = (input) => signal(input.form, "z:narrow");
  on("input", "[data-narrow=typed]", (input, e) => { if (!e.isComposing) after(input, 350, () => narrow(input)); });
  on("compositionend", "[data-narrow=typed]", (input) => after(input, 350, () => narrow(input)));
  on("change", "[data-narrow=chosen]", (input) => {
    input.classList.toggle("is-set", input.value !== "");
    narrow(input);
  });

  const rows = () => all("[data-table] tbody [data-row]");
  const goTo = (row) => {
    for (const other of rows()) other.classList.toggle("is-at", other === row);
    row?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (e) => {
    if (!plain(e) || typing(e.target) || document.querySelector("dialog[open]") || !one("[data-table]")) return;
    const list = rows();
    const at = list.findIndex((row) => row.classList.contains("is-at"));
    if (e.key === "j") goTo(list[Math.min(at + 1, list.length - 1)]);
    else if (e.key === "k") goTo(list[Math.max(at - 1, 0)]);
    else if (e.key === "x" && at >= 0) one("[name=rows]", list[at])?.click();
    else if (e.key === "Enter" && at >= 0 && list[at].dataset.url && !e.target.closest("a, button, summary")) location.assign(list[at].dataset.url);
    else return;
    e.preventDefault();
  });

  const count = (form) => {
    const boxes = all("[name=rows]", form);
    const ticked = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").classList.toggle("is-ticked", box.checked);
    const everything = one("[data-all-found]", form);
    const whole = boxes.length > 0 && ticked.length === boxes.length;
    const bar = one("[data-bulk-bar]", form);
    if (!bar) return 0;
    if (everything) {
      everything.parentElement.hidden = !whole || Number(everything.dataset.count) <= boxes.length;
      if (!whole) everything.checked = false;
    }
    const number = everything?.checked ? Number(everything.dataset.count) : ticked.length;
    bar.hidden = ticked.length === 0;
    one("[data-ticked]", bar).textContent = number;
    const head = one("[data-tick-all]", form);
    if (head) {
      head.checked = whole;
      head.indeterminate = ticked.length > 0 && !whole;
    }
    return number;
  };
  let lastTicked = null;
  on("click", "[name=rows]", (box, e) => {
    const boxes = all("[name=rows]", box.form);
    if (e.shiftKey && lastTicked && boxes.includes(lastTicked)) {
      const [from, to] = [boxes.indexOf(lastTicked), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    lastTicked = box;
    count(box.form);
  });
  on("change", "[data-tick-all]", (head) => {
    for (const box of all("[name=rows]", head.form)) box.checked = head.checked;
    count(head.form);
  });
  on("change", "[data-all-found]", (box) => count(box.form));

  // A dangerous verb says what it will do and to how many rows; above fifty the number is typed.
  on("submit", "[data-bulk]", (form, e) => {
    const button = e.submitter;
    const dialog = one("[data-confirm]");
    if (!button || !dialog || button.dataset.confirmed) return;
    const number = count(form);
    if (!number || !("dangerous" in button.dataset)) return;
    e.preventDefault();
    one("[data-confirm-sentence]", dialog).textContent = words("confirm").replace("{verb}", button.dataset.verb).replace("{count}", number);
    const box = one("[name=confirm_count]", dialog);
    const field = box.closest("[data-confirm-count]");
    field.hidden = number <= 50;
    box.value = "";
    const go = one("[data-confirm-go]", dialog);
    go.textContent = button.dataset.verb;
    const check = () => { go.disabled = number > 50 && box.value.trim() !== String(number); };
    box.oninput = check;
    check();
    go.onclick = () => {
      const kept = document.createElement("input");
      kept.type = "hidden";
      kept.name = "confirm_count";
      kept.value = number;
      form.append(kept);
      button.dataset.confirmed = "1";
      dialog.close();
      form.requestSubmit(button);
    };
    dialog.showModal();
  });
  on("click", "[data-close-dialog]", (button) => button.closest("dialog").close());

  // The columns somebody chose are used again when the address does not name others.
  const columnsKey = (key) => `z-columns-${key}`;
  document.addEventListener("submit", (e) => {
    if (e.target.id !== "columns-form") return;
    const body = one("[data-list]");
    const chosen = new FormData(e.target).getAll("cols");
    if (body) memory.set(columnsKey(body.dataset.list), chosen.join(","));
  });
  on("click", "[data-usual-columns]", () => {
    const body = one("[data-list]");
    if (body) memory.drop(columnsKey(body.dataset.list));
  });
  const useColumns = () => {
    const body = one("[data-list]");
    const kept = body && memory.get(columnsKey(body.dataset.list));
    const address = new URL(location.href);
    if (!kept || address.searchParams.has("cols") || kept === body.dataset.columns) return;
    address.searchParams.set("cols", kept);
    history.replaceState(history.state, "", address);
    if (window.htmx) window.htmx.ajax("GET", address.pathname + address.search, { target: "#list", swap: "outerHTML" });
  };

  // --- Forms -------------------------------------------------------------------------------------------------------

  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
    const form = e.target instanceof Element ? e.target.closest("form[data-form]") : null;
    if (form) { e.preventDefault(); form.requestSubmit(); }
  });

  const pad = (n) => String(n).padStart(2, "0");
  const asDay = (text) => {
    const year = Number(document.body.dataset.year) || new Date().getFullYear();
    const short = text.trim().replace(/[年月./]/g, "-").replace(/日/g, "");
    let parts = null;
    if (/^\d{4}$/.test(short)) parts = [year, short.slice(0, 2), short.slice(2)];
    else if (/^\d{8}$/.test(short)) parts = [short.slice(0, 4), short.slice(4, 6), short.slice(6)];
    else if (/^\d{1,2}-\d{1,2}$/.test(short)) parts = [year, ...short.split("-")];
    else if (/^\d{4}-\d{1,2}-\d{1,2}$/.test(short)) parts = short.split("-");
    if (!parts) return null;
    const [y, month, day] = parts.map(Number);
    const made = new Date(y, month - 1, day);
    return made.getMonth() === month - 1 && made.getDate() === day ? `${y}-${pad(month)}-${pad(day)}` : null;
  };
  on("change", "input[data-day]", (input) => {
    const day = asDay(input.value);
    if (day) input.value = day;
  });
  const dressDays = (from) => {
    for (const input of all("input[data-day][type=text]", from)) {
      if (input.parentElement.classList.contains("z-day")) continue;
      const box = document.createElement("div");
      box.className = "z-day input-group";
      input.replaceWith(box);
      const picker = document.createElement("input");
      Object.assign(picker, { type: "date", className: "z-day-native", tabIndex: -1 });
      picker.setAttribute("aria-hidden", "true");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn z-pick";
      button.setAttribute("aria-label", words("pick"));
      button.innerHTML = one("#words template").innerHTML;
      button.addEventListener("click", () => {
        picker.value = asDay(input.value) ?? "";
        if (picker.showPicker) picker.showPicker();
        else picker.focus();
      });
      picker.addEventListener("change", () => {
        input.value = picker.value;
        signal(input, "change");
        input.focus();
      });
      box.append(input, picker, button);
    }
  };

  // What is wrong is said when the field is left, beside it.
  on("focusout", "form[data-form] .form-control, form[data-form] .form-select", (input) => {
    const field = input.closest("[data-field]");
    if (!field || input.disabled) return;
    let place = one("[data-blur]", field);
    const empty = input.value === "" && !input.dataset.touched;
    const wrong = input.willValidate && !input.validity.valid && !empty;
    if (wrong && !one(".invalid-feedback:not([data-blur])", field)) {
      place ??= field.appendChild(Object.assign(document.createElement("div"), { className: "invalid-feedback d-block" }));
      place.dataset.blur = "";
      place.textContent = input.validationMessage;
      input.classList.add("is-invalid");
    } else if (place && !wrong) {
      place.remove();
      input.classList.remove("is-invalid");
    }
  });

  const draftKey = (form) => `z-draft-${form.dataset.draft}`;
  const drafted = (form) =>
    [...new FormData(form)]
      .filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "version"].includes(name) && form.elements[name]?.dataset?.undrafted === undefined)
      .map(([name, value]) => {
        const select = form.elements[name];
        // A record that was searched for is not among the options of a fresh page: its name is kept with it.
        return select?.dataset?.records !== undefined ? [name, value, [...select.selectedOptions].find((option) => option.value === value)?.textContent.trim() ?? ""] : [name, value];
      });
  const kept = new WeakMap();
  on("input", "form[data-draft]", (form, e) => {
    if (e.target instanceof Element) e.target.dataset.touched = "1";
    after(form, 400, () => memory.set(draftKey(form), JSON.stringify(drafted(form))));
  });
  on("submit", "form[data-form]", (form) => {
    if (form.dataset.draft) visit.set("z-sent", draftKey(form));
    const button = one("button[type=submit]", form);
    // A second press of the button must not send the form a second time.
    setTimeout(() => { if (button) button.disabled = true; }, 0);
    setTimeout(() => { if (button) button.disabled = false; }, 8000);
  });
  const fill = (form, pairs) => {
    const values = new Map();
    for (const [name, value, text] of pairs) {
      values.set(name, [...(values.get(name) ?? []), value]);
      const select = form.elements[name];
      if (text && select?.options && ![...select.options].some((option) => option.value === value)) select.add(new Option(text, value));
    }
    for (const input of form.elements) {
      if (!input.name || ["hidden", "file", "submit", "button"].includes(input.type)) continue;
      if (input.name === "csrfmiddlewaretoken" || input.name === "version") continue;
      const wanted = values.get(input.name) ?? [];
      if (input.type === "checkbox" || input.type === "radio") input.checked = wanted.includes(input.value);
      else if (input.multiple && input.options) for (const option of input.options) option.selected = wanted.includes(option.value);
      else input.value = wanted[0] ?? "";
      signal(input, "change");
    }
  };
  const offerDrafts = (from) => {
    const sent = visit.get("z-sent");
    for (const form of all("form[data-draft]", from)) {
      if (kept.has(form)) continue;
      kept.set(form, true);
      const failed = one("[data-form-errors]", form);
      if (failed) { failed.focus(); continue; }
      const text = memory.get(draftKey(form));
      if (!text || text === JSON.stringify(drafted(form))) continue;
      const box = document.createElement("div");
      box.className = "alert alert-info z-draft";
      box.append(Object.assign(document.createElement("span"), { textContent: words("draft") }));
      const use = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: words("useDraft") });
      const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-link", textContent: words("dropDraft") });
      use.addEventListener("click", () => { fill(form, JSON.parse(text)); box.remove(); });
      drop.addEventListener("click", () => { memory.drop(draftKey(form)); box.remove(); });
      box.append(use, drop);
      form.prepend(box);
    }
    // A form that was sent and is not shown again was taken: its draft has done its work.
    if (sent && !all("form[data-draft]", from).some((form) => draftKey(form) === sent)) memory.drop(sent);
    if (sent) visit.drop("z-sent");
  };

  // Two people at once: what is chosen in the comparison goes into the form below it, and a field that is edited
  // after that is the person's own again.
  let taking = false;
  on("change", "[data-conflict] input[type=radio]", (radio) => {
    const name = radio.closest("[data-name]").dataset.name;
    const input = radio.form?.elements[name];
    if (!input) return;
    const wanted = radio.dataset.take;
    if (input.type === "checkbox") input.checked = /^(true|1|on)$/i.test(wanted);
    else input.value = wanted;
    taking = true;
    signal(input instanceof Element ? input : input[0], "change");
    taking = false;
  });
  for (const event of ["input", "change"]) {
    on(event, "form[data-form] [name]", (input) => {
      const mine = taking || input.closest("[data-conflict]") ? null : one(`[data-conflict] [name="take-${CSS.escape(input.name)}"][value="mine"]`, input.form);
      if (mine) mine.checked = true;
    });
  }
  on("click", "[data-back]", (link, e) => {
    // Going back keeps what was typed, where the browser still has the page.
    if (history.length > 1) { e.preventDefault(); history.back(); }
  });

  // --- A record chosen by two characters: a plain select until here ---------------------------------------------------

  const combos = new WeakSet();
  const dressCombos = (from) => {
    for (const select of all("select[data-records]", from)) {
      if (combos.has(select)) continue;
      combos.add(select);
      combo(select);
    }
  };
  const combo = (select) => {
    const box = document.createElement("div");
    box.className = "z-combo";
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const id = `${select.id}_list`;
    Object.assign(input, { type: "text", className: select.className.replace("form-select", "form-control"), autocomplete: "off", placeholder: words("twoCharacters"), id: `${select.id}_text` });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
    if (select.getAttribute("aria-describedby")) input.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
    Object.assign(list, { id, className: "z-combo-list" });
    list.setAttribute("role", "listbox");
    one(`label[for="${CSS.escape(select.id)}"]`)?.setAttribute("for", input.id);
    const many = select.multiple;
    const label = () => (select.value && !many ? select.selectedOptions[0]?.textContent.trim() ?? "" : "");
    input.value = label();
    select.hidden = true;
    select.after(box);
    box.append(input, list);
    // Several records stand above the box, each with a button that takes it away again.
    const chips = Object.assign(document.createElement("ul"), { className: "z-chips" });
    const change = () => { signal(select, "change"); signal(select, "input"); };
    const showChosen = () => {
      input.value = label();
      if (!many) return;
      chips.replaceChildren(
        ...[...select.selectedOptions].map((option) => {
          const text = option.textContent.trim();
          const away = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
          away.setAttribute("aria-label", words("takeAway").replace("{name}", text));
          away.addEventListener("click", () => { option.selected = false; change(); input.focus(); });
          const chip = Object.assign(document.createElement("span"), { className: "z-chip", textContent: text });
          chip.append(away);
          const line = document.createElement("li");
          line.append(chip);
          return line;
        }),
      );
    };
    if (many) { box.prepend(chips); showChosen(); }
    let found = [];
    let at = -1;
    const close = () => { list.replaceChildren(); at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const choose = (item) => {
      if (!all("option", select).some((option) => option.value === String(item.id))) select.add(new Option(item.text, item.id));
      if (many) all("option", select).find((option) => option.value === String(item.id)).selected = true;
      else select.value = String(item.id);
      close();
      change();
    };
    const show = (items) => {
      found = items;
      at = -1;
      list.replaceChildren(
        ...items.map((item, place) => {
          const line = Object.assign(document.createElement("li"), { id: `${id}_${place}`, textContent: item.text });
          line.setAttribute("role", "option");
          if (item.detail) line.append(Object.assign(document.createElement("small"), { textContent: item.detail }));
          line.addEventListener("mousedown", (e) => { e.preventDefault(); choose(item); });
          return line;
        }),
      );
      if (!items.length) list.append(Object.assign(document.createElement("li"), { className: "z-combo-none", textContent: words("noneFound") }));
      input.setAttribute("aria-expanded", "true");
    };
    const mark = (place) => {
      at = place;
      all("[role=option]", list).forEach((line, i) => line.setAttribute("aria-selected", String(i === at)));
      if (at >= 0) {
        input.setAttribute("aria-activedescendant", `${id}_${at}`);
        list.children[at].scrollIntoView({ block: "nearest" });
      }
    };
    let asked = 0;
    const ask = async () => {
      const text = input.value.trim();
      const own = all("option", select)
        .filter((option) => option.value && !(many && option.selected) && option.textContent.toLowerCase().includes(text.toLowerCase()))
        .map((option) => ({ id: option.value, text: option.textContent.trim() }));
      if (!select.dataset.records) return show(own.slice(0, 20));
      if (text.length < 2) return text ? close() : show(own.slice(0, 20));
      const mine = ++asked;
      try {
        const address = new URL(select.dataset.records, location.href);
        address.searchParams.set("q", text);
        const response = await fetch(address, { headers: { Accept: "application/json" } });
        if (!response.ok) throw new Error(String(response.status));
        const answer = await response.json();
        const chosen = many ? [...select.selectedOptions].map((option) => option.value) : [];
        const items = (Array.isArray(answer) ? answer : answer.items ?? answer.results ?? []).filter((item) => !chosen.includes(String(item.id)));
        if (mine === asked) show(items.slice(0, 20).map((item) => ({ id: item.id, text: item.text ?? item.title ?? item.name, detail: item.detail ?? "" })));
      } catch {
        if (mine === asked) show(own.slice(0, 20));
      }
      return null;
    };
    select.addEventListener("change", showChosen);
    input.addEventListener("input", (e) => { if (!e.isComposing) after(input, 200, ask); });
    input.addEventListener("compositionend", () => after(input, 200, ask));
    input.addEventListener("focus", () => { input.select(); });
    input.addEventListener("click", () => { if (!list.children.length) { if (input.value === label()) input.select(); if (!input.value) ask(); } });
    input.addEventListener("blur", () => {
      close();
      if (!many && !input.value.trim()) { if (select.value) { select.value = ""; signal(select, "change"); } }
      else input.value = label();
    });
    input.addEventListener("keydown", (e) => {
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        if (!list.children.length) ask();
        else mark(Math.max(0, Math.min(found.length - 1, at + (e.key === "ArrowDown" ? 1 : -1))));
      } else if (e.key === "Enter" && list.children.length && !(e.ctrlKey || e.metaKey)) {
        e.preventDefault();
        if (found.length) choose(found[Math.max(0, at)]);
      } else if (e.key === "Escape") close();
      else if (e.key === "Backspace" && many && !input.value && select.selectedOptions.length) {
        [...select.selectedOptions].at(-1).selected = false;
        change();
      }
    });
    new MutationObserver(() => { input.disabled = select.disabled; }).observe(select, { attributes: true, attributeFilter: ["disabled"] });
  };

  // --- Start -----------------------------------------------------------------------------------------------------------

  const dress = (from) => {
    dressDays(from);
    dressCombos(from);
    offerDrafts(from);
    fade(from);
    for (const form of all("[data-bulk]", from)) count(form);
  };
  dress(document);
  useColumns();
  document.addEventListener("htmx:load", (e) => dress(e.detail.elt));
  window.addEventListener("pageshow", (e) => {
    if (e.persisted) for (const button of all("form[data-form] button[type=submit]")) button.disabled = false;
  });
})();
