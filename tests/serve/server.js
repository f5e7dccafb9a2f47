// Starts the server, and sends it forms over sockets of its own.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";

export const FAILED = "Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\r\n";

// Resolves once the server listens; `address` is its origin.
export function start(program, data, more = []) {
  const child = spawn(program, ["serve", "--bind", "127.0.0.1:0", "--data", data, "--locale", "en", ...more], { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
      const found = said.match(/(https?:\/\/[^/\s]+)\//);
      if (found) resolve({ child, address: found[1], ended: new Promise((end) => child.on("exit", end)) });
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

// One request on one connection; `null` when the server went away.
export function ask(address, path, body, agent = false) {
  const { hostname, port } = new URL(address);
  const headers = { host: "localhost", connection: "close" };
  if (body) Object.assign(headers, { "content-type": "multipart/form-data; boundary=b", "content-length": Buffer.byteLength(body) });
  return new Promise((resolve) => {
    const request = http.request({ hostname, port, path, method: body ? "POST" : "GET", headers, agent }, (reply) => {
      let text = "";
      reply.setEncoding("utf8");
      reply.on("data", (more) => (text += more));
      reply.on("end", () => resolve({ status: reply.statusCode, location: reply.headers.location, text }));
      reply.on("error", () => resolve(null));
    });
    request.on("error", () => resolve(null));
    request.end(body);
  });
}

export const form = (text) => `--b\r\nContent-Disposition: form-data; name="files"; filename="slmgr.txt"\r\n\r\n${text}\r\n--b--\r\n`;

// The most memory that a process had so far, in megabytes; Linux only.
export function peak(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/)[1]) / 1024;
  } catch {
    return NaN;
  }
}
