// Runs the analyzer. Works in a worker, so that the page can stop it; where a browser gives none, in the page itself.
// In: { load: gzip bytes }, then { ask: id, odd, locale, name, files: [{ name, bytes }] }.
// Out: { ready: true } or { broken: text }; then { done: id, json, html, text } or { failed: id, why }.
function engine(port) {
  let core;
  const exported = async (packed) => {
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const { instance } = await WebAssembly.instantiate(await new Response(plain).arrayBuffer(), {});
    instance.exports.warm();
    return instance.exports;
  };
  const encoded = (text) => new TextEncoder().encode(text);
  // As page/src/request.rs reads it.
  const write = ({ odd, locale, name, files }) => {
    const parts = [encoded(locale), encoded(name)];
    for (const file of files) parts.push(encoded(file.name), new Uint8Array(file.bytes));
    const length = parts.reduce((sum, part) => sum + 4 + part.length, 4);
    const start = core.input(length);
    const view = new DataView(core.memory.buffer, start, length);
    view.setUint32(0, odd ? 1 : 0, true);
    let at = 4;
    for (const part of parts) {
      view.setUint32(at, part.length, true);
      new Uint8Array(core.memory.buffer, start + at + 4, part.length).set(part);
      at += 4 + part.length;
    }
  };
  const part = (number) =>
    new TextDecoder().decode(new Uint8Array(core.memory.buffer, core.output(number), core.output_length(number)));
  const answer = (question) => {
    write(question);
    const status = core.analyze();
    if (status !== 0) throw new Error(status === 2 ? part(0) : "the request cannot be read");
    return { done: question.ask, json: part(0), html: part(1), text: part(2) };
  };
  port.onmessage = async ({ data }) => {
    if (data.load) {
      try {
        core = await exported(data.load);
        port.postMessage({ ready: true });
      } catch (error) {
        port.postMessage({ broken: String(error) });
      }
      return;
    }
    try {
      port.postMessage(answer(data));
    } catch (error) {
      port.postMessage({ failed: data.ask, why: String(error) });
    }
  };
}
