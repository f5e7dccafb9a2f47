// On paper, with the keyboard, and without JavaScript.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { watch, withBrowser } from "./browser.js";
import { LOCALES, demo, manyKinds, url } from "./report.js";

// Width and height in points of each page of a PDF.
function sheets(pdf) {
  const boxes = (text) => [...text.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)].map((m) => [Number(m[1]), Number(m[2])]);
  const plain = pdf.toString("latin1");
  const found = boxes(plain);
  // Page objects may stand in compressed streams.
  for (const match of plain.matchAll(/stream\r?\n/g)) {
    if (found.length > 0) break;
    try {
      found.push(...boxes(inflateSync(pdf.subarray(match.index + match[0].length)).toString("latin1")));
    } catch {
      // Not a compressed stream.
    }
  }
  return found;
}

// Elements that paper would show dark, or with letters too light to read.
const darkness = (page) =>
  page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const parse = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return { light: (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255, alpha: a / 255 };
    };
    const faults = [];
    for (const e of [document.documentElement, ...document.querySelectorAll("body, body *")]) {
      // Dots and drawings carry their colour on purpose.
      if (e.closest("svg, [aria-hidden=true]") || !e.checkVisibility()) continue;
      const style = getComputedStyle(e);
      const ground = parse(style.backgroundColor);
      const ink = parse(style.color);
      const name = `<${e.localName} class="${e.className}">`;
      if (ground.alpha > 0.2 && ground.light < 0.7) faults.push(`${name} on ${style.backgroundColor}`);
      const writes = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim() !== "");
      if (writes && ink.light > 0.6) faults.push(`${name} in ${style.color}`);
    }
    return [...new Set(faults)];
  });

test("pages print light on A4", async (t) => {
  const report = demo();
  await withBrowser(async (browser) => {
    for (const { kind, path } of [...report.kinds(), ...manyKinds()]) {
      await t.test(kind, async () => {
        const page = await browser.newPage();
        await page.emulateMedia({ colorScheme: "dark" });
        await page.goto(url(path("zh-TW")));
        await page.emulateMedia({ media: "print", colorScheme: "dark" });
        const dark = await darkness(page);
        assert.equal(dark.length, 0, `\n  ${dark.join("\n  ")}`);
        const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
        const found = sheets(pdf);
        assert.ok(found.length >= 1, "no sheet");
        for (const [width, height] of found) {
          assert.ok(Math.abs(width - 595.28) < 2 && Math.abs(height - 841.89) < 2, `a sheet of ${width} × ${height} pt`);
        }
        await page.close();
      });
    }
  });
});

test("the first Tab reaches the skip link", async (t) => {
  const report = demo();
  await withBrowser(async (browser) => {
    for (const { kind, path } of [...report.kinds(), ...manyKinds()]) {
      await t.test(kind, async () => {
        const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
        await page.goto(url(path("en")));
        const focus = () =>
          page.evaluate(() => {
            const e = document.activeElement;
            const box = e.getBoundingClientRect();
            const seen = box.width > 1 && box.height > 1 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
            const style = getComputedStyle(e);
            const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            return { skip: e.matches("a.skip"), href: e.getAttribute("href"), id: e.id, text: e.textContent.trim(), seen, outlined, inMain: e.closest("main") !== null };
          });
        await page.keyboard.press("Tab");
        const first = await focus();
        assert.ok(first.skip && first.text !== "", "the first stop is not the skip link");
        assert.ok(first.seen, "the skip link cannot be seen");
        await page.keyboard.press("Enter");
        await page.waitForFunction((hash) => location.hash === hash, first.href);
        assert.equal(`#${(await focus()).id}`, first.href, "the skip link does not move the focus");
        await page.keyboard.press("Tab");
        const next = await focus();
        assert.ok(next.inMain, "Tab goes on outside of the content");
        assert.ok(next.outlined, "the focus cannot be seen");
        await page.close();
      });
    }
  });
});

test("pages need no JavaScript", async (t) => {
  const report = demo();
  await withBrowser(async (browser) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    for (const { kind, path } of [...report.kinds(), ...manyKinds()]) {
      await t.test(kind, async () => {
        for (const locale of LOCALES) {
          const page = await context.newPage();
          const noise = watch(page);
          await page.goto(url(path(locale)));
          const headings = await page.locator("main :is(h1, h2, h3)").all();
          assert.ok(headings.length >= 2, `${headings.length} headings`);
          for (const heading of headings) {
            assert.ok(await heading.isVisible(), `${locale}: a heading is hidden`);
            assert.notEqual((await heading.innerText()).trim(), "", `${locale}: a heading is empty`);
          }
          // Folded lines open with a click, without any script.
          for (const folded of await page.locator("details").all()) {
            await folded.locator("summary").click();
            assert.ok(await folded.locator("pre, ul, table").first().isVisible(), `${locale}: a folded part stays closed`);
          }
          assert.deepEqual(noise.said, []);
          await page.close();
        }
      });
    }
  });
});

test("a state on the index shows its cases", async () => {
  const report = demo();
  await withBrowser(async (browser) => {
    const page = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 1200, height: 800 } });
    await page.goto(url(report.index("en")));
    const shown = async () => (await Promise.all((await page.locator("table.cases tbody tr:not(.b)").all()).map((r) => r.isVisible()))).filter(Boolean).length;
    assert.equal(await shown(), report.cases.length);
    const count = (test) => report.cases.filter(test).length;
    await page.locator('.pills a[href="#state-unknown"]').click();
    assert.equal(await shown(), count((c) => c.verdict.state === "unknown"));
    await page.locator(".pills .showall a").click();
    assert.equal(await shown(), report.cases.length);
    await page.locator('.causes a[href="#cause-kms-unreachable"]').click();
    assert.equal(await shown(), count((c) => c.verdict.cause === "kms-unreachable"));
  });
});
