// A drop full of injections, in every place that reaches a page: names, products, hosts, errors, lines.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { overflow, unfold, watch, withBrowser } from "./browser.js";
import { PAYLOADS } from "./payloads.js";
import { LOCALES, Report, demo, url } from "./report.js";

const SKU = "2de67392-b7a7-462a-b1ca-108dd189f588";

// A host is one word: what HTML takes for a blank stands in for blanks.
const word = (payload) => payload.trim().replace(/[\s\u0000]+/g, "/");

const slmgr = (p, h) => `C:\\Windows\\system32>cscript //nologo slmgr.vbs /dlv
Software licensing service version: 10.0.19041.3996

Name: Windows(R), ${p} edition
Description: Windows(R) Operating System, VOLUME_KMSCLIENT ${p} channel
Activation ID: ${SKU}
Product Key Channel: Volume:GVLK ${p}
Partial Product Key: ${p}
License Status: Notification
Notification Reason: 0xC004F074 (${p}).
Key Management Service client information
    Client Machine ID (CMID): ${p}
    Registered KMS machine name: ${h}:1688
    KMS machine name from DNS: ${h}:1688
    KMS machine IP address: ${h}
    KMS machine extended PID: ${p}

C:\\Windows\\system32>cscript //nologo slmgr.vbs /skms ${h}:1688
Key Management Service machine name set to ${h}:1688 successfully.

C:\\Windows\\system32>cscript //nologo slmgr.vbs /ato
Activating Windows(R), ${p} edition (${SKU}) ...
Error: 0xC004F074 ${p}
`;

const ospp = (p, h) => `C:\\Program Files\\${p}\\Office16>cscript ospp.vbs /dstatus
---Processing--------------------------
---------------------------------------
PRODUCT ID: ${p}
SKU ID: d450596f-894d-49e0-966a-fd39ed4c4c64
LICENSE NAME: Office 16, ${p} edition
LICENSE DESCRIPTION: Office 16, VOLUME_KMSCLIENT channel ${p}
LICENSE STATUS:  ---NOTIFICATIONS---
ERROR CODE: 0xC004F074
ERROR DESCRIPTION: ${p}
Last 5 characters of installed product key: ${p}
	KMS machine registry override defined: ${h}:1688
---------------------------------------
---Exiting-----------------------------

C:\\>nslookup -type=all _vlmcs._tcp.${h}
Server:  ${h}
_vlmcs._tcp.${h}   SRV service location:
          svr hostname   = ${h}
*** ${p} can't find _vlmcs._tcp: Non-existent domain

C:\\>telnet ${h} 1688
Connecting To ${h}...Could not open connection to the host, on port 1688: Connect failed
C:\\>ping ${h}
Ping request could not find host ${h}. Please check the name and try again.
`;

// Fit for a file name: no slash, no zero byte, short enough for the disk.
function fileName(text, bytes) {
  let name = text.replaceAll("/", "⁄").replaceAll("\u0000", "");
  while (Buffer.byteLength(name) > bytes) name = name.slice(0, -1);
  return name;
}

// As the tool shows names: no terminal control, no direction override.
const shown = (name) => name.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
const squeeze = (text) => text.replace(/\s+/g, " ").trim();
// What of a payload no reader of lines can change: the first visible piece.
const core = (payload) => squeeze(payload.replace(/\u0000|\u001b/g, "\n").split("\n").reduce((a, b) => (b.length > a.length ? b : a))).slice(0, 200);

const DROP = "drop <b onclick=window.__pwned=1> {{7*7}} {cases} {files}";

let top;
let drop;
let report;

before(() => {
  top = mkdtempSync(join(process.env.KMS_TRIAGE_TMP ?? tmpdir(), "hostile-"));
  drop = join(top, DROP);
  PAYLOADS.forEach((payload, at) => {
    const number = String(at + 1).padStart(2, "0");
    const folder = join(drop, `${number} ${fileName(payload, 200)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${fileName(payload, 200)}.txt`), slmgr(payload, word(payload)));
    writeFileSync(join(folder, "ospp.txt"), ospp(payload, word(payload)));
    writeFileSync(join(folder, "note.txt"), `unread one ${payload}\n${payload}\n${payload} unread three\n`);
    writeFileSync(join(folder, `e ${fileName(payload, 200)}.evtx`), "ElfFile");
  });
  try {
    execFileSync(process.env.KMS_TRIAGE_BIN, ["scan", drop, "--out", join(top, "report")], { stdio: "pipe" });
  } catch (error) {
    // 2: some files were left out, and they were meant to be.
    if (error.status !== 2) throw new Error(`scan ended with ${error.status}: ${error.stderr}`);
  }
  report = new Report(join(top, "report"));
});

