// Sudden ends: `node kill.js PROGRAM [ROUNDS]`. Every accepted case must be there and whole, none half.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, form, FAILED, start } from "./server.js";

const [program, rounds = "200"] = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), "kms-triage-kill-"));
const text = `Name: Windows(R), Professional edition\r\nLicense Status: Notification\r\n${FAILED}`;
const whole = (page) => page?.status === 200 && page.text.includes("0xC004F074") && page.text.includes("Professional");
let accepted = 0;
let lost = 0;
let before = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const server = await start(program, data);
  for (const link of before) if (!whole(await ask(server.address, link))) lost += 1;
  const links = [];
  const send = async () => {
    for (;;) {
      const reply = await ask(server.address, "/", form(text));
      if (!reply) return;
      if (reply.status === 303) links.push(reply.location);
    }
  };
  const senders = Promise.all([send(), send(), send(), send()]);
  await new Promise((wait) => setTimeout(wait, 20 + ((round * 37) % 300)));
  server.child.kill("SIGKILL");
  await Promise.all([senders, server.ended]);
  accepted += links.length;
  before = links.slice(-20);
}
const server = await start(program, data);
for (const link of before) if (!whole(await ask(server.address, link))) lost += 1;
const cases = Number((await ask(server.address, "/metrics")).text.match(/^kms_triage_cases (\d+)$/m)[1]);
server.child.kill("SIGTERM");
await server.ended;
rmSync(data, { recursive: true });
console.log(`${rounds} sudden ends: ${accepted} cases accepted, ${cases} in the store, ${lost} of those looked at lost or half`);
process.exit(lost || cases < accepted || !accepted ? 1 : 0);
