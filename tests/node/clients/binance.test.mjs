// The npm package "binance", unmodified: REST, the WebSocket API with HMAC (each request signed) and
// with Ed25519 (session.logon), the streams and its reconnecting. What it parses is what is asserted.
import { after, before, describe, test } from "node:test";
import { MainClient, WebsocketAPIClient, WebsocketClient } from "binance";
import { Venue, until } from "./venue.mjs";
import { check, promiseAssertions } from "./check.mjs";

promiseAssertions(120);

const symbol = "BTCUSDT";
const quiet = { trace() {}, info() {}, error() {}, debug() {} };
let venue;
let rest;
let api; // HMAC
let logged; // Ed25519

before(async () => {
  venue = await Venue.start(["--symbols", "BTCUSDT,ETHUSDT", "--market", "generator", "--rate", "200", "--seed", "13"]);
  const keys = venue.keys();
  rest = new MainClient({ api_key: keys.hmacKey, api_secret: keys.hmacSecret, baseUrl: venue.rest, beautifyResponses: true });
  api = new WebsocketAPIClient({ api_key: keys.hmacKey, api_secret: keys.hmacSecret, wsUrl: venue.ws, attachEventListeners: false }, quiet);
  logged = new WebsocketAPIClient({ api_key: keys.ed25519Key, api_secret: keys.ed25519Private, wsUrl: venue.ws, attachEventListeners: false }, quiet);
  await until("a market on both sides", async () => {
    const book = await rest.getOrderBook({ symbol });
    return book.bids.length > 5 && book.asks.length > 5;
  });
  await until("trades", async () => (await rest.getRecentTrades({ symbol })).length > 10);
});
after(async () => {
  api.getWSClient().closeAll(true);
  logged.getWSClient().closeAll(true);
  check.equal(await venue.stop(), 0);
});

async function prices() {
  const book = await rest.getOrderBook({ symbol, limit: 5 });
  const tick = (value) => Number(value.toFixed(2));
  const [bid, ask] = [Number(book.bids[0][0]), Number(book.asks[0][0])];
  return { bid, ask, low: tick(bid * 0.9), lower: tick(bid * 0.89), high: tick(ask * 1.1), cross: tick(ask * 1.02) };
}
const limit = (price, more = {}) => ({ symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: 0.01, price, newOrderRespType: "RESULT", ...more });

