// The page that works without a network says what the command says, and nothing leaves it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { overflow, withBrowser } from "../browser/browser.js";
import { PAYLOADS } from "../browser/payloads.js";
import { ADDRESS, LOCALES, PAGE, cases, choose, command, encoded, feed, opened, ready, strangers } from "./page.js";

const AXE = readFileSync(createRequire(new URL("../browser/browser.js", import.meta.url)).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const TEXT = "corpus/demo/DORM-2231_slmgr.txt";
const scratch = () => mkdtempSync(join(process.env.KMS_TRIAGE_TMP, "page-"));

test("one file below 2 MB, and a policy that allows nothing else", (t) => {
  const html = readFileSync(PAGE, "utf8");
  const packed = gzipSync(html, { level: 9 }).length;
  t.diagnostic(`${html.length} bytes, ${packed} as gzip -9`);
  assert.ok(packed < 2_000_000, `${packed} bytes`);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)[1];
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src ('sha256-[^']+' ?)+; img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'$/);
  const visible = html.replace(/<(script|style)[^>]*>[^]*?<\/\1>/g, "");
  assert.doesNotMatch(visible, /https?:|\bon[a-z]+=|style=/);
});

test("every case of the corpus gets the command's verdict, byte for byte", async (t) => {
  const all = cases();
  assert.ok(all.length > 900, `${all.length} cases`);
  const wrong = [];
  let compared = 0;
  await withBrowser(async (browser) => {
    const { page, noise } = await opened(browser, "en");
    for (const [at, { name, folder, paths }] of all.entries()) {
      const locale = LOCALES[at % LOCALES.length];
      const [answer, json] = await Promise.all([feed(page, folder, encoded(paths), locale), command("json", locale, paths)]);
      if (`${answer.json}\n` !== json) wrong.push(`${name} (${locale}): ${answer.trouble ?? "another verdict"}`);
      // The reports take longer; a part of them shows that they are the same program's.
      if (at % 7 === 0 && answer.html !== (await command("html", locale, paths))) wrong.push(`${name} (${locale}): another report`);
      compared += 1;
    }
    assert.deepEqual(strangers(noise), []);
    assert.deepEqual(noise.said, []);
  });
  t.diagnostic(`${compared} cases compared`);
  assert.deepEqual(wrong, []);
});

