// The page: takes text and files, hands them to the engine, shows the report in a frame that runs no script.
"use strict";
const FILES_MAX = 300;
const MEGABYTES_MAX = 64;
// Time for an answer: an honest text of 64 MB takes a few seconds.
const SECONDS = 20;

const by = (id) => document.getElementById(id);
const state = { words: {}, languages: [], tag: "", files: [], folder: "", report: null, asked: null, number: 0 };
const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, () => value), state.words[key] ?? key);
const tell = (status, trouble = "") => {
  by("status").textContent = status;
  by("trouble").textContent = trouble;
};

// --- the engine and its worker ---

const core = { port: null, state: "none", waiting: [], stop: () => {} };

function packed() {
  const text = atob(by("core").textContent.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// A port to the engine: a worker's, else one that works in this thread.
function port() {
  try {
    const source = URL.createObjectURL(new Blob([`(${engine})(self)`], { type: "text/javascript" }));
    const worker = new Worker(source);
    URL.revokeObjectURL(source);
    return worker;
  } catch {
    const here = { onmessage: null, terminate: () => {} };
    const inner = { postMessage: (data) => setTimeout(() => here.onmessage?.({ data }), 0) };
    engine(inner);
    here.postMessage = (data) => setTimeout(() => inner.onmessage({ data }), 0);
    return here;
  }
}

function startCore() {
  core.state = "starting";
  core.port = port();
  core.port.onmessage = ({ data }) => {
    if (data.ready) {
      core.state = "ready";
      for (const question of core.waiting.splice(0)) core.port.postMessage(question);
    } else if (data.broken) broken();
    else if (data.done === state.asked?.ask) done(data);
    else if (data.failed === state.asked?.ask) lost("failed");
  };
  core.port.onerror = (event) => {
    event.preventDefault?.();
    if (core.state === "starting") broken();
    else lost("failed");
  };
  try {
    core.port.postMessage({ load: packed() });
  } catch {
    broken();
  }
}

function restartCore() {
  core.port?.terminate();
  core.waiting = [];
  startCore();
}

function broken() {
  core.state = "broken";
  finish();
  tell("", say("no-start"));
}

// --- asking ---

const isLog = (file) => file.name.toLowerCase().endsWith(".evtx");

function send(question) {
  state.asked = question;
  const megabytes = question.files.reduce((sum, file) => sum + file.bytes.byteLength, 0) / 1048576;
  const seconds = SECONDS + Math.ceil(megabytes);
  question.timer = setTimeout(() => lost("slow", seconds), seconds * 1000);
  const { timer, ...message } = question;
  if (core.state === "ready") core.port.postMessage(message);
  else core.waiting.push(message);
}

// No answer came. A log is tried once more without its odd parts, which the walk over it does not need.
function lost(why, seconds = 0) {
  const question = state.asked;
  if (!question) return;
  clearTimeout(question.timer);
  restartCore();
  if (question.odd && question.files.some(isLog)) {
    send({ ...question, ask: (state.number += 1), odd: false });
    return;
  }
  finish();
  tell("", say(why, { n: String(seconds) }));
}

function finish() {
  clearTimeout(state.asked?.timer);
  state.asked = null;
  by("stop").hidden = true;
  by("start").disabled = false;
  by("form").removeAttribute("aria-busy");
}

async function inputs() {
  const read = [];
  const pasted = by("paste").value;
  if (pasted.trim() !== "") read.push({ name: say("pasted"), bytes: new TextEncoder().encode(pasted).buffer });
  for (const { name, file } of state.files) {
    try {
      read.push({ name, bytes: await file.arrayBuffer() });
    } catch {
      tell("", say("unreadable", { name }));
      return null;
    }
  }
  return read;
}

// `settled` is false for an answer in another language: it takes its place without moving the page.
async function ask(settled = true) {
  if (core.state === "broken") return broken();
  if (state.asked) finish();
  if (state.files.length > FILES_MAX) return tell("", say("too-many", { n: String(FILES_MAX) }));
  const size = state.files.reduce((sum, { file }) => sum + file.size, by("paste").value.length);
  if (size > MEGABYTES_MAX * 1048576) return tell("", say("too-large", { n: String(MEGABYTES_MAX) }));
  const number = (state.number += 1);
  const files = await inputs();
  if (files === null || number !== state.number) return undefined;
  if (files.length === 0) {
    tell("", say("nothing"));
    return by("paste").focus();
  }
  tell(say("working"));
  by("start").disabled = true;
  by("stop").hidden = false;
  by("form").setAttribute("aria-busy", "true");
  return send({ ask: number, odd: true, locale: state.tag, name: state.folder || say("case"), files, settled });
}

function done(answer) {
  const { settled } = state.asked;
  finish();
  tell("");
  state.report = answer;
  by("answer").hidden = false;
  by("by-hand").hidden = true;
  show(answer.html, settled);
}

// --- the report ---

// Scripts cannot run in the frame: its sandbox forbids them, and so does the policy that it inherits. It shares this
// page's origin so that its height can be read, and may open the print dialog.
function show(html, settled) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin allow-modals");
  frame.title = say("result");
  frame.addEventListener("load", () => {
    const inside = frame.contentDocument?.documentElement;
    if (!inside) return;
    const fit = () => {
      frame.style.setProperty("height", `${Math.ceil(inside.getBoundingClientRect().height) + 2}px`);
    };
    fit();
    new ResizeObserver(fit).observe(inside);
    inside.addEventListener("click", (event) => follow(event, frame));
    if (!settled) return;
    by("result").focus({ preventScroll: true });
    by("answer").scrollIntoView({ block: "start" });
  });
  frame.srcdoc = html;
  by("report").replaceChildren(frame);
}

// A link of the report leads to a place in it. Browsers take such a link in a frame like this for one to the page around.
function follow(event, frame) {
  const link = event.target.closest?.("a[href]");
  if (!link) return;
  event.preventDefault();
  const name = decodeURIComponent(link.getAttribute("href").slice(1));
  const place = frame.contentDocument.getElementById(name);
  if (!place) return;
  for (let around = place.parentElement; around; around = around.parentElement) if (around.localName === "details") around.open = true;
  frame.contentWindow.location.hash = name;
  place.scrollIntoView({ block: "start" });
}

function download(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    tell(said);
    return true;
  } catch {
    return false;
  }
}

