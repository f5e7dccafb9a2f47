// Many people at once: `node load.js PROGRAM [PEOPLE]`. None may be lost, none may see what another one sent.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, form, FAILED, peak, start } from "./server.js";

const [program, people = "1000"] = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), "kms-triage-load-"));
const server = await start(program, data);
const key = (n) => n.toString(36).toUpperCase().padStart(3, "0").replace(/^/, "Z") + "Q";
const text = (n) => `Name: Windows(R), Professional edition\r\nPartial Product Key: ${key(n)}\r\nLicense Status: Notification\r\n${FAILED}`;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

let begin = performance.now();
const sent = await Promise.all(Array.from({ length: Number(people) }, async (_, n) => {
  const start = performance.now();
  const reply = await ask(server.address, "/", form(text(n)));
  return { reply, time: performance.now() - start };
}));
const seconds = (performance.now() - begin) / 1000;
const links = sent.map((s) => s.reply?.status === 303 ? s.reply.location : null);
const times = sent.map((s) => s.time).sort((a, b) => a - b);
const memory = peak(server.child.pid);

// Twenty at a time: who looks at a page looks for all the others' keys too.
const all = new Set(links.map((_, n) => key(n)));
let lost = links.filter((l) => !l).length;
let mixed = 0;
const open = links.map((link, n) => [link, n]).filter(([link]) => link);
const seen = async () => {
  for (let next = open.pop(); next; next = open.pop()) {
    const page = await ask(server.address, next[0]);
    const found = new Set((page?.text.match(/\bZ[0-9A-Z]{3}Q\b/g) ?? []).filter((k) => all.has(k)));
    if (page?.status !== 200 || !found.has(key(next[1]))) lost += 1;
    if ([...found].some((k) => k !== key(next[1]))) mixed += 1;
  }
};
await Promise.all(Array.from({ length: 20 }, seen));
server.child.kill("SIGTERM");
const code = await server.ended;
rmSync(data, { recursive: true });
console.log(`${people} uploads at once: ${lost} lost, ${mixed} mixed up, ${new Set(links).size} links; ${seconds.toFixed(1)} s in all, ` +
  `p50 ${(quantile(times, 0.5) / 1000).toFixed(2)} s, p99 ${(quantile(times, 0.99) / 1000).toFixed(2)} s, peak memory ${memory.toFixed(0)} MB`);
process.exit(lost || mixed || code ? 1 : 0);