test("ways in: pasted, chosen, dropped as a folder; ways out: saved, copied", async () => {
  const text = readFileSync(TEXT, "utf8");
  await withBrowser(async (browser) => {
    const { context, page, noise } = await opened(browser, "zh-TW");
    await page.click("#start");
    assert.match(await page.textContent("#trouble"), /還沒有內容/);
    await page.fill("#paste", text);
    await page.press("#paste", "Control+Enter");
    await page.waitForFunction(() => state.report !== null);
    const pasted = JSON.parse(await page.evaluate(() => state.report.json));
    assert.equal(pasted.case, "貼上的文字");
    assert.equal(pasted.verdict.cause, "kms-unreachable");
    const seen = await page.frameLocator("#report iframe").locator("h1").innerText();
    assert.match(seen, /KMS/);
    const top = () => page.evaluate(() => by("answer").getBoundingClientRect().top);
    await page.waitForFunction(() => Math.abs(by("answer").getBoundingClientRect().top) < 40);
    // A place of a line leads to that line, which lies folded at the end.
    await page.frameLocator("#report iframe").locator('a[href^="#"]:visible').last().click();
    const target = page.frameLocator("#report iframe").locator(":target");
    await target.waitFor();
    assert.ok(await target.evaluate((e) => e.getBoundingClientRect().height > 0), "folded");
    assert.ok((await top()) < -300, "the page did not move to the line");
    assert.equal(await page.locator("#report iframe").count(), 1);
    assert.equal(await page.textContent("#trouble"), "");

    // The same answer in another language, without asking again.
    await page.click("#languages button:nth-child(2)");
    await page.waitForFunction(() => state.report.html.includes('<html lang="en"'));
    await page.click("#languages button:nth-child(1)");
    await page.waitForFunction(() => state.report.html.includes('<html lang="zh-Hant-TW"'));

    const chosen = await choose(page, ["corpus/demo/DORM-2231_slmgr.txt", "corpus/demo/DORM-2231_tnc.txt"]);
    const paths = ["corpus/demo/DORM-2231_slmgr.txt", "corpus/demo/DORM-2231_tnc.txt"];
    assert.equal(`${chosen.json}\n`, await command("json", "zh-TW", paths));
    assert.equal(await page.locator("#chosen li").count(), 2);
    await page.click("#chosen li:first-child button");
    assert.equal(await page.locator("#chosen li").count(), 1);

    // Dropped: files, and folders in folders.
    await page.click("#again");
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["Error: 0xC004F074"], "dropped.txt"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
    });
    assert.equal(await page.textContent("#chosen li span"), "dropped.txt");
    const names = await page.evaluate(async () => {
      const file = (name) => ({ isFile: true, name, file: (take) => take(new File(["x"], name)) });
      const folder = (name, children) => ({ isDirectory: true, name, createReader: () => ({ readEntries: (take) => take(children.splice(0, 2)) }) });
      const item = { kind: "file", webkitGetAsEntry: () => folder("LAB-08", [file("a.txt"), file("b.txt"), folder("c", [file("d.txt")])]) };
      by("again").click();
      await dropped({ items: [item], files: [] });
      return [state.folder, ...state.files.map(({ name }) => name)];
    });
    assert.deepEqual(names, ["LAB-08", "a.txt", "b.txt", "c/d.txt"]);

    // A folder as the collecting script leaves it.
    const folder = join(scratch(), "LAB-07");
    mkdirSync(folder);
    writeFileSync(join(folder, "kms-triage-collect.txt"), "kms-triage-collect 1\r\n");
    writeFileSync(join(folder, "slmgr-dlv.txt"), text);
    await page.click("#again");
    await page.setInputFiles("#folder", folder);
    await page.click("#start");
    await page.waitForFunction(() => state.report !== null);
    const collected = JSON.parse(await page.evaluate(() => state.report.json));
    assert.equal(collected.case, "LAB-07");
    assert.ok(collected.collected.missing.length > 0);

    const [saved] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
    assert.equal(saved.suggestedFilename(), "kms-triage-LAB-07.html");
    assert.equal(readFileSync(await saved.path(), "utf8"), await page.evaluate(() => state.report.html));
    const [tool] = await Promise.all([page.waitForEvent("download"), page.click("#tool-save")]);
    assert.equal(readFileSync(await tool.path(), "latin1").replaceAll("\r\n", "\n"), readFileSync("collect/collect.cmd", "latin1").replaceAll("\r\n", "\n"));

    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.click("#copy");
    await page.waitForFunction(() => by("status").textContent === say("copied"));
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await page.evaluate(() => state.report.text));
    await page.click("#again");
    assert.equal(await page.locator("iframe").count(), 0);
    assert.deepEqual(strangers(noise).filter((url) => !url.startsWith("blob:")), []);
    assert.deepEqual([noise.said, noise.dialogs, noise.popups], [[], [], []]);
  });
});