function copyByHand(text) {
  const area = by("by-hand-text");
  area.value = text;
  by("by-hand").hidden = false;
  area.focus();
  area.select();
  if (document.execCommand("copy")) {
    by("by-hand").hidden = true;
    tell(say("copied"));
  }
}

// --- choosing ---

function add(entries) {
  const known = new Set(state.files.map(({ name, file }) => `${name}/${file.size}/${file.lastModified}`));
  for (const entry of entries) {
    if (!known.has(`${entry.name}/${entry.file.size}/${entry.file.lastModified}`)) state.files.push(entry);
  }
  tell("");
  list();
}

function list() {
  by("chosen").hidden = state.files.length === 0;
  by("chosen").replaceChildren(
    ...state.files.map((entry, at) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = entry.name;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", say("remove", { name: entry.name }));
      button.addEventListener("click", () => {
        state.files.splice(at, 1);
        if (state.files.length === 0) state.folder = "";
        list();
        (by("chosen").querySelectorAll("button")[at] ?? by("choose-files")).focus();
      });
      item.append(name, button);
      return item;
    }),
  );
}

// Files of a dropped folder, named by their place in it.
async function walk(entry, path, found) {
  if (found.length > FILES_MAX) return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ name: path + file.name, file });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) await walk(child, child.isFile ? path : `${path}${child.name}/`, found);
  }
}

async function dropped(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.length === 0 || entries.includes(null)) return add([...transfer.files].map((file) => ({ name: file.name, file })));
  const found = [];
  for (const entry of entries) {
    try {
      await walk(entry, "", found);
    } catch {
      tell("", say("unreadable", { name: entry.name }));
      return undefined;
    }
  }
  const folders = entries.filter((entry) => entry.isDirectory);
  if (folders.length === 1) state.folder = folders[0].name;
  return add(found);
}

