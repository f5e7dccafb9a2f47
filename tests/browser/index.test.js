// Filters and search of a batch: they find what results.ndjson says, with a mouse, with keys, and without a script.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { AXE, axe } from "./audit.js";
import { overflow, unfold, watch, withBrowser } from "./browser.js";
import { LOCALES, many, url } from "./report.js";

const PAGE = 500;
const report = many();
const summary = JSON.parse(readFileSync(join(report.folder, "summary.json"), "utf8"));
const count = (fits) => report.cases.filter(fits).length;
const state = (word) => (c) => c.verdict.state === word;
const cause = (id) => (c) => c.verdict.cause === id;

// Rows that can be seen, and what the page says about their number.
const rows = (page) => page.locator("table.cases tbody tr:not(.b):visible").count();
const said = async (page) => {
  await page.waitForFunction(() => /\d/.test(document.querySelector(".find [role=status]").textContent));
  return (await page.locator(".find [role=status]").innerText()).match(/\d+/g).map(Number);
};

async function open(browser, path, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...options });
  const noise = watch(page);
  await page.goto(url(path));
  return { page, noise };
}

test("filters and search find what the results say", async () => {
  await withBrowser(async (browser) => {
    const { page, noise } = await open(browser, report.index("en"));
    assert.equal(await rows(page), PAGE);
    const wanted = [
      ["#find-state", "not-activated", state("not-activated")],
      ["#find-state", "unknown", state("unknown")],
      ["#find-cause", "kms-unreachable", cause("kms-unreachable")],
    ];
    for (const [field, value, fits] of wanted) {
      await page.locator(field).selectOption(value);
      assert.deepEqual(await said(page), [count(fits), report.cases.length], value);
      assert.equal(await rows(page), Math.min(count(fits), PAGE), value);
      await page.locator("button[name=clear]").click();
      assert.equal(await rows(page), PAGE, "everything is shown again");
    }
    // Two filters at once, and a word.
    await page.locator("#find-state").selectOption("not-activated");
    await said(page);
    await page.locator("#find-q").fill("r17-pc 0xC004F074");
    await page.waitForFunction(() => location.hash.includes("q="));
    const both = (c) => c.verdict.state === "not-activated" && c.case.startsWith("R17-PC") && JSON.stringify(c.error_codes).includes("0xC004F074");
    assert.deepEqual(await said(page), [count(both), report.cases.length]);
    assert.ok(count(both) > 0);
    // The address holds it all: another page of the list opened there shows the same.
    const hash = await page.evaluate(() => location.hash);
    const again = await open(browser, join(report.lists, "2.en.html"));
    await again.page.goto(url(join(report.lists, "2.en.html")) + hash);
    await again.page.reload();
    assert.deepEqual(await said(again.page), [count(both), report.cases.length]);
    const inside = (url_) => url_.startsWith(url(report.folder));
    for (const { said: messages, requests } of [noise, again.noise]) {
      assert.deepEqual(messages, []);
      assert.ok(requests.every(inside), requests.join(" "));
    }
  });
});

test("results come in pages", async () => {
  await withBrowser(async (browser) => {
    const { page } = await open(browser, report.index("en"));
    const letters = (c) => c.case.includes("-");
    await page.locator("#find-q").fill("-");
    assert.deepEqual(await said(page), [count(letters), report.cases.length]);
    assert.equal(await rows(page), PAGE);
    await page.locator(".turn button").last().click();
    assert.equal(await rows(page), count(letters) - PAGE);
    assert.ok(await page.locator(".turn button").last().isDisabled());
  });
});