after(() => rmSync(top, { recursive: true, force: true }));

// Every element and attribute by name.
const vocabulary = (page) =>
  page.evaluate(() => {
    const words = new Set();
    for (const e of document.querySelectorAll("*")) {
      words.add(`<${e.localName}>`);
      for (const a of e.attributes) words.add(`<${e.localName} ${a.name}>`);
    }
    return [...words];
  });

// What must not be in any page, whatever the input.
const intruders = (page) =>
  page.evaluate(() => {
    const found = [];
    const ours = ":not(form.find, form.find *)";
    const forbidden = `script:not(body > script:last-child), img, iframe, frame, object, embed, form${ours}, input${ours}, button${ours}, select${ours}, textarea, video, audio, base, math, template, foreignObject, animate, set, [style], [srcdoc], [autofocus], link:not([rel=icon]), meta[http-equiv]:not([http-equiv=Content-Security-Policy])`;
    for (const e of document.querySelectorAll(forbidden)) found.push(e.outerHTML.slice(0, 150));
    for (const e of document.querySelectorAll("*")) {
      for (const { name, value } of e.attributes) {
        if (/^on/i.test(name)) found.push(`${e.localName} has ${name}`);
        const address = /^(xlink:)?(href|src|action|formaction|data|cite)$/i.test(name);
        const icon = e.localName === "link" && e.rel === "icon";
        // eslint-disable-next-line no-control-regex
        if (address && !icon && /^[\s\u0000-\u0020]*[a-z][a-z0-9+.-]*\s*:/i.test(value)) found.push(`${e.localName} ${name}=${value.slice(0, 100)}`);
      }
    }
    for (const text of document.querySelectorAll("style")) if (/evil\.example|__pwned/.test(text.textContent)) found.push("input in a style");
    if (window.__pwned !== undefined) found.push("a script ran");
    return found;
  });

async function open(context, path) {
  const page = await context.newPage();
  const noise = watch(page);
  await page.goto(url(path));
  const words = await vocabulary(page);
  await unfold(page);
  return { page, noise, words };
}

async function assertTame({ page, noise, words }, path, known) {
  const found = await intruders(page);
  const strange = words.filter((w) => !known.has(w));
  const wide = await overflow(page);
  // A pointer over everything and a focus on everything that takes one.
  await page.evaluate(() => {
    for (const e of document.querySelectorAll("body *")) {
      for (const type of ["mouseover", "mouseenter", "pointerover", "focus", "load", "error", "toggle"]) e.dispatchEvent(new Event(type));
    }
  });
  found.push(...(await intruders(page)).filter((f) => !found.includes(f)));
  assert.deepEqual(found, []);
  assert.deepEqual(strange, [], "elements or attributes that no page of the demo has");
  assert.equal(wide, null);
  assert.deepEqual(noise, { said: [], dialogs: [], requests: [url(path)], popups: [] });
}