// --- languages ---

function speak(tag) {
  const language = state.languages.find((l) => l.tag === tag) ?? state.languages[0];
  state.tag = language.tag;
  state.words = language.words;
  document.documentElement.lang = language.lang;
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = say(element.dataset.hint);
  for (const button of by("languages").children) button.setAttribute("aria-pressed", String(button.dataset.tag === state.tag));
  tell("");
  list();
}

// The first language of the browser that there is: `zh-HK` reads Traditional Chinese, `zh` as it is spelt here.
function preferred() {
  for (const wanted of navigator.languages ?? [navigator.language]) {
    const lower = wanted.toLowerCase();
    const traditional = /^zh(-hant|-tw|-hk|-mo|$)/.test(lower);
    const tag = lower.startsWith("zh") ? (traditional ? "zh-TW" : "zh-CN") : lower;
    const found = state.languages.find((l) => l.tag.toLowerCase() === tag.toLowerCase() || l.tag === lower.split("-")[0]);
    if (found) return found.tag;
  }
  return state.languages[0].tag;
}

function listen() {
  by("form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  by("paste").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ask();
  });
  by("stop").addEventListener("click", () => {
    finish();
    restartCore();
    tell(say("stopped"));
  });
  by("again").addEventListener("click", () => {
    if (state.asked) restartCore();
    finish();
    Object.assign(state, { files: [], folder: "", report: null, number: state.number + 1 });
    by("form").reset();
    by("answer").hidden = true;
    by("report").replaceChildren();
    list();
    tell("");
    by("paste").focus();
  });
  for (const kind of ["files", "folder"]) {
    by(`choose-${kind === "files" ? "files" : "folder"}`).addEventListener("click", () => by(kind).click());
    by(kind).addEventListener("change", () => {
      const chosen = [...by(kind).files];
      const inner = (file) => (file.webkitRelativePath || file.name).split("/");
      if (kind === "folder" && chosen.length > 0) state.folder = inner(chosen[0])[0];
      add(chosen.map((file) => ({ name: inner(file).slice(kind === "folder" ? 1 : 0).join("/") || file.name, file })));
      by(kind).value = "";
    });
  }
  addEventListener("dragover", (event) => {
    event.preventDefault();
    by("drop").classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) by("drop").classList.remove("over");
  });
  addEventListener("drop", (event) => {
    by("drop").classList.remove("over");
    const text = event.dataTransfer?.getData("text/plain");
    if (event.dataTransfer && event.dataTransfer.files.length > 0) {
      event.preventDefault();
      dropped(event.dataTransfer);
    } else if (event.target !== by("paste") && text) {
      event.preventDefault();
      by("paste").value += text;
    }
  });
  by("command-copy").addEventListener("click", async () => {
    if (await copy(by("command").textContent, say("copied-command"))) return;
    getSelection().selectAllChildren(by("command"));
    document.execCommand("copy");
  });
  by("tool-save").addEventListener("click", () => {
    download("collect.cmd", "application/octet-stream", by("tool").textContent.replace(/\r?\n/g, "\r\n"));
  });
  by("copy").addEventListener("click", async () => {
    if (!(await copy(state.report.text, say("copied")))) copyByHand(state.report.text);
  });
  by("save").addEventListener("click", () => {
    const name = JSON.parse(state.report.json).case.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80);
    download(`kms-triage-${name}.html`, "text/html", state.report.html);
  });
  by("print").addEventListener("click", () => by("report").querySelector("iframe")?.contentWindow.print());
}

function start() {
  if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") return;
  state.languages = JSON.parse(by("words").textContent);
  for (const language of state.languages) {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = language.lang;
    button.textContent = language.name;
    button.dataset.tag = language.tag;
    button.addEventListener("click", () => {
      speak(language.tag);
      if (state.report) ask(false);
    });
    by("languages").append(button);
  }
  speak(preferred());
  listen();
  by("plain").remove();
  by("app").hidden = false;
  startCore();
}

addEventListener("DOMContentLoaded", start);
