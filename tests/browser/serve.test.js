// The server in a browser, with and without scripts allowed: paste, upload, add, delete, in three languages.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { start } from "../serve/server.js";
import { overflow, unfold, watch, withBrowser } from "./browser.js";
import { PAYLOADS } from "./payloads.js";
import { HTML_LANG, LOCALES } from "./report.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const FAILED = "C:\\Windows\\system32>cscript //nologo slmgr.vbs /ato\r\nActivating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\nError: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\r\n";
const ACTIVATED = "C:\\Windows\\system32>cscript //nologo slmgr.vbs /ato\r\nActivating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\nProduct activated successfully.\r\n";

const scratch = mkdtempSync(join(process.env.KMS_TRIAGE_TMP ?? tmpdir(), "serve-"));
let server;
before(async () => {
  server = await start(process.env.KMS_TRIAGE_BIN, join(scratch, "data"));
});
after(async () => {
  server.child.kill("SIGTERM");
  assert.equal(await server.ended, 0);
  rmSync(scratch, { recursive: true });
});

const file = (name, text) => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

// What axe finds fault with, and what sticks out, at both widths and in both colour schemes. The page's own policy
// allows no script, so axe is put in by the browser's own hand.
async function faults(page, where) {
  const found = [];
  for (const width of [320, 1200]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const wide = await overflow(page);
      if (wide) found.push(`${where} ${width} px: ${wide}`);
      await page.evaluate(AXE);
      const { violations, seen } = await page.evaluate(async (tags) => {
        const result = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"], preload: false });
        return { violations: result.violations, seen: result.passes.length };
      }, TAGS);
      assert.ok(seen > 10, `axe looked at ${seen} rules only`);
      for (const v of violations) for (const n of v.nodes) found.push(`${where} ${width} px ${colorScheme}: ${v.id}: ${n.target.join(" ")}: ${n.failureSummary.replace(/\s+/g, " ")}`);
    }
  }
  return found;
}

const inside = (noise) => noise.requests.filter((r) => !r.startsWith(server.address) && !r.startsWith("data:"));

for (const javaScriptEnabled of [true, false]) {
  for (const locale of LOCALES) {
    test(`paste, upload, add and delete in ${locale}, scripts ${javaScriptEnabled ? "allowed" : "off"}`, { timeout: 240_000 }, async () => {
      await withBrowser(async (browser) => {
        const context = await browser.newContext({ locale, javaScriptEnabled });
        const page = await context.newPage();
        const noise = watch(page);
        const found = [];
        // Without scripts axe cannot run either; the pages are the same bytes.
        const look = async (where) => {
          await unfold(page).catch(() => {});
          if (javaScriptEnabled) found.push(...(await faults(page, where)));
        };
        await page.goto(`${server.address}/`);
        assert.equal(await page.getAttribute("html", "lang"), HTML_LANG[locale]);
        await look("intake");
        await page.fill("textarea", FAILED);
        await page.setInputFiles("input[type=file]", [file("a.txt", FAILED), file("輸出.log", FAILED)]);
        await page.click("form button");
        await page.waitForURL(/\/c\/[0-9a-f]{32}$/);
        const link = page.url();
        assert.equal(await page.getAttribute("html", "lang"), HTML_LANG[locale]);
        assert.match(await page.textContent("main"), /0xC004F074/);
        assert.equal(await page.locator(".verdict.good").count(), 0);
        await look("case");
        await page.fill("textarea", ACTIVATED);
        await page.click("form.intake button");
        await page.waitForURL(/\?added$/);
        assert.equal(await page.locator(".verdict.good").count(), 1);
        assert.equal(await page.locator("[role=status]").count(), 1);
        // Every other language of the same case.
        for (const other of LOCALES) {
          await page.goto(`${link}?lang=${other}`);
          assert.equal(await page.getAttribute("html", "lang"), HTML_LANG[other]);
        }
        await page.goto(link);
        await page.click("a[href$='/delete']");
        await look("delete");
        await page.click("form.confirm button");
        assert.equal(await page.locator("form").count(), 0);
        await look("deleted");
        const gone = await page.goto(link);
        assert.equal(gone.status(), 404);
        await look("missing");
        assert.deepEqual(found, []);
        assert.deepEqual(inside(noise), []);
        assert.deepEqual([...noise.dialogs, ...noise.popups], []);
        // The browser itself says that the missing page is missing.
        assert.deepEqual(noise.said.filter((s) => !/404/.test(s)), []);
      });
    });
  }
}

test("nothing that is uploaded runs", { timeout: 240_000 }, async () => {
  await withBrowser(async (browser) => {
    const page = await browser.newPage();
    const noise = watch(page);
    await page.goto(`${server.address}/?lang=en`);
    const lines = PAYLOADS.map((p) => `${p}\r\nKMS machine name from DNS: ${p}:1688\r\nName: Windows(R), ${p} edition\r\nError: 0xC004F074 ${p}`).join("\r\n");
    await page.fill("textarea", FAILED + lines.replaceAll("\u0000", ""));
    await page.setInputFiles("input[type=file]", PAYLOADS.slice(0, 40).map((p) => ({ name: `${p.slice(0, 100)}.txt`, mimeType: "text/plain", buffer: Buffer.from(FAILED + p) })));
    await page.click("form button");
    await page.waitForURL(/\/c\//);
    await unfold(page);
    assert.equal(await page.evaluate(() => globalThis.__pwned), undefined);
    assert.equal(await page.locator("script, iframe, img, object, embed, base, link[rel=stylesheet]").count(), 0);
    assert.deepEqual(inside(noise), []);
    assert.deepEqual([...noise.dialogs, ...noise.popups, ...noise.said], []);
  });
});
