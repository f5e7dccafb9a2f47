// Every kind of page in every language, narrow and wide, light and dark.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { overflow, unfold, watch, withBrowser } from "./browser.js";
import { HTML_LANG, LOCALES, comparison, demo, encyclopaedia, url } from "./report.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = [320, 1200];
const SCHEMES = ["light", "dark"];

// One line per rule and element that axe finds fault with.
async function axe(page) {
  const { violations, seen } = await page.evaluate(async (tags) => {
    const result = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"], preload: false });
    return { violations: result.violations, seen: result.passes.length };
  }, TAGS);
  assert.ok(seen > 15, `axe looked at ${seen} rules only`);
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary.replace(/\s+/g, " ")}`));
}

async function faults(browser, path, locale) {
  const page = await browser.newPage();
  const noise = watch(page);
  const found = new Set();
  await page.goto(url(path));
  const head = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title.trim(),
    charset: document.characterSet,
    csp: document.querySelector('head > meta[http-equiv="Content-Security-Policy"]')?.content ?? "",
  }));
  if (head.lang !== HTML_LANG[locale]) found.add(`lang is "${head.lang}"`);
  if (head.title === "") found.add("no title");
  if (head.charset !== "UTF-8") found.add(`read as ${head.charset}`);
  if (!head.csp.includes("default-src 'none'")) found.add(`the policy is "${head.csp}"`);
  if (/script-src|https?:|\*/.test(head.csp)) found.add(`the policy allows too much: "${head.csp}"`);
  const check = async (where, audited) => {
    const wide = await overflow(page);
    if (wide) found.add(`${where}: ${wide}`);
    if (audited) for (const line of await axe(page)) found.add(`${where}: ${line}`);
  };
  await page.evaluate(AXE);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await check(`${width} px`, false);
  }
  await unfold(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await check(`${width} px ${colorScheme} unfolded`, true);
    }
  }
  for (const said of noise.said) found.add(`console: ${said}`);
  for (const request of noise.requests.filter((r) => r !== url(path))) found.add(`request: ${request}`);
  if (noise.requests.length !== 1) found.add(`${noise.requests.length} requests`);
  for (const dialog of noise.dialogs) found.add(`dialog: ${dialog}`);
  await page.close();
  return [...found];
}

test("pages are sound and accessible", async (t) => {
  const report = demo();
  await withBrowser(async (browser) => {
    for (const { kind, path } of [...report.kinds(), ...encyclopaedia(), comparison()]) {
      for (const locale of LOCALES) {
        await t.test(`${kind}, ${locale}`, async () => {
          const found = await faults(browser, path(locale), locale);
          assert.equal(found.length, 0, `\n  ${found.join("\n  ")}`);
        });
      }
    }
  });
});
