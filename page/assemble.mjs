// Puts the page together: node page/assemble.mjs WASM FILE. Packs the WebAssembly, asks it for the page's words and for
// the styles of its reports, and writes one HTML file whose policy allows nothing but what is in it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [wasmPath, outPath] = process.argv.slice(2);
if (!outPath) throw new Error("usage: node page/assemble.mjs WASM FILE");
const root = new URL("..", import.meta.url);
const text = (path) => readFileSync(fileURLToPath(new URL(path, root)), "utf8");
const wasm = readFileSync(wasmPath);

const { instance } = await WebAssembly.instantiate(wasm, {});
const core = instance.exports;
const part = (number) => Buffer.from(core.memory.buffer, core.output(number), core.output_length(number)).toString("utf8");

core.page_words();
const { edition, languages } = JSON.parse(part(0));

// The report of one line of text in a language.
function report(locale) {
  const blocks = [locale, "case", "a.txt", "Error: 0xC004F074"].map((block) => Buffer.from(block));
  const number = (n) => Buffer.from(Uint32Array.of(n).buffer);
  const request = Buffer.concat([number(1), ...blocks.flatMap((block) => [number(block.length), block])]);
  const start = core.input(request.length);
  Buffer.from(core.memory.buffer, start, request.length).set(request);
  if (core.analyze() !== 0) throw new Error(`no report in ${locale}: ${part(0)}`);
  return part(1);
}

const hash = (content) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
const escaped = (plain) => plain.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
// Inside <script>: no end tag and no start of a comment may stand in it.
const inScript = (content) => {
  if (/<\/script|<!--/i.test(content)) throw new Error("a script holds what would end it");
  return content;
};
const jsonInScript = (value) => JSON.stringify(value).replaceAll("<", "\\u003c");

const style = `\n${text("templates/style.css")}${text("page/page.css")}`;
const script = inScript(`\n${text("page/engine.js")}${text("page/page.js")}`);
const reportStyles = new Set();
for (const { tag } of languages) for (const [, css] of report(tag).matchAll(/<style>([^]*?)<\/style>/g)) reportStyles.add(css);
if (reportStyles.size === 0) throw new Error("a report has no <style>");

const policy = [
  "default-src 'none'",
  `script-src ${hash(script)} 'wasm-unsafe-eval'`,
  `style-src ${[style, ...reportStyles].map(hash).join(" ")}`,
  "img-src data:",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const plain = languages.map(({ lang, words }) => `<p lang="${escaped(lang)}"><b>${escaped(words.title)}</b><br>${escaped(words.plain)}</p>`);
const parts = {
  POLICY: policy,
  TITLE: escaped(languages[0].words.title),
  STYLE: style,
  PLAIN: plain.join("\n"),
  EDITION: escaped(edition),
  SCRIPT: script,
  WORDS: jsonInScript(languages),
  TOOL: inScript(text("collect/collect.cmd")),
  CORE: gzipSync(wasm, { level: 9 }).toString("base64"),
};
const page = text("page/page.html").replace(/@@([A-Z]+)@@/g, (_, name) => parts[name] ?? fail(name));
function fail(name) {
  throw new Error(`the page asks for ${name}`);
}

mkdirSync(dirname(outPath), { recursive: true });
writeFileSync(outPath, page);
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
console.log(`${outPath}: ${kilobytes(Buffer.byteLength(page))}, ${kilobytes(gzipSync(page, { level: 9 }).length)} as gzip -9; WebAssembly ${kilobytes(wasm.length)}`);
