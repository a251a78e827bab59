// ccxt, unmodified, against the running venue: what it parses is what is asserted.
import { after, before, describe, test } from "node:test";
import ccxt from "ccxt";
import { Venue, until } from "./venue.mjs";
import { check, promiseAssertions } from "./check.mjs";
import { ccxtFor } from "./ccxt_client.mjs";

promiseAssertions(120);

const kSymbol = "BTC/USDT";
const kTexts = { [-2010]: "Account has insufficient balance for requested action." };
let venue;
let client;

before(async () => {
  venue = await Venue.start(["--symbols", "BTCUSDT,ETHUSDT,BNBUSDT", "--market", "generator", "--rate", "200",
    "--seed", "11"]);
  client = await ccxtFor(venue);
  await client.loadMarkets();
  await until("a market on both sides", async () => {
    const book = await client.fetchOrderBook(kSymbol);
    return book.bids.length > 5 && book.asks.length > 5;
  });
});
after(async () => {
  await client.close();
  check.equal(await venue.stop(), 0);
});

// A price that rests far from the market, and one that takes.
async function prices() {
  const book = await client.fetchOrderBook(kSymbol);
  const round = (value) => Number(client.priceToPrecision(kSymbol, value));
  const [bid, ask] = [book.bids[0][0], book.asks[0][0]];
  return { bid, ask, low: round(bid * 0.9), high: round(ask * 1.1), cross: round(ask * 1.02), mid: round((bid + ask) / 2) };
}

async function cancel(order) {
  return client.cancelOrder(order.id, kSymbol);
}

describe("markets", () => {
  test("the symbols load with precision, limits and fees", async () => {
    const market = client.market(kSymbol);
    check.equal(market.id, "BTCUSDT");
    check.equal(market.base, "BTC");
    check.equal(market.quote, "USDT");
    check.equal(market.spot, true);
    check.equal(market.active, true);
    check.equal(market.precision.price, 0.01);
    check.equal(market.precision.amount, 0.00001);
    check.equal(market.limits.amount.min, 0.00001);
    check.ok(market.limits.amount.max > 1);
    check.equal(market.limits.cost.min, 5);
    check.ok(market.limits.price.max >= 1000000);
    check.ok(client.symbols.includes("ETH/USDT"));
  });

  test("time, ticker, tickers, book ticker and last prices", async () => {
    const time = await client.fetchTime();
    check.ok(Math.abs(time - Date.now()) < 60_000);
    const ticker = await client.fetchTicker(kSymbol);
    check.equal(ticker.symbol, kSymbol);
    check.ok(ticker.last > 0);
    check.ok(ticker.high >= ticker.low);
    check.ok(ticker.bid <= ticker.ask);
    const tickers = await client.fetchTickers([kSymbol, "ETH/USDT"]);
    check.equal(Object.keys(tickers).length, 2);
    const best = await client.fetchBidsAsks([kSymbol]);
    check.ok(best[kSymbol].bid < best[kSymbol].ask);
    const last = await client.fetchLastPrices([kSymbol]);
    check.ok(last[kSymbol].price > 0);
  });

  test("order book, trades and candles", async () => {
    const book = await client.fetchOrderBook(kSymbol, 20);
    check.ok(book.bids.length <= 20 && book.bids.length > 0);
    check.ok(book.bids[0][0] < book.asks[0][0]);
    check.ok(book.nonce > 0);
    const trades = await until("trades", async () => {
      const list = await client.fetchTrades(kSymbol, undefined, 10);
      return list.length >= 5 && list;
    });
    check.ok(trades.every((trade) => trade.amount > 0 && trade.price > 0));
    check.ok(trades.every((trade) => trade.side === "buy" || trade.side === "sell"));
    check.ok(trades.every((trade, i) => i === 0 || trade.timestamp >= trades[i - 1].timestamp));
    for (const frame of ["1s", "1m", "1h", "1d", "1M"]) {
      const candles = await client.fetchOHLCV(kSymbol, frame, undefined, 5);
      check.ok(candles.length >= 1, frame);
      const [start, open, high, low, close, volume] = candles.at(-1);
      check.ok(start <= Date.now() + 60_000 && open > 0 && close > 0 && volume >= 0, frame);
      check.ok(high >= low, frame);
    }
  });
});

