// Chromium, and a page that notes everything it should not do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

// Opens Chromium for `work` and closes it whatever happens. Its profile stays out of the home folder.
export async function withBrowser(work) {
  const home = mkdtempSync(join(process.env.KMS_TRIAGE_TMP ?? tmpdir(), "chromium-"));
  const env = { ...process.env, XDG_CONFIG_HOME: join(home, "config"), XDG_CACHE_HOME: join(home, "cache") };
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, env, args: ["--disable-dev-shm-usage"] });
  try {
    await work(browser);
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  }
}

// Console messages, script errors, dialogs and requests of a page, as they come.
export function watch(page) {
  const noise = { said: [], dialogs: [], requests: [], popups: [] };
  page.on("console", (message) => noise.said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => noise.said.push(`error: ${error.message}`));
  page.on("request", (request) => noise.requests.push(request.url()));
  page.on("popup", (popup) => noise.popups.push(popup.url()));
  page.on("dialog", (dialog) => {
    noise.dialogs.push(`${dialog.type()}: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  return noise;
}

// Unfolds everything, so that all of a page is seen.
export const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));

// How far the page can be scrolled sideways, and what sticks out.
export const overflow = (page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    const width = root.clientWidth;
    if (root.scrollWidth <= width && document.body.scrollWidth <= width) return null;
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 1);
    return `${root.scrollWidth} px wide on ${width}: ${out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ")}`;
  });