test("injected text stays text", async () => {
  assert.ok(PAYLOADS.length >= 40);
  await withBrowser(async (browser) => {
    const { page, noise } = await opened(browser, "zh-TW");
    for (const [at, payload] of PAYLOADS.entries()) {
      const content = Buffer.from(`C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), ${payload} edition ...\nError: 0xC004F074 ${payload}\n${payload}\n`);
      const locale = LOCALES[at % LOCALES.length];
      const files = [`${payload}.txt`, `${payload}_b.txt`].map((name) => ({ name, base64: content.toString("base64") }));
      const answer = await feed(page, payload, files, locale);
      assert.equal(answer.trouble, undefined, payload);
      await page.waitForFunction(() => document.querySelector("#report iframe")?.contentDocument?.querySelector("footer"));
      const found = await page.evaluate(() => {
        const inside = document.querySelector("#report iframe").contentDocument;
        const fire = (root) => {
          for (const e of root.querySelectorAll("body *")) {
            for (const type of ["mouseover", "focus", "load", "error", "toggle"]) e.dispatchEvent(new Event(type));
          }
        };
        fire(inside);
        const bad = [...inside.querySelectorAll("script, img, iframe, object, embed, form, input, base, math, [onload], [onerror], [onclick], [style], [srcdoc]")].map((e) => e.outerHTML.slice(0, 100));
        for (const win of [window, inside.defaultView]) if (win.__pwned !== undefined) bad.push("a script ran");
        if (document.querySelectorAll("#app img, #app script, #app svg > script, #chosen b, #chosen i").length > 0) bad.push("input became an element of the page");
        return bad;
      });
      assert.deepEqual(found, [], payload);
      assert.equal(await page.locator("#chosen li").count(), 2);
    }
    // Without the sandbox, too, nothing would have run: the frame inherits the policy.
    const ran = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      frame.srcdoc = "<script>parent.__pwned=1</script><img src='data:image/png,x' onerror=parent.__pwned=1>";
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener("load", resolve));
      frame.remove();
      return window.__pwned;
    });
    assert.equal(ran, undefined);
    assert.deepEqual(strangers(noise), []);
    assert.deepEqual([noise.dialogs, noise.popups], [[], []]);
  });
});

// A core that does what no honest one does stands in for a file that brings it down.
const broken = (body) => `window.makeBroken = () => { core.port.terminate(); core.port = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(body)}]))); core.port.onmessage = ({ data }) => { if (data.failed === state.asked?.ask) lost("failed"); }; }`;

test("what hangs or fails is stopped, told, and the next answer comes", async () => {
  await withBrowser(async (browser) => {
    for (const [body, told] of [
      ["onmessage = () => { for (;;) {} };", /20 秒|21 秒|22 秒/],
      ["onmessage = ({ data }) => postMessage({ failed: data.ask, why: 'unreachable' });", /程式出錯了/],
    ]) {
      const { page } = await opened(browser, "zh-TW");
      await page.evaluate(broken(body));
      await page.evaluate(() => makeBroken());
      await page.clock.install();
      await page.fill("#paste", readFileSync(TEXT, "utf8"));
      await page.click("#start");
      if (body.includes("for")) {
        await page.waitForFunction(() => state.asked !== null);
        await page.clock.fastForward(30_000);
      }
      await page.waitForFunction(() => by("trouble").textContent !== "");
      assert.match(await page.textContent("#trouble"), told);
      await ready(page);
      await page.click("#start");
      await page.waitForFunction(() => state.report !== null);
      assert.equal(await page.textContent("#trouble"), "");
    }
    // A log whose odd parts bring it down is read without them.
    const { page } = await opened(browser, "zh-TW");
    await page.evaluate(broken("onmessage = ({ data }) => postMessage({ failed: data.ask, why: 'unreachable' });"));
    await page.evaluate(() => makeBroken());
    const [log] = cases().filter(({ paths }) => paths.some((path) => path.endsWith(".evtx")));
    const answer = await feed(page, log.folder, encoded(log.paths), "zh-TW");
    assert.equal(answer.trouble, undefined);
    await page.click("#again");
    // A person may stop it, too.
    await page.evaluate(broken("onmessage = () => { for (;;) {} };"));
    await page.evaluate(() => makeBroken());
    await page.fill("#paste", "Error: 0xC004F074");
    await page.click("#start");
    await page.click("#stop");
    assert.match(await page.textContent("#status"), /已經停止/);
    await ready(page);
    await page.click("#start");
    await page.waitForFunction(() => state.report !== null);
    await page.click("#again");
    await page.evaluate(() => add([{ name: "x.txt", file: new File([new Uint8Array(65 << 20)], "x.txt") }]));
    await page.click("#start");
    assert.match(await page.textContent("#trouble"), /64 MB/);
  });
});