describe("orders over REST", () => {
  test("balance", async () => {
    const balance = await client.fetchBalance();
    check.ok(balance.BTC.free > 0);
    check.equal(balance.USDT.total, balance.USDT.free + balance.USDT.used);
  });

  test("limit order: rests, is queried, listed and cancelled; funds are locked meanwhile", async () => {
    const { low } = await prices();
    const before = await client.fetchBalance();
    const order = await client.createOrder(kSymbol, "limit", "buy", 0.01, low, { newClientOrderId: "ccxt-limit-1" });
    check.equal(order.status, "open");
    check.equal(order.clientOrderId, "ccxt-limit-1");
    check.equal(order.price, low);
    check.equal(order.amount, 0.01);
    check.equal(order.filled, 0);
    check.equal(order.timeInForce, "GTC");
    const locked = await client.fetchBalance();
    check.ok(Math.abs(locked.USDT.used - before.USDT.used - low * 0.01) < 1e-8);
    const queried = await client.fetchOrder(order.id, kSymbol);
    check.equal(queried.status, "open");
    check.equal(queried.side, "buy");
    const open = await client.fetchOpenOrders(kSymbol);
    check.ok(open.some((each) => each.id === order.id));
    const canceled = await cancel(order);
    check.equal(canceled.status, "canceled");
    check.equal((await client.fetchOrder(order.id, kSymbol)).status, "canceled");
    const after = await client.fetchBalance();
    check.equal(after.USDT.used, before.USDT.used);
  });

  test("immediate or cancel, fill or kill, post only", async () => {
    const { low, cross } = await prices();
    const ioc = await client.createOrder(kSymbol, "limit", "buy", 0.01, low, { timeInForce: "IOC" });
    check.equal(ioc.status, "expired");
    check.equal(ioc.filled, 0);
    const fok = await client.createOrder(kSymbol, "limit", "buy", 0.01, low, { timeInForce: "FOK" });
    check.equal(fok.status, "expired");
    check.equal(fok.timeInForce, "FOK");
    const maker = await client.createOrder(kSymbol, "limit", "buy", 0.01, low, { postOnly: true });
    check.equal(maker.postOnly, true);
    await cancel(maker);
    await check.rejects(client.createOrder(kSymbol, "limit", "buy", 0.01, cross, { postOnly: true }), ccxt.OrderImmediatelyFillable);
  });

  test("market orders by quantity and by cost report their fills and fees", async () => {
    const buy = await client.createOrder(kSymbol, "market", "buy", 0.002);
    check.equal(buy.status, "closed");
    check.equal(buy.filled, 0.002);
    check.ok(buy.average > 0);
    check.ok(buy.trades.length >= 1);
    check.equal(buy.trades[0].fee.currency, "BTC");
    check.ok(buy.trades[0].fee.cost > 0);
    const byCost = await client.createMarketBuyOrderWithCost(kSymbol, 100);
    check.equal(byCost.status, "closed");
    check.ok(byCost.cost <= 100 && byCost.cost > 90);
    const sell = await client.createOrder(kSymbol, "market", "sell", 0.002);
    check.equal(sell.status, "closed");
    check.equal(sell.trades[0].fee.currency, "USDT");
    const mine = await client.fetchMyTrades(kSymbol);
    check.ok(mine.some((trade) => trade.order === sell.id && trade.takerOrMaker === "taker"));
    const ofOrder = await client.fetchOrderTrades(buy.id, kSymbol);
    check.equal(ofOrder.reduce((sum, trade) => sum + trade.amount, 0).toFixed(8), "0.00200000");
  });

  test("stops wait, icebergs show a slice", async () => {
    const { low, high } = await prices();
    const stop = await client.createOrder(kSymbol, "STOP_LOSS_LIMIT", "buy", 0.01, high, { stopPrice: high });
    check.equal(stop.status, "open");
    check.equal(stop.triggerPrice, high);
    check.equal(stop.info.type, "STOP_LOSS_LIMIT");
    await cancel(stop);
    const profit = await client.createOrder(kSymbol, "TAKE_PROFIT_LIMIT", "sell", 0.01, high, { stopPrice: high });
    check.equal(profit.status, "open");
    await cancel(profit);
    const stopMarket = await client.createOrder(kSymbol, "STOP_LOSS", "sell", 0.01, undefined, { stopPrice: low });
    check.equal(stopMarket.status, "open");
    await cancel(stopMarket);
    const trailing = await client.createOrder(kSymbol, "STOP_LOSS_LIMIT", "sell", 0.01, low, { trailingDelta: 100 });
    check.equal(trailing.status, "open");
    await cancel(trailing);
    const iceberg = await client.createOrder(kSymbol, "limit", "buy", 0.5, low, { icebergQty: 0.1 });
    check.equal(iceberg.amount, 0.5);
    const shown = (await client.fetchOrderBook(kSymbol, 5000)).bids.find(([price]) => price === low);
    check.equal(shown[1], 0.1);
    await cancel(iceberg);
  });

  test("editing an order replaces it", async () => {
    const { low } = await prices();
    const order = await client.createOrder(kSymbol, "limit", "buy", 0.01, low);
    const lower = Number(client.priceToPrecision(kSymbol, low * 0.99));
    const edited = await client.editOrder(order.id, kSymbol, "limit", "buy", 0.02, lower);
    check.notEqual(edited.id, order.id);
    check.equal(edited.amount, 0.02);
    check.equal(edited.price, lower);
    check.equal((await client.fetchOrder(order.id, kSymbol)).status, "canceled");
    await cancel(edited);
  });

  test("cancel all and the histories", async () => {
    const { low } = await prices();
    for (let i = 0; i < 3; i++) await client.createOrder(kSymbol, "limit", "buy", 0.01, low);
    check.equal((await client.fetchOpenOrders(kSymbol)).length, 3);
    const canceled = await client.cancelAllOrders(kSymbol);
    check.equal(canceled.length, 3);
    check.equal((await client.fetchOpenOrders(kSymbol)).length, 0);
    const all = await client.fetchOrders(kSymbol);
    check.ok(all.length >= 8);
    check.ok((await client.fetchClosedOrders(kSymbol)).every((order) => order.status === "closed"));
    check.ok((await client.fetchCanceledOrders(kSymbol)).every((order) => order.status === "canceled"));
  });

  test("a test order is checked and not placed", async () => {
    const { low } = await prices();
    const before = (await client.fetchOrders(kSymbol)).length;
    await client.createOrder(kSymbol, "limit", "buy", 0.01, low, { test: true });
    check.equal((await client.fetchOrders(kSymbol)).length, before);
  });

  test("trading fees of the account", async () => {
    const answer = await client.privateGetAccountCommission({ symbol: "BTCUSDT" });
    check.equal(answer.symbol, "BTCUSDT");
    check.equal(answer.standardCommission.maker, "0.00100000");
  });
});

