// The npm package "binance-api-node", unmodified: REST, raw streams, the user stream by a signed
// subscription. What it parses is what is asserted.
import { after, before, describe, test } from "node:test";
import BinanceModule from "binance-api-node";
import { Venue, until } from "./venue.mjs";
import { check, promiseAssertions } from "./check.mjs";

promiseAssertions(120);

const Binance = BinanceModule.default ?? BinanceModule;
const symbol = "BTCUSDT";
let venue;
let client;

function connect(keys) {
  return Binance({ apiKey: keys.hmacKey, apiSecret: keys.hmacSecret, httpBase: venue.rest, wsBase: `${venue.ws}/ws`, wsApi: venue.wsApi });
}

before(async () => {
  venue = await Venue.start(["--symbols", "BTCUSDT,ETHUSDT", "--market", "generator", "--rate", "200", "--seed", "14"]);
  client = connect(venue.keys());
  await until("a market on both sides", async () => {
    const book = await client.book({ symbol });
    return book.bids.length > 5 && book.asks.length > 5;
  });
  await until("trades", async () => (await client.trades({ symbol })).length > 10);
});
after(async () => check.equal(await venue.stop(), 0));

async function prices() {
  const book = await client.book({ symbol, limit: 5 });
  const [bid, ask] = [Number(book.bids[0].price), Number(book.asks[0].price)];
  return { low: (bid * 0.9).toFixed(2), lower: (bid * 0.89).toFixed(2), high: (ask * 1.1).toFixed(2), cross: (ask * 1.02).toFixed(2) };
}

describe("public REST", () => {
  test("general and market data", async () => {
    check.equal(await client.ping(), true);
    check.ok(Math.abs((await client.time()) - Date.now()) < 60_000);
    const info = await client.exchangeInfo({ symbol });
    check.equal(info.symbols[0].status, "TRADING");
    check.equal(info.symbols[0].quoteAsset, "USDT");
    check.ok(info.symbols[0].filters.length >= 4);
    check.equal(info.timezone, "UTC");
    const book = await client.book({ symbol, limit: 10 });
    check.ok(book.lastUpdateId > 0);
    check.ok(Number(book.bids[0].price) < Number(book.asks[0].price));
    check.ok(Number(book.bids[0].quantity) > 0);
    const candles = await client.candles({ symbol, interval: "1m", limit: 2 });
    check.ok(Number(candles[0].high) >= Number(candles[0].low));
    check.ok(candles[0].closeTime > candles[0].openTime);
    const aggregate = await client.aggTrades({ symbol, limit: 3 });
    check.ok(aggregate[0].aggId >= 0);
    check.ok(Number(aggregate[0].price) > 0);
    const trades = await client.trades({ symbol, limit: 3 });
    check.equal(trades.length, 3);
    check.equal(typeof trades[0].isBuyerMaker, "boolean");
    const history = await client.tradesHistory({ symbol, limit: 2 });
    check.equal(history.length, 2);
    const day = await client.dailyStats({ symbol });
    check.equal(day.symbol, symbol);
    check.ok(Number(day.highPrice) >= Number(day.lowPrice));
    check.ok(day.count > 0);
    const all = await client.prices();
    check.ok(Number(all.BTCUSDT) > 0);
    check.ok(Number(all.ETHUSDT) > 0);
    check.equal((await client.avgPrice({ symbol })).mins, 5);
    const best = await client.allBookTickers();
    check.ok(Number(best.BTCUSDT.bidPrice) < Number(best.BTCUSDT.askPrice));
  });
});

