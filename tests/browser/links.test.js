// Every link of every page leads to a file of the report, or to an id of the page it names.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { withBrowser } from "./browser.js";
import { demo, many } from "./report.js";

// Ids and addresses of a page, taken apart by the browser but not shown.
const read = (page, html) =>
  page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "text/html");
    const all = [...parsed.querySelectorAll("[href], [src], [action], [cite], [data], [poster], [srcset]")];
    const names = ["href", "src", "action", "cite", "data", "poster", "srcset"];
    return {
      ids: [...parsed.querySelectorAll("[id]")].map((e) => e.id),
      links: all.flatMap((e) => names.filter((n) => e.hasAttribute(n)).map((n) => ({ tag: e.localName, rel: e.rel ?? "", to: e.getAttribute(n) }))),
    };
  }, html);

test("links lead somewhere", async () => {
  const report = demo();
  const batch = many();
  const faults = [];
  let followed = 0;
  await withBrowser(async (browser) => {
    const page = await browser.newPage();
    const pages = new Map();
    for (const { folder, name } of [report, batch].flatMap((r) => r.all().map((name) => ({ folder: r.folder, name })))) {
      pages.set(resolve(folder, name), { folder, ...(await read(page, readFileSync(join(folder, name), "utf8"))) });
    }
    for (const [path, { folder, ids, links }] of pages) {
      const here = relative(folder, path);
      const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
      if (twice.length > 0) faults.push(`${here} has the id ${twice[0]} twice`);
      for (const { tag, rel, to } of links) {
        if (tag === "link" && rel === "icon" && to.startsWith("data:image/svg+xml,")) continue;
        followed += 1;
        // Sources are named by their address on the web; all else stays inside.
        if (/^https:\/\//.test(to) && here.startsWith("explain-")) continue;
        if (/^([a-z][a-z0-9+.-]*:|\/)/i.test(to)) {
          faults.push(`${here} leads out of the report: ${to}`);
          continue;
        }
        const hash = to.indexOf("#");
        const file = decodeURIComponent(hash < 0 ? to : to.slice(0, hash));
        const id = hash < 0 ? "" : decodeURIComponent(to.slice(hash + 1));
        const target = file === "" ? path : resolve(dirname(path), file);
        if (relative(folder, target).startsWith("..")) faults.push(`${here} leads out of the report: ${to}`);
        else if (!existsSync(target) || !statSync(target).isFile()) faults.push(`${here} leads to no file: ${to}`);
        else if (hash >= 0 && !pages.get(target)?.ids.includes(id)) faults.push(`${here} leads to no id: ${to}`);
      }
    }
  });
  assert.equal(report.all().length, (report.cases.length + 1 + 6) * 3, "number of pages");
  const causes = new Set(batch.cases.map((c) => c.verdict.cause).filter(Boolean));
  assert.equal(batch.all().length, (Math.ceil(batch.cases.length / 500) + causes.size) * 3, "pages of the list");
  assert.ok(followed > 1000, `${followed} links`);
  assert.equal(faults.length, 0, `${faults.length} of ${followed} links:\n  ${faults.slice(0, 20).join("\n  ")}`);
});
