// Starts the simulator's binary for one test file and knows where everything is. The binary comes
// from PORTCULLIS_SIM, its market from the options; nothing here speaks the venue's protocol.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export class Venue {
  static async start(options = []) {
    const binary = process.env.PORTCULLIS_SIM;
    if (!binary) throw new Error("PORTCULLIS_SIM must name the portcullis-sim binary");
    const venue = new Venue();
    venue.dir = mkdtempSync(join(tmpdir(), "portcullis-clients-"));
    const ready = join(venue.dir, "ready.json");
    venue.process = spawn(
      binary,
      ["--state-dir", join(venue.dir, "state"), "--port", "0", "--tls-port", "0", "--admin-port", "0",
        "--ready-file", ready, ...options],
      { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    venue.process.stdout.on("data", (text) => (said += text));
    venue.process.stderr.on("data", (text) => (said += text));
    for (let tries = 0; !existsSync(ready); tries++) {
      if (venue.process.exitCode !== null) throw new Error(`the venue ended: ${said}`);
      if (tries > 600) throw new Error(`the venue was not ready in 30 s: ${said}`);
      await sleep(50);
    }
    venue.where = JSON.parse(readFileSync(ready, "utf8"));
    venue.rest = `http://${venue.where.plain}`;
    venue.ws = `ws://${venue.where.plain}`;
    venue.wsApi = `ws://${venue.where.plain}/ws-api/v3`;
    const port = venue.where.tls.split(":")[1];
    venue.tlsRest = `https://localhost:${port}`;
    venue.tlsWs = `wss://localhost:${port}`;
    venue.tlsWsApi = `wss://localhost:${port}/ws-api/v3`;
    venue.ca = readFileSync(venue.where.ca, "utf8");
    venue.admin = `http://${venue.where.admin}`;
    return venue;
  }

  // The API keys of an account: what a customer would copy from the venue's page.
  keys(account = "main") {
    const dir = this.where.accounts[account].keys;
    const text = (name) => readFileSync(join(dir, name), "utf8").trim();
    return {
      hmacKey: text("api_key_hmac"),
      hmacSecret: text("secret_hmac"),
      ed25519Key: text("api_key_ed25519"),
      ed25519Private: readFileSync(join(dir, "ed25519_private.pem"), "utf8"),
    };
  }

  async call(method, path, body) {
    const reply = await fetch(this.admin + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text);
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    const code = await ended;
    rmSync(this.dir, { recursive: true, force: true });
    return code;
  }
}

// Asks until the answer is good; a test never waits a fixed time.
export async function until(what, ask, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not in ${seconds} s: ${what}`);
    await sleep(20);
  }
}
