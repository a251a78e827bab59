// Debian's Chromium, driven by playwright-core: a profile of its own, no network of its own.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const kBrowser = process.env.PORTCULLIS_CHROMIUM ?? "/usr/bin/chromium";

export class Browser {
  static isInstalled() {
    return existsSync(kBrowser);
  }

  static async start() {
    const browser = new Browser();
    browser.profile = mkdtempSync(join(tmpdir(), "portcullis-page-"));
    browser.context = await chromium.launchPersistentContext(browser.profile, {
      executablePath: kBrowser,
      headless: true,
      viewport: { width: 1500, height: 900 },
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
    return browser;
  }

  // A page, with what it complained of.
  async open(url) {
    const page = await this.context.newPage();
    page.complaints = [];
    // A refusal that a test provokes is a resource that failed to load, to the browser; not to us.
    page.on("console", (message) => {
      const isComplaint = message.type() === "error" && !message.text().startsWith("Failed to load resource");
      if (isComplaint) page.complaints.push(message.text());
    });
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) page.complaints.push(`foreign request: ${request.url()}`);
    });
    await page.goto(url);
    return page;
  }

  async stop() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}
