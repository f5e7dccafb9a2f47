// Opens the page that works without a network, and asks it.
import { execFile } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { watch } from "../browser/browser.js";

export const PAGE = process.env.KMS_TRIAGE_PAGE;
if (!PAGE) throw new Error("start this with tests/page/run");
export const ADDRESS = pathToFileURL(PAGE).href;
export const LOCALES = ["zh-TW", "zh-CN", "en"];

// The page in a browser of this language without a network. `noise` is what it said and asked for.
export async function opened(browser, locale, options = {}) {
  const context = await browser.newContext({ locale, offline: true, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const noise = watch(page);
  await page.goto(ADDRESS);
  await ready(page);
  return { context, page, noise };
}

export const ready = (page) => page.waitForFunction(() => core.state === "ready" || core.state === "broken");

// Everything but the page itself and its own worker.
export const strangers = (noise) => noise.requests.filter((url) => url !== ADDRESS && !url.startsWith("blob:null/"));

// What the page makes of files that are chosen as people choose them.
export async function choose(page, files) {
  await page.click("#again");
  await page.setInputFiles("#files", files);
  await page.click("#start");
  await page.waitForFunction(() => state.report !== null);
  return page.evaluate(() => state.report);
}

// The same without the pointer, for many cases: files are { name, base64 }.
export const feed = (page, folder, files, locale = "en") =>
  page.evaluate(
    async ({ folder, files, locale }) => {
      by("again").click();
      if (state.tag !== locale) speak(locale);
      state.folder = folder;
      add(
        files.map(({ name, base64 }) => {
          const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
          return { name, file: new File([bytes], name) };
        }),
      );
      await ask();
      while (state.report === null) {
        if (by("trouble").textContent !== "") return { trouble: by("trouble").textContent };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return { ...state.report, frame: null };
    },
    { folder, files, locale },
  );

// What the command says about the same files; it ends with 0, 2 (not all read) or 3 (nothing read).
export const command = (format, locale, paths) =>
  new Promise((resolve, reject) => {
    const options = { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 };
    execFile(process.env.KMS_TRIAGE_BIN, ["check", "--format", format, "--locale", locale, ...paths], options, (error, stdout, stderr) => {
      if (error && ![2, 3].includes(error.code)) reject(new Error(`${paths}: ${error.message} ${stderr}`));
      else resolve(stdout);
    });
  });

// Cases of the corpus: name, folder and paths of the inputs.
export function cases() {
  const found = [];
  const folders = (dir) => readdirSync(dir).filter((name) => statSync(join(dir, name)).isDirectory());
  for (const group of folders("corpus").filter((name) => name !== "demo")) {
    for (const name of folders(join("corpus", group))) {
      const dir = join("corpus", group, name);
      const paths = readdirSync(dir).filter((file) => !["case.toml", "expected.json"].includes(file)).map((file) => join(dir, file)).filter((path) => statSync(path).isFile());
      if (paths.length > 0) found.push({ name: `${group}/${name}`, folder: name, paths });
    }
  }
  return found;
}

export const encoded = (paths) => paths.map((path) => ({ name: basename(path), base64: readFileSync(path).toString("base64") }));
