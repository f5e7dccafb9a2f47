// Every kind of page in every language, narrow and wide, light and dark.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { overflow, unfold, watch, withBrowser } from "./browser.js";
import { axe, AXE } from "./audit.js";
import { HTML_LANG, LOCALES, comparison, demo, encyclopaedia, manyKinds, url } from "./report.js";

const WIDTHS = [320, 1200];
const SCHEMES = ["light", "dark"];

// The policy of a page: no script, or the one whose digest it names, and what that one loads.
const PLAIN = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
const policy = (scripts) =>
  scripts.length === 0 ? PLAIN : PLAIN.replace("; ", `; script-src 'sha256-${createHash("sha256").update(scripts[0]).digest("base64")}' 'strict-dynamic'; `);

async function faults(browser, path, locale, scripted) {
  const page = await browser.newPage();
  const noise = watch(page);
  const found = new Set();
  await page.goto(url(path));
  const head = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title.trim(),
    charset: document.characterSet,
    csp: document.querySelector('head > meta[http-equiv="Content-Security-Policy"]')?.content ?? "",
    scripts: [...document.scripts].map((s) => (s.src ? `src ${s.src}` : s.textContent)),
  }));
  if (head.lang !== HTML_LANG[locale]) found.add(`lang is "${head.lang}"`);
  if (head.title === "") found.add("no title");
  if (head.charset !== "UTF-8") found.add(`read as ${head.charset}`);
  if (head.scripts.length > (scripted ? 1 : 0)) found.add(`${head.scripts.length} scripts`);
  if (head.csp !== policy(head.scripts)) found.add(`the policy is "${head.csp}"`);
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
    for (const { kind, path } of [...report.kinds(), ...manyKinds(), ...encyclopaedia(), comparison()]) {
      for (const locale of LOCALES) {
        await t.test(`${kind}, ${locale}`, async () => {
          const found = await faults(browser, path(locale), locale, /index|list/.test(kind) && !kind.startsWith("encyclopaedia"));
          assert.equal(found.length, 0, `\n  ${found.join("\n  ")}`);
        });
      }
    }
  });
});