describe("REST", () => {
  test("market data", async () => {
    const info = await rest.getExchangeInfo({ symbol });
    check.equal(info.symbols[0].symbol, symbol);
    check.ok(info.symbols[0].filters.some((filter) => filter.filterType === "PRICE_FILTER"));
    check.equal((await rest.getOrderBook({ symbol, limit: 5 })).bids.length, 5);
    const trades = await rest.getRecentTrades({ symbol, limit: 4 });
    check.equal(trades.length, 4);
    check.equal((await rest.getHistoricalTrades({ symbol, fromId: 2, limit: 2 }))[0].id, 2);
    check.ok((await rest.getAggregateTrades({ symbol, limit: 3 })).length >= 1);
    check.equal((await rest.getKlines({ symbol, interval: "1m", limit: 1 }))[0].length, 12);
    check.equal((await rest.getUIKlines({ symbol, interval: "1h", limit: 1 }))[0].length, 12);
    check.equal((await rest.getAvgPrice({ symbol })).mins, 5);
    check.equal((await rest.get24hrChangeStatistics({ symbol })).symbol, symbol);
    check.equal((await rest.get24hrChangeStatistics({ symbols: ["BTCUSDT", "ETHUSDT"] })).length, 2);
    check.equal((await rest.getTradingDayTicker({ symbol })).symbol, symbol);
    check.equal((await rest.getSymbolPriceTicker({ symbol })).symbol, symbol);
    check.equal((await rest.getSymbolOrderBookTicker({ symbol })).symbol, symbol);
    check.equal((await rest.getRollingWindowTicker({ symbol, windowSize: "4h" })).symbol, symbol);
    check.ok((await rest.getExecutionRules({ symbol })).symbolRules !== undefined);
  });
  test("orders of every type", async () => {
    const { low, lower, high } = await prices();
    const orders = [
      limit(low),
      { symbol, side: "BUY", type: "LIMIT_MAKER", quantity: 0.01, price: low },
      { symbol, side: "SELL", type: "STOP_LOSS", quantity: 0.01, stopPrice: low },
      { symbol, side: "SELL", type: "STOP_LOSS_LIMIT", timeInForce: "GTC", quantity: 0.01, stopPrice: low, price: lower },
      { symbol, side: "SELL", type: "TAKE_PROFIT", quantity: 0.01, stopPrice: high },
      { symbol, side: "SELL", type: "TAKE_PROFIT_LIMIT", timeInForce: "GTC", quantity: 0.01, stopPrice: high, price: high },
      limit(low, { quantity: 1, icebergQty: 0.2 }),
      { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: 0.01, pegPriceType: "PRIMARY_PEG", pegOffsetType: "PRICE_LEVEL", pegOffsetValue: 2 },
      limit(low, { selfTradePreventionMode: "DECREMENT" }),
    ];
    for (const order of orders) {
      const placed = await rest.submitNewOrder({ newOrderRespType: "RESULT", ...order });
      check.equal(placed.status, "NEW", order.type);
      check.equal(placed.type, order.type);
      check.equal(placed.side, order.side);
      const queried = await rest.getOrder({ symbol, orderId: placed.orderId });
      check.equal(queried.orderId, placed.orderId);
      const canceled = await rest.cancelOrder({ symbol, orderId: placed.orderId });
      check.equal(canceled.status, "CANCELED");
    }
    const market = await rest.submitNewOrder({ symbol, side: "BUY", type: "MARKET", quantity: 0.002, newOrderRespType: "FULL" });
    check.equal(market.status, "FILLED");
    check.ok(market.fills.length >= 1);
    const spent = await rest.submitNewOrder({ symbol, side: "BUY", type: "MARKET", quoteOrderQty: 50, newOrderRespType: "FULL" });
    check.equal(spent.status, "FILLED");
    check.ok(Number(spent.cummulativeQuoteQty) <= 50);
    check.ok((await rest.getAccountTradeList({ symbol })).length >= 2);
    check.equal((await rest.getAllOrders({ symbol })).length >= 11, true);
    check.deepEqual(await rest.testNewOrder(limit(low)), {});
  });
  test("replace, amend, mass cancel", async () => {
    const { low, lower } = await prices();
    const first = await rest.submitNewOrder(limit(low));
    const replaced = await rest.replaceOrder({ ...limit(lower), cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: first.orderId });
    check.equal(replaced.cancelResult, "SUCCESS");
    check.equal(replaced.newOrderResponse.status, "NEW");
    // REST: this version of the client sends it to the futures path. The WebSocket API does not.
    const amended = (await api.amendSpotOrderKeepPriority({ symbol, orderId: replaced.newOrderResponse.orderId, newQty: 0.004, timestamp: Date.now() })).result;
    check.equal(Number(amended.amendedOrder.qty), 0.004);
    await rest.submitNewOrder(limit(low));
    check.equal((await rest.getOpenOrders({ symbol })).length, 2);
    check.equal((await rest.cancelAllSymbolOrders({ symbol })).length, 2);
  });
  test("order lists", async () => {
    const { low, lower, high } = await prices();
    const oco = await rest.submitNewOrderList({ symbol, side: "SELL", quantity: 0.01, aboveType: "LIMIT_MAKER", abovePrice: high,
      belowType: "STOP_LOSS", belowStopPrice: low });
    check.equal(oco.contingencyType, "OCO");
    check.equal((await rest.getAllOpenOCO()).length, 1);
    check.equal((await rest.getOCO({ orderListId: oco.orderListId })).listStatusType, "EXEC_STARTED");
    check.equal((await rest.cancelOCO({ symbol, orderListId: oco.orderListId })).listOrderStatus, "ALL_DONE");
    const working = { symbol, workingType: "LIMIT", workingSide: "BUY", workingPrice: low, workingQuantity: 0.01, workingTimeInForce: "GTC" };
    const oto = await rest.submitNewOrderListOTO({ ...working, pendingType: "LIMIT_MAKER", pendingSide: "SELL", pendingPrice: high, pendingQuantity: 0.01 });
    check.equal(oto.orders.length, 2);
    const otoco = await rest.submitNewOrderListOTOCO({ ...working, pendingSide: "SELL", pendingQuantity: 0.01, pendingAboveType: "LIMIT_MAKER",
      pendingAbovePrice: high, pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: lower });
    check.equal(otoco.orders.length, 3);
    const gone = await rest.cancelAllSymbolOrders({ symbol });
    check.equal(gone.length, 2);
    check.ok(gone.every((each) => each.contingencyType === "OTO"));
    check.ok((await rest.getAllOCO()).length >= 3);
  });
  test("account", async () => {
    const account = await rest.getAccountInformation();
    check.equal(account.canTrade, true);
    check.ok(account.balances.length >= 3);
    check.equal((await rest.getOrderRateLimit()).length, 2);
    check.deepEqual(await rest.getPreventedMatches({ symbol, orderId: 1 }), []);
    check.deepEqual(await rest.getAllocations({ symbol }), []);
    check.equal((await rest.getCommissionRates({ symbol })).symbol, symbol);
  });
});