describe("streams", () => {
  test("order book, ticker, trades, candles and best prices arrive", async () => {
    const book = await client.watchOrderBook(kSymbol);
    check.ok(book.bids[0][0] < book.asks[0][0]);
    const ticker = await client.watchTicker(kSymbol);
    check.equal(ticker.symbol, kSymbol);
    check.ok(ticker.last > 0);
    const trades = await client.watchTrades(kSymbol);
    check.ok(trades.at(-1).price > 0);
    const candles = await client.watchOHLCV(kSymbol, "1m");
    check.ok(candles.at(-1)[4] > 0);
    const best = await client.watchBidsAsks([kSymbol]);
    check.ok(best[kSymbol].bid < best[kSymbol].ask);
  });

  test("own orders, trades and balance arrive on the user stream", async () => {
    const orders = client.watchOrders(kSymbol);
    const trades = client.watchMyTrades(kSymbol);
    const balance = client.watchBalance();
    await until("the user stream", async () => Object.keys(client.clients).some((url) => url.includes("ws-api")));
    // Each watch answers at the first event after its subscription; orders go on until all have.
    let answered = 0;
    for (const each of [orders, trades, balance]) each.then(() => answered++, () => answered++);
    await until("three events", async () => {
      await client.createOrder(kSymbol, "market", "buy", 0.001);
      return answered === 3;
    });
    const order = (await orders).at(-1);
    check.equal(order.symbol, kSymbol);
    check.ok(["open", "closed"].includes(order.status));
    const trade = (await trades).at(-1);
    check.equal(trade.side, "buy");
    check.ok(trade.fee.cost > 0);
    check.ok((await balance).BTC.free > 0);
  });
});

