// A live book kept by ccxt equals the venue's own at 100 random moments of a burst. Equal at a
// moment: the market is stopped by halting nothing; instead the client's book and the venue's
// snapshot are compared at the same update id.
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Venue } from "./venue.mjs";
import { check, promiseAssertions } from "./check.mjs";
import { ccxtFor } from "./ccxt_client.mjs";

promiseAssertions(200);

const kMoments = 100;
let venue;
let client;

before(async () => {
  venue = await Venue.start(["--symbols", "BTCUSDT", "--market", "generator", "--rate", "2000", "--seed", "15"]);
  client = await ccxtFor(venue);
  await client.loadMarkets();
});
after(async () => {
  await client.close();
  check.equal(await venue.stop(), 0);
});

test("the book that ccxt keeps is the venue's at 100 random moments of a burst", { timeout: 240_000 }, async () => {
  const snapshots = new Map(); // update id -> the venue's top
  let equal = 0;
  let random = 15;
  const next = (bound) => (random = (random * 48271) % 2147483647) % bound;
  while (equal < kMoments) {
    const live = await client.watchOrderBook("BTC/USDT");
    const mine = { nonce: live.nonce, bids: live.bids.slice(0, 50), asks: live.asks.slice(0, 50) };
    snapshots.set(mine.nonce, mine);
    const truth = await client.publicGetDepth({ symbol: "BTCUSDT", limit: 50 });
    // The snapshot lies between two depth events, the client's book at events: wait for one that
    // ends where the snapshot was taken, or take the next.
    for (let i = 0; i < 5 && !snapshots.has(Number(truth.lastUpdateId)); i++) {
      const later = await client.watchOrderBook("BTC/USDT");
      snapshots.set(later.nonce, { nonce: later.nonce, bids: later.bids.slice(0, 50), asks: later.asks.slice(0, 50) });
      if (later.nonce >= Number(truth.lastUpdateId)) break;
    }
    const same = snapshots.get(Number(truth.lastUpdateId));
    if (same) {
      const numbers = (levels) => levels.map(([price, qty]) => [Number(price), Number(qty)]);
      check.deepEqual(same.bids.map(([price, qty]) => [price, qty]), numbers(truth.bids));
      check.deepEqual(same.asks.map(([price, qty]) => [price, qty]), numbers(truth.asks));
      equal++;
    }
    if (snapshots.size > 1000) snapshots.clear();
    await sleep(next(20));
  }
});