describe("orders", () => {
  test("every type that it supports", async () => {
    const { low, lower, high } = await prices();
    const orders = [
      { side: "BUY", type: "LIMIT", quantity: "0.01", price: low },
      { side: "BUY", type: "LIMIT", quantity: "0.5", price: low, icebergQty: "0.1" },
      { side: "BUY", type: "LIMIT_MAKER", quantity: "0.01", price: low },
      { side: "SELL", type: "STOP_LOSS", quantity: "0.01", stopPrice: low },
      { side: "SELL", type: "STOP_LOSS_LIMIT", quantity: "0.01", stopPrice: low, price: lower },
      { side: "SELL", type: "TAKE_PROFIT", quantity: "0.01", stopPrice: high },
      { side: "SELL", type: "TAKE_PROFIT_LIMIT", quantity: "0.01", stopPrice: high, price: high },
      { side: "SELL", type: "STOP_LOSS", quantity: "0.01", trailingDelta: 100 },
    ];
    for (const order of orders) {
      const placed = await client.order({ symbol, newOrderRespType: "RESULT", ...order });
      check.equal(placed.type, order.type);
      check.equal(placed.status, "NEW", order.type);
      check.equal(placed.side, order.side);
      check.equal(Number(placed.origQty), Number(order.quantity));
      const queried = await client.getOrder({ symbol, orderId: placed.orderId });
      check.equal(queried.clientOrderId, placed.clientOrderId);
      check.equal(queried.executedQty, "0.00000000");
      const canceled = await client.cancelOrder({ symbol, orderId: placed.orderId });
      check.equal(canceled.status, "CANCELED");
    }
  });
  test("market orders fill and are charged", async () => {
    const buy = await client.order({ symbol, side: "BUY", type: "MARKET", quantity: "0.002" });
    check.equal(buy.status, "FILLED");
    check.equal(buy.executedQty, "0.00200000");
    check.equal(buy.fills[0].commissionAsset, "BTC");
    check.ok(Number(buy.fills[0].commission) > 0);
    const byQuote = await client.order({ symbol, side: "BUY", type: "MARKET", quoteOrderQty: "75" });
    check.equal(byQuote.status, "FILLED");
    check.ok(Number(byQuote.cummulativeQuoteQty) <= 75);
    const sell = await client.order({ symbol, side: "SELL", type: "MARKET", quantity: "0.001" });
    check.equal(sell.fills[0].commissionAsset, "USDT");
    const mine = await client.myTrades({ symbol });
    check.ok(mine.some((trade) => trade.orderId === sell.orderId && trade.isBuyer === false));
    check.ok(mine.every((trade) => Number(trade.qty) > 0));
  });
  test("immediate or cancel, fill or kill", async () => {
    const { low } = await prices();
    const ioc = await client.order({ symbol, side: "BUY", type: "LIMIT", quantity: "0.01", price: low, timeInForce: "IOC" });
    check.equal(ioc.status, "EXPIRED");
    const fok = await client.order({ symbol, side: "BUY", type: "LIMIT", quantity: "0.01", price: low, timeInForce: "FOK" });
    check.equal(fok.status, "EXPIRED");
    check.equal(fok.executedQty, "0.00000000");
  });
  test("lists, replaces, mass cancels", async () => {
    const { low, lower, high } = await prices();
    const oco = await client.orderOco({ symbol, side: "SELL", quantity: "0.01", price: high, stopPrice: low, stopLimitPrice: lower, stopLimitTimeInForce: "GTC" });
    check.equal(oco.contingencyType, "OCO");
    check.equal(oco.orders.length, 2);
    check.equal((await client.getOrderOco({ orderListId: oco.orderListId })).listOrderStatus, "EXECUTING");
    check.equal((await client.cancelOrderOco({ symbol, orderListId: oco.orderListId })).listOrderStatus, "ALL_DONE");
    check.ok((await client.allOrdersOCO({})).length >= 1);
    await client.order({ symbol, side: "BUY", type: "LIMIT", quantity: "0.01", price: low });
    await client.order({ symbol, side: "BUY", type: "LIMIT", quantity: "0.01", price: low });
    check.equal((await client.openOrders({ symbol })).length, 2);
    check.equal((await client.cancelOpenOrders({ symbol })).length, 2);
    check.equal((await client.openOrders({ symbol })).length, 0);
    check.ok((await client.allOrders({ symbol })).length >= 10);
    check.deepEqual({ ...(await client.orderTest({ symbol, side: "BUY", type: "LIMIT", quantity: "0.01", price: low })) }, {});
  });
  test("account", async () => {
    const account = await client.accountInfo();
    check.equal(account.canTrade, true);
    check.equal(account.accountType, "SPOT");
    check.ok(account.balances.some((each) => each.asset === "USDT" && Number(each.free) > 0));
    check.ok(account.permissions.includes("SPOT"));
  });
});