describe("orders over WebSocket", () => {
  test("place, query, list, edit, cancel", async () => {
    const { low } = await prices();
    const order = await client.createOrderWs(kSymbol, "limit", "buy", 0.01, low);
    check.equal(order.status, "open");
    check.equal(order.price, low);
    const queried = await client.fetchOrderWs(order.id, kSymbol);
    check.equal(queried.id, order.id);
    const open = await client.fetchOpenOrdersWs(kSymbol);
    check.ok(open.some((each) => each.id === order.id));
    const edited = await client.editOrderWs(order.id, kSymbol, "limit", "buy", 0.02, low);
    check.equal(edited.amount, 0.02);
    const canceled = await client.cancelOrderWs(edited.id, kSymbol);
    check.equal(canceled.status, "canceled");
    const filled = await client.createOrderWs(kSymbol, "market", "sell", 0.001);
    check.equal(filled.status, "closed");
    const mine = await client.fetchMyTradesWs(kSymbol);
    check.ok(mine.some((trade) => trade.order === filled.id));
    const all = await client.fetchOrdersWs(kSymbol);
    check.ok(all.some((each) => each.id === filled.id));
    for (let i = 0; i < 2; i++) await client.createOrderWs(kSymbol, "limit", "buy", 0.01, low);
    const cleared = await client.cancelAllOrdersWs(kSymbol);
    check.equal(cleared.length, 2);
  });
});

describe("errors arrive as ccxt's own classes", () => {
  const refused = async (promise, kind, code) => {
    const error = await promise.then(() => null, (e) => e);
    check.ok(error instanceof kind, `${code}: ${error?.constructor.name} ${error?.message}`);
    // Of some refusals ccxt keeps the text only.
    const isTold = error.message.includes(`"code":${code}`) || error.message === `binance ${kTexts[code]}`;
    check.ok(isTold, `${code}: ${error.message}`);
  };
  test("of orders and queries", async () => {
    const { low } = await prices();
    await refused(client.publicGetDepth({ symbol: "NOPE" }), ccxt.BadSymbol, -1121);
    await refused(client.privateGetOrder({ symbol: "BTCUSDT", orderId: 999999999 }), ccxt.OrderNotFound, -2013);
    await refused(client.cancelOrder("999999999", kSymbol), ccxt.OrderNotFound, -2011);
    await refused(client.createOrder(kSymbol, "limit", "buy", 100, low), ccxt.InsufficientFunds, -2010);
    const raw = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.01", price: String(low) };
    await refused(client.privatePostOrder({ ...raw, price: "50000.001" }), ccxt.InvalidOrder, -1013);
    await refused(client.privatePostOrder({ ...raw, quantity: "0.000001" }), ccxt.InvalidOrder, -1013);
    await refused(client.privatePostOrder({ ...raw, side: "UP" }), ccxt.BadRequest, -1117);
    await refused(client.privatePostOrder({ ...raw, type: "SOON" }), ccxt.BadRequest, -1116);
    await refused(client.privatePostOrder({ ...raw, timeInForce: "GTX" }), ccxt.BadRequest, -1115);
    await refused(client.privatePostOrder({ ...raw, quantity: "0.0000000001" }), ccxt.BadRequest, -1111);
    const { quantity, ...missing } = raw;
    await refused(client.privatePostOrder(missing), ccxt.BadRequest, -1102);
    await refused(client.publicGetKlines({ symbol: "BTCUSDT", interval: "7m" }), ccxt.BadRequest, -1120);
  });
  test("of keys, signatures and clocks", async () => {
    const keys = venue.keys();
    const nobody = await ccxtFor(venue, { ...keys, hmacKey: "A".repeat(64) });
    await refused(nobody.privateGetAccount(), ccxt.AuthenticationError, -2015);
    const malformed = await ccxtFor(venue, { ...keys, hmacKey: "short!" });
    await refused(malformed.privateGetAccount(), ccxt.AuthenticationError, -2014);
    const forger = await ccxtFor(venue, { ...keys, hmacSecret: "wrong" });
    await refused(forger.privateGetAccount(), ccxt.AuthenticationError, -1022);
    const late = await ccxtFor(venue);
    late.options.timeDifference = 60_000; // behind
    await refused(late.privateGetAccount(), ccxt.InvalidNonce, -1021);
    for (const each of [nobody, malformed, forger, late]) await each.close();
  });
});
