// A live book kept by ccxt, by its own reading of the venue's rules, equals the venue's own at 100
// random moments of a burst. Two books can be compared where their update ids are the same: the
// venue is asked the instant an event has reached the client, and asked again at a later event when
// the market was faster.
import { after, before, test } from "node:test";
import { Venue } from "./venue.mjs";
import { check, promiseAssertions } from "./check.mjs";
import { ccxtFor } from "./ccxt_client.mjs";

promiseAssertions(200);

const kMoments = 100;
let venue;
let client;

before(async () => {
  venue = await Venue.start(["--symbols", "BTCUSDT", "--market", "generator", "--rate", "300", "--seed", "15"]);
  client = await ccxtFor(venue);
  await client.loadMarkets();
});
after(async () => {
  await client.close();
  check.equal(await venue.stop(), 0);
});

test("the book that ccxt keeps is the venue's at 100 random moments of a burst", async () => {
  const plain = (levels) => Array.from(levels).slice(0, 50).map(([price, qty]) => [Number(price), Number(qty)]);
  // Asked past the client's rate limiter: the answer must come before the market's next move.
  const depth = `${venue.rest}/api/v3/depth?symbol=BTCUSDT&limit=50`;
  let random = 15;
  const next = (bound) => (random = (random * 48271) % 2147483647) % bound;
  const ids = new Set();
  for (let asked = 0; ids.size < kMoments; asked++) {
    check.ok(asked < 100 * kMoments, `${ids.size} of ${kMoments} moments after ${asked} questions`);
    for (let skip = next(3); skip > 0; skip--) await client.watchOrderBook("BTC/USDT");
    const live = await client.watchOrderBook("BTC/USDT");
    const mine = { id: live.nonce, bids: plain(live.bids), asks: plain(live.asks) };
    const truth = await (await fetch(depth)).json();
    if (Number(truth.lastUpdateId) !== mine.id || ids.has(mine.id)) continue;
    check.deepEqual(mine.bids, plain(truth.bids));
    check.deepEqual(mine.asks, plain(truth.asks));
    ids.add(mine.id);
  }
});