test("injected text stays text", async (t) => {
  assert.ok(PAYLOADS.length >= 40);
  assert.equal(report.cases.length, PAYLOADS.length);
  const template = readFileSync(report.index("en"), "utf8");
  const hrefs = [...template.matchAll(/href="([^"]*\.en\.html)"/g)].map((m) => m[1].replaceAll("&#x2f;", "/"));
  const reached = { product: 0, host: 0, command: 0, mark: 0, unread: 0 };
  await withBrowser(async (browser) => {
    // What the pages of the demo are made of.
    const known = new Set();
    const clean = demo();
    const context = await browser.newContext({ viewport: { width: 320, height: 800 } });
    const reader = await context.newPage();
    for (const name of clean.all().filter((n) => !n.includes(".zh-CN."))) {
      await reader.goto(url(join(clean.folder, name)));
      for (const w of await vocabulary(reader)) known.add(w);
    }
    await reader.close();
    for (const [at, payload] of PAYLOADS.entries()) {
      const number = String(at + 1).padStart(2, "0");
      const href = hrefs.find((h) => h.includes(`/${number}`));
      await t.test(`${number} ${JSON.stringify(payload.slice(0, 60))}`, async () => {
        assert.ok(href, "the index has no link to the case");
        const locale = LOCALES[at % LOCALES.length];
        const path = join(report.folder, decodeURIComponent(href)).replace(/\.en\.html$/, `.${locale}.html`);
        const opened = await open(context, path);
        const { page } = opened;
        const seen = await page.evaluate(() => {
          const texts = (selector) => [...document.querySelectorAll(selector)].map((e) => e.innerText).join("\n");
          return {
            body: document.body.innerText,
            title: document.title,
            log: texts(".appendix .log"),
            files: texts("#files ~ ul b"),
            product: texts(".product h3"),
            host: texts(".product dd"),
            command: texts(".cmd"),
            mark: texts("mark"),
            unread: texts(".unreadlines code"),
          };
        });
        const text = core(payload);
        assert.ok(squeeze(seen.body).includes(text), "the text cannot be seen");
        assert.ok(squeeze(seen.log).includes(text), "the text is not among the lines");
        const name = shown(`${number} ${fileName(payload, 200)}`);
        assert.ok(squeeze(seen.title).includes(squeeze(name)), `the title is ${seen.title}`);
        assert.ok(squeeze(seen.body).includes(squeeze(name)), "the name of the case cannot be seen");
        assert.ok(squeeze(seen.files).includes(squeeze(shown(fileName(payload, 200)))), "the name of the file cannot be seen");
        for (const place of Object.keys(reached)) if ([text, word(payload)].some((p) => squeeze(seen[place]).includes(p.slice(0, 30)))) reached[place] += 1;
        await assertTame(opened, path, known);
        await page.close();
      });
    }
    for (const locale of LOCALES) {
      await t.test(`index, ${locale}`, async () => {
        const path = report.index(locale);
        const opened = await open(context, path);
        const body = squeeze(await opened.page.evaluate(() => document.body.innerText));
        for (const payload of PAYLOADS) {
          assert.ok(body.includes(squeeze(shown(fileName(payload, 200)))), `cannot be seen: ${payload.slice(0, 60)}`);
        }
        await assertTame(opened, path, known);
        await opened.page.close();
      });
    }
  });
  await withBrowser(async (browser) => {
    await t.test("what the search finds", async () => {
      const page = await browser.newPage({ viewport: { width: 320, height: 800 } });
      const noise = watch(page);
      await page.goto(url(report.index("en")));
      await page.locator("#find-state").selectOption("not-activated");
      await page.locator(".found tbody tr").first().waitFor();
      const found = squeeze(await page.locator(".found").innerText());
      for (const payload of PAYLOADS) assert.ok(found.includes(squeeze(shown(fileName(payload, 200)))), `cannot be seen: ${payload.slice(0, 60)}`);
      for (const payload of PAYLOADS.slice(0, 20)) await page.locator("#find-q").fill(payload);
      await page.waitForFunction(() => document.querySelector(".find [role=status]").textContent !== "");
      assert.deepEqual(await intruders(page), []);
      assert.equal(await overflow(page), null);
      const own = [url(report.index("en")), ...["find.en.js", "find-0.js"].map((n) => url(join(report.lists, n)))];
      assert.deepEqual({ ...noise, requests: noise.requests.filter((r) => !own.includes(r)) }, { said: [], dialogs: [], requests: [], popups: [] });
      await page.close();
    });
  });
  t.diagnostic(`payloads seen as: ${JSON.stringify(reached)}`);
  // Else the test would prove nothing about these places. A host ends at the first quote or angle
  // bracket, so few payloads stay whole there.
  const least = { product: PAYLOADS.length / 2, unread: PAYLOADS.length / 2, host: 3, mark: 3 };
  for (const [place, number] of Object.entries(least)) assert.ok(reached[place] >= number, `${place}: only ${reached[place]} payloads`);
  assert.equal(reached.command, 0, "input stands in a command that people copy");
});

test("the folder's name stands on the index as it is", () => {
  for (const locale of LOCALES) {
    const title = /<title>(.*)<\/title>/.exec(readFileSync(report.index(locale), "utf8"))[1];
    assert.ok(title.includes("{{7*7}} {cases} {files}"), title);
  }
});
