// Search and filters over all cases of a batch. Their rows come as scripts, because a page opened from a disk may
// load nothing else. Input is only ever set as text; addresses are made of page names of this report.
(() => {
  "use strict";
  const form = document.querySelector("form.find");
  if (!form) return;
  const list = form.closest(".list");
  const all = list.querySelector(".all");
  const found = list.querySelector(".found");
  const status = form.querySelector("[role=status]");
  const also = form.querySelector(".also");
  const failed = form.querySelector("[data-say=failed]");
  const waiting = form.querySelector("[data-say=loading]").textContent;
  const { base, up, locale, files } = form.dataset;
  const PAGE = 500;
  const KINDS = ["state", "cause", "group", "plan", "pattern"];
  let words = null;
  const parts = [];
  let loading = null;
  let shown = { page: 1, rows: [] };

  window.kmsTriageWords = (value) => { words = value; };
  window.kmsTriageRows = ([part, rows]) => { parts[part] = rows; };

  const load = (name) => new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = base + name;
    script.addEventListener("load", () => { script.remove(); done(); });
    script.addEventListener("error", () => { script.remove(); fail(new Error(name)); });
    document.head.append(script);
  });

  // Everything at once, when it is first needed.
  const ready = () => {
    if (!loading) {
      status.textContent = waiting;
      const names = [`find.${locale}.js`];
      for (let part = 0; part < Number(files); part += 1) names.push(`find-${part}.js`);
      loading = Promise.all(names.map(load)).then(() => {
        for (const rows of parts) {
          for (const row of rows) {
            const places = row[6].map((p) => words.places[p]);
            const cause = row[3] < 0 ? [] : words.causes[row[3]];
            const text = [row[0], words.states[row[2]][1], ...cause, row[4] < 0 ? "" : words.products[row[4]], ...row[5], ...places];
            row.push(text.join("\n").toLowerCase());
          }
        }
      });
      loading.catch(() => { loading = null; status.textContent = ""; });
    }
    return loading;
  };

  // `#state-unknown&cause-no-srv-record&q=lab` and back.
  const read = () => {
    const wanted = {};
    for (const piece of location.hash.slice(1).split("&")) {
      const at = piece.search(/[-=]/);
      const [kind, value] = [piece.slice(0, at), piece.slice(at + 1)];
      try {
        if (at > 0 && (KINDS.includes(kind) || kind === "q") && value) wanted[kind] = decodeURIComponent(value);
      } catch {
        // A broken escape is no filter.
      }
    }
    return wanted;
  };
  const written = (wanted) => KINDS.filter((k) => wanted[k]).map((k) => `${k}-${encodeURIComponent(wanted[k])}`)
    .concat(wanted.q ? [`q=${encodeURIComponent(wanted.q)}`] : []).join("&");

  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#i-${name}`);
    svg.append(use);
    return svg;
  };

  const tableRow = (row) => {
    const [, label, tone, sign] = words.states[row[2]];
    const line = make("tr");
    const name = make("th");
    name.scope = "row";
    if (row[1]) {
      const link = make("a", "", row[0]);
      link.href = up + row[1] + words.ending;
      name.append(link);
    } else name.textContent = row[0];
    const state = make("td", "state");
    const tag = make("span", `tag ${tone}`);
    tag.append(icon(sign), label);
    state.append(tag);
    const cause = make("td", "cause", row[3] < 0 ? "" : words.causes[row[3]][1]);
    if (row[10] !== null) cause.append(make("small", "", words.days.replace("{n}", row[10])));
    const code = make("td", "code");
    for (const c of row[5]) {
      const span = make("span", "", c);
      span.translate = false;
      code.append(span);
    }
    line.append(name, make("td", "product", row[4] < 0 ? "" : words.products[row[4]]), state, cause, code);
    line.append(make("td", "who", row[9] < 0 ? "" : words.actors[row[9]]));
    return line;
  };

  const draw = (focus) => {
    const pages = Math.max(1, Math.ceil(shown.rows.length / PAGE));
    const table = make("table", "cases");
    table.append(all.querySelector("thead").cloneNode(true));
    const body = make("tbody");
    for (const row of shown.rows.slice((shown.page - 1) * PAGE, shown.page * PAGE)) body.append(tableRow(row));
    table.append(body);
    found.replaceChildren(...(shown.rows.length ? [table] : []));
    if (pages > 1) {
      const bar = make("p", "turn");
      const turn = (by, sign) => {
        const page = shown.page + by;
        const button = make("button", "", sign);
        button.type = "button";
        button.disabled = page < 1 || page > pages;
        button.setAttribute("aria-label", words.page.replace("{n}", page));
        button.addEventListener("click", () => { shown.page = page; draw(true); });
        return button;
      };
      bar.append(turn(-1, "←"), make("span", "num", `${shown.page} / ${pages}`), turn(1, "→"));
      found.append(bar);
    }
    if (focus) list.querySelector("h2").focus();
  };

  const plain = () => {
    found.hidden = true;
    found.replaceChildren();
    all.hidden = false;
    also.hidden = true;
    failed.hidden = true;
    status.textContent = "";
    form.elements.clear.hidden = true;
  };

  const apply = async (focus) => {
    const wanted = read();
    for (const name of ["state", "cause", "group"]) {
      const field = form.elements[name];
      if (field) field.value = wanted[name] ?? "";
    }
    if (document.activeElement !== form.elements.q) form.elements.q.value = wanted.q ?? "";
    if (Object.keys(wanted).length === 0) return plain();
    const asked = location.hash;
    try {
      await ready();
    } catch {
      plain();
      failed.hidden = false;
      return;
    }
    if (location.hash !== asked) return;
    const state = words.states.findIndex(([word]) => word === wanted.state);
    const cause = words.causes.findIndex(([id]) => id === wanted.cause);
    const pieces = (wanted.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row) => (!wanted.state || row[2] === state) && (!wanted.cause || row[3] === cause)
      && (!wanted.group || row[6].includes(Number(wanted.group))) && (!wanted.plan || row[7] === Number(wanted.plan))
      && (!wanted.pattern || row[8].includes(Number(wanted.pattern))) && pieces.every((p) => row[11].includes(p));
    shown = { page: 1, rows: parts.flatMap((rows) => rows.filter(fits)) };
    const total = parts.reduce((n, rows) => n + rows.length, 0);
    const titles = [];
    if (wanted.plan) titles.push(words.actions[Number(wanted.plan)] ?? words.open);
    if (wanted.pattern) titles.push(words.patterns[Number(wanted.pattern)] ?? "");
    if (wanted.group && !form.elements.group?.value) titles.push(words.places[Number(wanted.group)] ?? "");
    also.textContent = titles.join(" · ");
    also.hidden = titles.length === 0;
    failed.hidden = true;
    all.hidden = true;
    found.hidden = false;
    form.elements.clear.hidden = false;
    draw(false);
    status.textContent = words.found.replace("{n}", shown.rows.length).replace("{all}", total);
    if (focus) {
      list.querySelector("h2").focus();
      list.scrollIntoView();
    }
  };

  // Typed and chosen filters keep what a link has narrowed.
  const change = () => {
    const wanted = read();
    for (const name of ["q", "state", "cause", "group"]) {
      const field = form.elements[name];
      if (field && (field.value || name !== "group" || !wanted.group || field.dataset.used)) wanted[name] = field.value.trim();
      if (field && name === "group" && field.value) field.dataset.used = "yes";
    }
    history.replaceState(null, "", `#${written(wanted) || "cases"}`);
    apply(false);
  };
  let wait = 0;
  form.elements.q.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(change, 200); });
  for (const name of ["state", "cause", "group"]) form.elements[name]?.addEventListener("change", change);
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(wait); change(); });
  form.elements.clear.addEventListener("click", () => {
    form.elements.q.value = "";
    history.replaceState(null, "", "#cases");
    apply(false);
    form.elements.q.focus();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-find]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const show = () => {
      history.pushState(null, "", `#${link.dataset.find}`);
      apply(true);
    };
    // Without the files that the search reads, a link leads to the list as it does without a script.
    ready().then(show, () => { location.href = link.href; });
  });
  window.addEventListener("hashchange", () => apply(false));
  window.addEventListener("popstate", () => apply(false));

  form.hidden = false;
  document.documentElement.classList.add("scripted");
  for (const link of document.querySelectorAll("a.only[hidden]")) link.hidden = false;
  if (Object.keys(read()).length) apply(false);
})();
