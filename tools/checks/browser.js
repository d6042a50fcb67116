/*
 * A real browser (Chromium, driven through its DevTools pipe), for the checks that look at pages.
 */
"use strict";

const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const SKIPPED = 77;
const WAIT_MS = 300000; /* only ever reached by a failure */
const LOOK_MS = 200;

function fail(text) {
  throw new Error(text);
}

function findChromium() {
  return ["chromium", "chromium-browser", "google-chrome"].find((name) =>
    spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
}

/* Asks until it gets something; what tells what was waited for. */
async function until(what, ask) {
  const end = Date.now() + WAIT_MS;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return fail(`waited in vain for: ${what}`);
}

/* ---- the browser ---- */

/* A tab. Messages are JSON, ended by a zero, on pipes 3 and 4. */
class Browser {
  constructor(program, folder) {
    this.process = spawn(program, ["--headless=new", "--remote-debugging-pipe", "--no-sandbox",
      "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
      `--user-data-dir=${folder}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.waiting = new Map();
    this.number = 0;
    this.complaints = [];
    this.requests = [];
    let rest = "";
    this.process.stdio[4].on("data", (bytes) => {
      const parts = (rest + bytes).split("\0");
      rest = parts.pop();
      for (const part of parts) this.take(JSON.parse(part));
    });
  }

  take(message) {
    if (message.id) {
      const { resolve, reject } = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
      return;
    }
    const { method, params, sessionId } = message;
    if (sessionId !== this.session) return; /* a tab that was left */
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled") this.complaints.push(params.args.map((a) => a.value).join(" "));
    if (method === "Log.entryAdded") this.complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
  }

  send(method, params = {}) {
    const id = ++this.number;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.session })}\0`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  /* A new tab, about which alone complaints and requests are. */
  async open() {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    this.session = sessionId;
    this.complaints.length = this.requests.length = 0;
    for (const domain of ["Runtime", "Log", "Network", "Page"]) await this.send(`${domain}.enable`);
  }

  async go(url) {
    await this.send("Page.navigate", { url });
    await until(`${url} to load`, () => this.run("document.readyState === 'complete' && location.href !== 'about:blank'"));
  }

  async run(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) fail(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }

  /* A key, as from a keyboard, to what has the focus. */
  async press(key, code) {
    for (const type of ["keyDown", "keyUp"])
      await this.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: code });
  }

  /* What the page is seen in. */
  async showIn(width, dark) {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
  }

  async picture(file) {
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true });
    fs.writeFileSync(file, Buffer.from(data, "base64"));
  }

  close() {
    this.process.kill();
    return new Promise((resolve) => this.process.on("exit", resolve));
  }
}

function checkQuiet(browser, where) {
  if (browser.complaints.length > 0) fail(`${where}: ${browser.complaints[0]} (${browser.complaints.length} in all)`);
}

/* Run check(browser, folder), the folder being empty and gone afterwards, and exit: with 1 when it
 * fails, with 77 (skipped) where there is no Chromium. */
async function inBrowser(check) {
  const program = findChromium();
  if (!program) {
    console.log("skipped: Chromium is not there");
    process.exitCode = SKIPPED;
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "comicgan-browser-"));
  const browser = new Browser(program, path.join(folder, "browser"));
  try {
    await browser.open();
    await check(browser, folder);
  } catch (error) {
    console.error(`FAILED: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20 }); // its helpers may still write
  }
}

module.exports = { checkQuiet, fail, inBrowser, until };
