// The admin page in a real browser, against the running simulator.
import { after, before, test } from "node:test";
import { createHmac } from "node:crypto";
import WebSocket from "ws";
import { Venue, until } from "../clients/venue.mjs";
import { check, promiseAssertions } from "../clients/check.mjs";
import { Browser } from "./browser.mjs";

if (!Browser.isInstalled()) {
  console.log("skipped: chromium is not installed (apt-get install chromium)");
  process.exit(77);
}
promiseAssertions(39);

let venue;
let browser;
let page;
const url = () => `${venue.admin}/`;

before(async () => {
  venue = await Venue.start(["--symbols", "BTCUSDT,ETHUSDT", "--market", "generator", "--rate", "200", "--seed", "7",
    "--account", "main,other"]);
  browser = await Browser.start();
  page = await browser.open(url());
});
after(async () => {
  await browser.stop();
  check.equal(await venue.stop(), 0);
});

const text = (selector) => page.locator(selector).first().textContent();
const rows = (body) => page.locator(`#${body} tr`);
const shows = (what, ask) => until(what, async () => (await ask()) || null);

// A venue client of the test's own: it must see what the page did.
async function order(params, method = "POST", path = "/api/v3/order") {
  const keys = venue.keys();
  const query = new URLSearchParams({ ...params, timestamp: Date.now() }).toString();
  const signature = createHmac("sha256", keys.hmacSecret).update(query).digest("hex");
  const answer = await fetch(`${venue.rest}${path}?${query}&signature=${signature}`,
    { method, headers: { "X-MBX-APIKEY": keys.hmacKey }, signal: AbortSignal.timeout(20_000) });
  return { status: answer.status, body: await answer.json() };
}
const limit = (params) => order({ symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.01",
  price: "1000", ...params });

test("the page loads, draws the book, and complains of nothing", async () => {
  await shows("the book", async () => (await rows("bids").count()) > 3 && (await rows("asks").count()) > 3);
  check.equal(await page.title(), "portcullis-sim");
  check.equal(await text("#symbol-name"), "BTCUSDT");
  check.equal(await text("#symbol-status"), "TRADING");
  check.ok((await page.locator("#link.on").count()) === 1);
  check.equal(await rows("symbols").count(), 2);
  check.ok((await rows("trades").count()) > 0);
  check.deepEqual(page.complaints, []);
});

test("its policy lets nothing in but its own files", async () => {
  const answer = await fetch(url());
  const policy = answer.headers.get("content-security-policy");
  check.match(policy, /default-src 'none'/);
  check.ok(!policy.includes("unsafe"));
  // What an attacker would put in does not run.
  const ran = await page.evaluate(() => new Promise((resolve) => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    setTimeout(() => resolve(window.ran === true), 50);
  }));
  check.equal(ran, false);
  page.complaints.length = 0;
});

test("the book moves by itself, and is the venue's own", async () => {
  const before_ = await text("#spread");
  await shows("another update id", async () => (await text("#spread")) !== before_);
  await venue.call("POST", "/halt", { symbol: "ETHUSDT" });
  await rows("symbols").nth(1).click();
  await shows("the other symbol", async () => (await text("#symbol-name")) === "ETHUSDT");
  await shows("its halt", async () => (await text("#symbol-status")) === "HALT");
  const book = await venue.call("GET", "/book?symbol=ETHUSDT&limit=1");
  const bestBid = await rows("bids").first().locator("td").first().textContent();
  check.equal(Number(bestBid), Number(book.bids[0][0]));
  await venue.call("POST", "/halt", { symbol: "ETHUSDT", on: false });
  await page.keyboard.press("ArrowUp");
  await shows("the first symbol again", async () => (await text("#symbol-name")) === "BTCUSDT");
});

test("a fault injected by a click is seen by a client and counted on the page", async () => {
  await page.getByRole("button", { name: "-1007, but it was done" }).click();
  await shows("the fault", async () => (await rows("faults").count()) === 1);
  check.equal(await rows("faults").first().locator("td.fired").textContent(), "0");
  check.match(await rows("faults").first().getAttribute("class"), /never/);
  const answer = await limit({ newClientOrderId: "was-done" });
  check.equal(answer.status, 504);
  check.equal(answer.body.code, -1007);
  await shows("its count", async () => (await rows("faults").first().locator("td.fired").textContent()) === "1");
  check.match(await rows("faults").first().getAttribute("class"), /did/);
  await shows("the order that was done", async () => (await page.locator("#orders").textContent()).includes("was-done"));
  await rows("faults").first().getByRole("button", { name: "remove" }).click();
  await shows("no fault", async () => (await rows("faults").count()) === 0);
  check.ok(await page.locator("#no-faults").isVisible());
});