test("an action of the plan and a pattern show their cases", async () => {
  assert.ok(summary.plan.length > 1);
  await withBrowser(async (browser) => {
    const { page } = await open(browser, report.index("en"));
    for (const [id, action] of summary.plan.entries()) {
      await page.locator(`a.only#plan-${id}`).click();
      assert.deepEqual(await said(page), [action.heals, report.cases.length], action.action);
      const names = await page.locator(".found th[scope=row]").allInnerTexts();
      assert.deepEqual(names.sort(), action.cases.slice(0).sort().slice(0, PAGE), action.action);
      assert.ok((await page.locator(".find .also").innerText()).includes(action.title.en));
      await page.locator("button[name=clear]").click();
    }
    for (const [id, pattern] of summary.patterns.slice(0, 30).entries()) {
      await page.locator(`a.only#pattern-${id}`).click();
      assert.deepEqual(await said(page), [pattern.count, report.cases.length], pattern.kind);
      await page.locator("button[name=clear]").click();
    }
  });
});

test("keys alone are enough", async () => {
  await withBrowser(async (browser) => {
    const { page } = await open(browser, report.index("en"));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "find-q", "the search is the first stop after the skip link");
    await page.keyboard.type("R12-LIB");
    await page.keyboard.press("Enter");
    assert.deepEqual(await said(page), [count((c) => c.case.startsWith("R12-LIB")), report.cases.length]);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "find-state");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => location.hash.includes("state-"));
    for (let stop = 0; stop < 6 && (await page.evaluate(() => document.activeElement.name)) !== "clear"; stop += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await rows(page), PAGE);
    assert.equal(await page.evaluate(() => document.activeElement.id), "find-q", "the focus does not get lost");
  });
});

test("found cases are accessible", async (t) => {
  await withBrowser(async (browser) => {
    for (const locale of LOCALES) {
      await t.test(locale, async () => {
        const { page } = await open(browser, report.index(locale));
        await page.evaluate(AXE);
        await page.locator("a.only#plan-0").click();
        await said(page);
        await unfold(page);
        const found = [];
        for (const width of [320, 1200]) {
          await page.setViewportSize({ width, height: 800 });
          for (const line of [await overflow(page), ...(await axe(page))].filter(Boolean)) found.push(`${width} px: ${line}`);
        }
        assert.equal(found.length, 0, `\n  ${found.join("\n  ")}`);
      });
    }
  });
});

test("without JavaScript links lead to all cases", async () => {
  await withBrowser(async (browser) => {
    const { page } = await open(browser, report.index("en"), { javaScriptEnabled: false });
    assert.ok(!(await page.locator("form.find").isVisible()), "a form that does nothing");
    // All pages, one after the other.
    let seen = await rows(page);
    for (let at = 1; at < Math.ceil(report.cases.length / PAGE); at += 1) {
      await page.locator(".pager a[rel=next]").click();
      seen += await rows(page);
    }
    assert.equal(seen, report.cases.length);
    assert.equal(await page.locator(".pager a[rel=next]").count(), 0);
    // A state on another page, and a cause.
    await page.locator('.pills a[data-find="state-activated"]').click();
    assert.ok(page.url().endsWith("#state-activated"));
    assert.ok((await rows(page)) > 0);
    const shown = await page.locator("table.cases tbody tr:not(.b):visible td.state").allInnerTexts();
    assert.equal(new Set(shown.map((s) => s.trim())).size, 1);
    await page.goto(url(report.index("en")));
    await page.locator('.causes a[data-find="cause-kms-unreachable"]').click();
    assert.ok(basename(page.url()).startsWith("cause-kms-unreachable.1."));
    assert.equal(await rows(page), Math.min(count(cause("kms-unreachable")), PAGE));
  });
});

test("an index that has lost its other files says so", async () => {
  const alone = mkdtempSync(join(process.env.KMS_TRIAGE_TMP ?? tmpdir(), "alone-"));
  mkdirSync(join(alone, "report"));
  const path = join(alone, "report", "index.html");
  copyFileSync(report.index("en"), path);
  await withBrowser(async (browser) => {
    const { page } = await open(browser, path);
    await page.locator("#find-q").fill("R12");
    await page.locator("[data-say=failed]").waitFor();
    assert.equal(await rows(page), PAGE, "the list stays");
  });
  rmSync(alone, { recursive: true });
});