describe("raw streams", () => {
  const first = (open) => new Promise((resolve) => {
    const close = open((event) => {
      close?.();
      resolve(event);
    });
  });
  test("each kind says what it should", async () => {
    const trade = await first((on) => client.ws.trades([symbol], on));
    check.equal(trade.symbol, symbol);
    check.ok(Number(trade.price) > 0);
    const aggregate = await first((on) => client.ws.aggTrades([symbol], on));
    check.equal(aggregate.symbol, symbol);
    const depth = await first((on) => client.ws.depth([symbol], on));
    check.ok(depth.finalUpdateId >= depth.firstUpdateId);
    const partial = await first((on) => client.ws.partialDepth([{ symbol, level: 10 }], on));
    check.ok(partial.bids.length <= 10);
    const candle = await first((on) => client.ws.candles([symbol], "1m", on));
    check.equal(candle.interval, "1m");
    const ticker = await first((on) => client.ws.ticker([symbol], on));
    check.equal(ticker.symbol, symbol);
    const mini = await first((on) => client.ws.miniTicker([symbol], on));
    check.equal(mini.symbol, symbol);
    const all = await first((on) => client.ws.allMiniTickers(on));
    check.ok(all.length >= 1);
    const best = await first((on) => client.ws.bookTicker([symbol], on));
    check.ok(Number(best.bestBid) < Number(best.bestAsk));
  });
  test("own orders arrive on the user stream", async () => {
    const events = [];
    const close = await client.ws.user((event) => events.push(event));
    await until("the subscription", async () => {
      await client.order({ symbol, side: "BUY", type: "MARKET", quantity: "0.001" });
      return events.some((event) => event.eventType === "executionReport");
    });
    const fill = await until("a fill", async () => events.find((event) => event.executionType === "TRADE"));
    check.equal(fill.side, "BUY");
    check.equal(fill.orderStatus, "FILLED");
    check.equal(fill.commissionAsset, "BTC");
    const account = await until("balances", async () => events.find((event) => event.eventType === "outboundAccountPosition"));
    check.ok(account.balances.some((each) => each.asset === "BTC"));
    close();
  });
});

describe("errors", () => {
  test("carry the venue's code", async () => {
    const { low, cross } = await prices();
    const refused = async (call, code) => {
      const error = await call.then(() => null, (e) => e);
      check.equal(error?.code, code, error?.message);
    };
    const order = { symbol, side: "BUY", type: "LIMIT", quantity: "0.01", price: low };
    await refused(client.book({ symbol: "NOPE" }), -1121);
    await refused(client.candles({ symbol, interval: "4m" }), -1120);
    await refused(client.order({ ...order, quantity: "100" }), -2010);
    await refused(client.order({ ...order, type: "LIMIT_MAKER", price: cross }), -2010);
    await refused(client.order({ ...order, price: "1.001" }), -1013);
    await refused(client.order({ ...order, side: "HOLD" }), -1117);
    await refused(client.order({ ...order, timeInForce: "DAY" }), -1115);
    await refused(client.order({ ...order, newClientOrderId: "a".repeat(40) }), -1100);
    await refused(client.getOrder({ symbol, orderId: 999999999 }), -2013);
    await refused(client.cancelOrder({ symbol, orderId: 999999999 }), -2011);
    await refused(client.getOrder({ symbol }), -1102);
    const keys = venue.keys();
    await refused(connect({ ...keys, hmacSecret: "wrong" }).accountInfo(), -1022);
    await refused(connect({ ...keys, hmacKey: "B".repeat(64) }).accountInfo(), -2015);
  });
});