for (const [name, client] of [["HMAC, each request signed", () => api], ["Ed25519, logged on once", () => logged]]) {
  describe(`the WebSocket API: ${name}`, () => {
    test("a life of orders", async () => {
      const ws = client();
      const { low, lower } = await prices();
      const placed = (await ws.submitNewSpotOrder({ ...limit(low), timestamp: Date.now() })).result;
      check.equal(placed.status, "NEW");
      check.equal((await ws.getSpotOrderStatus({ symbol, orderId: placed.orderId, timestamp: Date.now() })).result.orderId, placed.orderId);
      const replaced = (await ws.cancelReplaceSpotOrder({ ...limit(lower), cancelReplaceMode: "ALLOW_FAILURE", cancelOrderId: placed.orderId, timestamp: Date.now() })).result;
      check.equal(replaced.newOrderResult, "SUCCESS");
      const next = replaced.newOrderResponse.orderId;
      check.equal((await ws.getSpotOpenOrders({ symbol, timestamp: Date.now() })).result.length, 1);
      check.equal((await ws.cancelSpotOrder({ symbol, orderId: next, timestamp: Date.now() })).result.status, "CANCELED");
      const market = (await ws.submitNewSpotOrder({ symbol, side: "SELL", type: "MARKET", quantity: 0.001, newOrderRespType: "FULL", timestamp: Date.now() })).result;
      check.equal(market.status, "FILLED");
      check.ok((await ws.getSpotMyTrades({ symbol, timestamp: Date.now() })).result.length >= 1);
      check.ok((await ws.getSpotAllOrders({ symbol, timestamp: Date.now() })).result.length >= 3);
      const account = await ws.getSpotAccountInformation({ timestamp: Date.now() });
      check.ok(account.result.balances.length >= 3);
      check.ok(account.rateLimits.some((each) => each.rateLimitType === "REQUEST_WEIGHT"));
      await ws.submitNewSpotOrder({ ...limit(low), timestamp: Date.now() });
      check.equal((await ws.cancelAllSpotOpenOrders({ symbol, timestamp: Date.now() })).result.length, 1);
    });
    test("errors keep their code", async () => {
      const { low } = await prices();
      const error = await client().submitNewSpotOrder({ ...limit(low), quantity: 100, timestamp: Date.now() }).then(() => null, (e) => e);
      check.equal((error.error ?? error).code, -2010);
    });
  });
}