test("any fault can be written by hand, and a wrong one is told why", async () => {
  await page.keyboard.press("f");
  check.ok(await page.locator("#action").isVisible());
  await page.locator("#action").selectOption("reject");
  await page.locator("#fields [name=method]").fill("order.place");
  await page.locator("#fields [name=code]").fill("-1015");
  await page.locator("#fields [name=client_order_id]").fill("by-hand");
  await page.locator("#inject").click();
  await shows("the fault", async () => (await rows("faults").count()) === 1);
  check.equal((await limit({ newClientOrderId: "other" })).status, 200);
  check.equal((await limit({ newClientOrderId: "by-hand-1" })).body.code, -1015);
  await page.locator("#fields [name=count]").fill("0");
  await page.locator("#inject").click();
  await shows("the problem", async () => (await text("#problem")).includes("out of range"));
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await shows("all cleared", async () => (await rows("faults").count()) === 0);
});

test("a symbol is halted and resumed from the page", async () => {
  await page.locator("#halt").click();
  await shows("the halt", async () => (await text("#symbol-status")) === "HALT");
  const refused = await limit({});
  check.equal(refused.status, 400);
  check.equal(refused.body.msg, "Market is closed.");
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  await page.keyboard.press("h");
  await shows("trading again", async () => (await text("#symbol-status")) === "TRADING");
  check.equal((await limit({})).status, 200);
});

test("hostile text is shown as text", async () => {
  const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
  await venue.call("POST", "/accounts", { account: "<b>bold", balances: ["USDT=5"] });
  await venue.call("POST", "/faults", { action: "drop_reply", method: hostile, name: hostile });
  const stream = new WebSocket(`${venue.ws}/stream?streams=btcusdt@trade`);
  await new Promise((resolve) => stream.once("open", resolve));
  stream.send(JSON.stringify({ method: "SUBSCRIBE", params: [`x@${hostile}`], id: 1 }));
  await shows("the fault's name", async () => (await page.locator("#faults").textContent()).includes(hostile));
  await page.keyboard.press("3");
  await shows("the account", async () => (await page.locator("#accounts").textContent()).includes("<b>bold"));
  check.equal(await page.locator("#accounts b, #faults img, #faults script, #connections img").count(), 0);
  check.equal(await page.title(), "portcullis-sim");
  await venue.call("DELETE", "/faults");
  stream.close();
  check.deepEqual(page.complaints, []);
});

test("connections are listed with what they listen to, and one can be cut", async () => {
  const stream = new WebSocket(`${venue.ws}/ws/btcusdt@bookTicker`);
  await new Promise((resolve) => stream.once("open", resolve));
  const ended = new Promise((resolve) => stream.once("close", resolve));
  await page.keyboard.press("4");
  const line = page.locator("#connections tr", { hasText: "btcusdt@bookTicker" });
  await shows("the connection", async () => (await line.count()) === 1);
  check.match(await line.textContent(), /streams/);
  await line.getByRole("button", { name: "cut" }).click();
  await ended;
  await shows("its end", async () => (await line.count()) === 0);
});

test("orders and their events are shown as they happen", async () => {
  await page.keyboard.press("1");
  const placed = await limit({ newClientOrderId: "shown" });
  const line = page.locator("#orders tr", { hasText: "shown" });
  await shows("the order", async () => (await line.count()) === 1);
  check.match(await line.textContent(), /main.*BTCUSDT.*BUY.*LIMIT.*1000.*0\.01.*NEW/);
  await order({ symbol: "BTCUSDT", orderId: placed.body.orderId }, "DELETE");
  await shows("its end", async () => (await line.count()) === 0);
  await page.keyboard.press("2");
  const event = page.locator("#events tr", { hasText: "shown" }).first();
  check.match(await event.textContent(), /CANCELED/);
});

test("keyboard alone reaches everything, and the theme stays chosen", async () => {
  await page.locator("#tab-events").focus();
  await page.keyboard.press("ArrowRight");
  check.equal(await page.locator("#tab-accounts").getAttribute("aria-selected"), "true");
  check.ok(await page.locator("#pane-accounts").isVisible());
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  const first = await theme();
  await page.keyboard.press("t");
  check.notEqual(await theme(), first);
  const chosen = await theme();
  await page.reload();
  check.equal(await theme(), chosen);
  await shows("the book again", async () => (await rows("bids").count()) > 3);
  check.deepEqual(page.complaints, []);
  const nameless = await page.evaluate(() => [...document.querySelectorAll("button, input, select")]
    .filter((each) => !each.textContent.trim() && !each.labels?.length && !each.title).map((each) => each.outerHTML));
  check.deepEqual(nameless, []);
});

test("it fits a narrow window, and finds the simulator again after an interruption", async () => {
  for (const [width, height] of [[1500, 900], [1000, 800], [420, 800]]) {
    await page.setViewportSize({ width, height });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check.ok(over <= 0, `${over} pixels too wide at ${width}`);
  }
  await page.setViewportSize({ width: 1500, height: 900 });
  const live = await page.evaluate(() => document.getElementById("link").classList.contains("on"));
  check.equal(live, true);
});
