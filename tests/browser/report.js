// The report under test: its folder, its cases, and one page of every kind.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const LOCALES = ["zh-TW", "zh-CN", "en"];
export const HTML_LANG = { "zh-TW": "zh-Hant-TW", "zh-CN": "zh-Hans-CN", en: "en" };

export class Report {
  constructor(folder, { pages = true } = {}) {
    this.folder = folder;
    const only = (start) => {
      const found = readdirSync(folder).filter((n) => n.startsWith(start));
      if (found.length !== 1) throw new Error(`${folder} has ${found.length} folders ${start}`);
      return join(folder, found[0]);
    };
    this.lists = only("list-");
    // A scan without pages of cases has none of these.
    this.pages = pages ? only("cases-") : null;
    this.explained = pages ? only("explain-") : null;
    this.cases = readFileSync(join(folder, "results.ndjson"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
    this.indexLocales = readdirSync(folder).filter((n) => /^index\..+\.html$/.test(n));
  }

  // `index.html` is the index in the language of the scan; the others name theirs.
  index(locale) {
    const named = `index.${locale}.html`;
    return join(this.folder, this.indexLocales.includes(named) ? named : "index.html");
  }

  page(name, locale) {
    return join(this.pages, `${name}.${locale}.html`);
  }

  // Every page as a path below the report folder.
  all() {
    const below = (folder, prefix) => readdirSync(folder).filter((n) => n.endsWith(".html")).sort().map((n) => prefix + n);
    return [this.folder, this.pages, this.explained, this.lists].filter(Boolean).flatMap((at) => below(at, at === this.folder ? "" : at.slice(this.folder.length + 1) + "/"));
  }

  kinds() {
    const taken = new Set();
    // A case of its own for each kind.
    const first = (what, test) => {
      const found = this.cases.find((c) => test(c) && !taken.has(c.case));
      if (!found) throw new Error(`corpus/demo has no case that is ${what}`);
      taken.add(found.case);
      return found.case;
    };
    const state = (word) => (c) => c.verdict.state === word;
    const named = [
      ["not activated", first("not activated", state("not-activated"))],
      ["activated", first("activated", state("activated"))],
      ["unknown", first("unknown", state("unknown"))],
      ["expiring", first("expiring", state("expiring"))],
      ["event log", first("made of event records", (c) => c.events.length > 0 && c.verdict.cause !== null)],
      ["KMS host", first("a KMS host's log", (c) => c.events.length > 0 && c.verdict.cause === null)],
      ["several products", first("about several products", (c) => c.products.length > 1)],
    ];
    return [
      { kind: "index", path: (locale) => this.index(locale) },
      // The longer ones are built alike.
      ...["check", "event"].map((kind) => ({ kind: `explained: ${kind}`, path: (locale) => join(this.explained, `${kind}.${locale}.html`) })),
      ...named.map(([kind, name]) => ({ kind: `${kind} (${name})`, path: (locale) => this.page(name, locale) })),
    ];
  }
}

export const demo = () => {
  const folder = process.env.KMS_TRIAGE_REPORT;
  if (!folder) throw new Error("start this with tests/browser/run");
  return new Report(folder);
};

// A batch of several pages, without pages of its cases.
export const many = () => {
  const folder = process.env.KMS_TRIAGE_MANY;
  if (!folder) throw new Error("start this with tests/browser/run");
  return new Report(folder, { pages: false });
};

// What only such a batch has.
export const manyKinds = () => {
  const report = many();
  const list = (name) => (locale) => join(report.lists, `${name}.${locale}.html`);
  return [
    { kind: "index of several pages", path: (locale) => report.index(locale) },
    { kind: "second page of the list", path: list("2") },
    { kind: "list of a cause", path: list("cause-kms-unreachable.1") },
  ];
};

// Pages of the encyclopaedia: the list and one of each shape.
export const encyclopaedia = () => {
  const folder = process.env.KMS_TRIAGE_ENCYCLOPAEDIA;
  if (!folder) throw new Error("start this with tests/browser/run");
  const names = ["index", "code-0xC004F074", "cause-kms-unreachable", "remedy-R10", "check-tcp-1688", "event-12288"];
  return names.map((name) => ({ kind: `encyclopaedia: ${name}`, path: (locale) => join(folder, `${name}.${locale}.html`) }));
};

// Two scans side by side.
export const comparison = () => {
  const folder = process.env.KMS_TRIAGE_COMPARE;
  if (!folder) throw new Error("start this with tests/browser/run");
  return { kind: "comparison", path: (locale) => join(folder, `compare.${locale}.html`) };
};

export const url = (path) => pathToFileURL(path).href;