describe("the WebSocket API: market data", () => {
  test("answers as REST does", async () => {
    check.equal((await api.getSpotOrderBook({ symbol, limit: 5 })).result.bids.length, 5);
    check.equal((await api.getSpotRecentTrades({ symbol, limit: 2 })).result.length, 2);
    check.equal((await api.getSpotKlines({ symbol, interval: "1m", limit: 1 })).result[0].length, 12);
    check.equal((await api.getSpot24hrTicker({ symbol })).result.symbol, symbol);
    check.equal((await api.getSpotSymbolPriceTicker({ symbol })).result.symbol, symbol);
    check.equal((await api.getSpotExchangeInfo({ symbol })).result.symbols.length, 1);
  });
});

describe("streams and user data", () => {
  test("market events, formatted by the client", async () => {
    const keys = venue.keys();
    const ws = new WebsocketClient({ api_key: keys.hmacKey, api_secret: keys.hmacSecret, wsUrl: venue.ws, beautify: true }, quiet);
    const seen = new Map();
    ws.on("formattedMessage", (event) => seen.set(Array.isArray(event) ? event[0]?.eventType : event.eventType, event));
    ws.on("exception", () => {});
    ws.subscribeTrades(symbol, "spot");
    ws.subscribeAggregateTrades(symbol, "spot");
    ws.subscribeKlines(symbol, "1m", "spot");
    ws.subscribeSymbol24hrTicker(symbol, "spot");
    ws.subscribeSymbolBookTicker(symbol, "spot");
    ws.subscribeDiffBookDepth(symbol, 100, "spot");
    for (const kind of ["trade", "aggTrade", "kline", "24hrTicker", "depthUpdate"]) {
      const event = await until(kind, async () => seen.get(kind));
      check.equal(event.symbol, symbol);
    }
    check.equal(typeof seen.get("trade").price, "number");
    check.ok(seen.get("kline").kline.high >= seen.get("kline").kline.low);
    ws.closeAll(true);
  });
  test("own fills arrive by a signed subscription", async () => {
    const events = [];
    const keys = venue.keys();
    const user = new WebsocketAPIClient({ api_key: keys.hmacKey, api_secret: keys.hmacSecret, wsUrl: venue.ws, beautify: true, attachEventListeners: false }, quiet);
    user.getWSClient().on("formattedUserDataMessage", (event) => events.push(event));
    user.getWSClient().on("exception", () => {});
    await user.subscribeUserDataStream("mainWSAPI");
    await rest.submitNewOrder({ symbol, side: "BUY", type: "MARKET", quantity: 0.001 });
    const fill = await until("a fill", async () => events.find((event) => event.executionType === "TRADE"));
    check.equal(fill.side, "BUY");
    check.equal(fill.symbol, symbol);
    const position = await until("balances", async () => events.find((event) => event.eventType === "outboundAccountPosition"));
    check.ok(position.balances.some((each) => each.asset === "BTC"));
    user.getWSClient().closeAll(true);
  });
});

describe("errors", () => {
  test("carry the venue's code", async () => {
    const { low } = await prices();
    const refused = async (call, code) => {
      const error = await call.then(() => null, (e) => e);
      check.equal(error?.code, code, error?.message);
    };
    await refused(rest.getOrderBook({ symbol: "NOPE" }), -1121);
    await refused(rest.getKlines({ symbol, interval: "2m" }), -1120);
    await refused(rest.getOrder({ symbol, orderId: 999999999 }), -2013);
    await refused(rest.cancelOrder({ symbol, orderId: 999999999 }), -2011);
    await refused(rest.submitNewOrder(limit(low, { side: "LONG" })), -1117);
    await refused(rest.submitNewOrder(limit(low, { quantity: 0.000001 })), -1013);
    await refused(rest.submitNewOrder(limit(low, { quantity: "0.0000000001" })), -1111);
    await refused(rest.submitNewOrder({ symbol, side: "SELL", type: "STOP_LOSS", quantity: 0.01, stopPrice: low * 2 }), -2010);
    await refused(rest.getAggregateTrades({ symbol, fromId: 1, startTime: 1 }), -1128);
    await refused(rest.get24hrChangeStatistics({ symbol, type: "SMALL" }), -1139);
    await refused(rest.getRollingWindowTicker({ symbol, windowSize: "8d" }), -1130);
  });
});