test("without JavaScript the page says what to do", async () => {
  await withBrowser(async (browser) => {
    const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
    const page = await context.newPage();
    await page.goto(ADDRESS);
    const text = await page.locator("body").innerText();
    for (const word of ["JavaScript", "服務台", "helpdesk"]) assert.ok(text.includes(word), text);
    assert.equal(await page.locator("button:visible, textarea:visible").count(), 0);
  });
});

test("accessible, and fits", async () => {
  await withBrowser(async (browser) => {
    const found = new Set();
    for (const locale of LOCALES) {
      for (const width of [320, 1200]) {
        for (const colorScheme of ["light", "dark"]) {
          const { context, page } = await opened(browser, locale, { viewport: { width, height: 800 }, colorScheme });
          const html = { "zh-TW": "zh-Hant-TW", "zh-CN": "zh-Hans-CN", en: "en" }[locale];
          assert.equal(await page.evaluate(() => document.documentElement.lang), html);
          await page.evaluate(AXE);
          const audit = async (where) => {
            const { violations, seen } = await page.evaluate(async (tags) => {
              // The report inside is audited by itself, in tests/browser.
              const result = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], preload: false, iframes: false });
              return { violations: result.violations, seen: result.passes.length };
            }, TAGS);
            assert.ok(seen > 15, `axe looked at ${seen} rules only`);
            for (const v of violations) for (const n of v.nodes) found.add(`${where}: ${v.id}: ${n.target.join(" ")}: ${n.failureSummary.replace(/\s+/g, " ")}`);
            const wide = await overflow(page);
            if (wide) found.add(`${where}: ${wide}`);
          };
          const where = `${locale} ${width} ${colorScheme}`;
          await audit(where);
          await page.click("#start");
          await audit(`${where} nothing`);
          await choose(page, [TEXT]);
          await page.waitForFunction(() => document.querySelector("#report iframe").clientHeight > 1000);
          await audit(`${where} answered`);
          const inner = await page.evaluate(() => {
            const root = document.querySelector("#report iframe").contentDocument.documentElement;
            return [root.scrollWidth - root.clientWidth, root.scrollHeight - root.clientHeight];
          });
          assert.deepEqual(inner, [0, 0], `${where}: the frame scrolls`);
          await context.close();
        }
      }
    }
    assert.deepEqual([...found], []);
  });
});

test("speed", async (t) => {
  let text = "";
  for (const { paths } of cases()) {
    for (const path of paths.filter((p) => p.endsWith(".txt"))) if (text.length < 200_000) text += `${readFileSync(path, "utf8")}\n`;
  }
  while (Buffer.byteLength(text) < 200 * 1024) text += readFileSync(TEXT, "utf8");
  const base64 = Buffer.from(text).subarray(0, 200 * 1024).toString("base64");
  await withBrowser(async (browser) => {
    const start = performance.now();
    const { page } = await opened(browser, "zh-TW");
    t.diagnostic(`ready after ${(performance.now() - start).toFixed(0)} ms`);
    for (const which of ["first", "second", "third"]) {
      const spent = await page.evaluate(
        async ({ base64 }) => {
          by("again").click();
          add([{ name: "a.txt", file: new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], "a.txt") }]);
          const before = performance.now();
          ask();
          await new Promise((resolve) => {
            const look = () => (state.report === null ? setTimeout(look, 1) : resolve());
            look();
          });
          return performance.now() - before;
        },
        { base64 },
      );
      t.diagnostic(`200 KB of text, ${which} answer: ${spent.toFixed(0)} ms`);
    }
  });
});
