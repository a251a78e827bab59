// @binance/spot, the venue's own connector, unmodified: REST with an HMAC and an Ed25519 key, the
// WebSocket API with session.logon, the streams. What it parses is what is asserted.
import { after, before, describe, test } from "node:test";
import { BadRequestError, Spot, TooManyRequestsError, UnauthorizedError } from "@binance/spot";
import { setTimeout as sleep } from "node:timers/promises";
import { Venue, until } from "./venue.mjs";
import { check, promiseAssertions } from "./check.mjs";

promiseAssertions(120);

const symbol = "BTCUSDT";
let venue;
let rest; // HMAC
let restEd25519;
let api; // WebSocket API, logged on
let streams;

function spot(credentials, timeUnit) {
  return new Spot({
    configurationRestAPI: { ...credentials, basePath: venue.rest, timeUnit, retries: 0 },
    configurationWebsocketAPI: { ...credentials, wsURL: venue.wsApi },
    configurationWebsocketStreams: { wsURL: venue.ws },
  });
}

before(async () => {
  venue = await Venue.start(["--symbols", "BTCUSDT,ETHUSDT", "--market", "generator", "--rate", "200", "--seed", "12"]);
  const keys = venue.keys();
  const hmac = spot({ apiKey: keys.hmacKey, apiSecret: keys.hmacSecret });
  rest = hmac.restAPI;
  const ed25519 = spot({ apiKey: keys.ed25519Key, privateKey: keys.ed25519Private });
  restEd25519 = ed25519.restAPI;
  api = await ed25519.websocketAPI.connect();
  streams = await hmac.websocketStreams.connect();
  await until("a market on both sides", async () => {
    const book = await (await rest.depth({ symbol })).data();
    return book.bids.length > 5 && book.asks.length > 5;
  });
  await until("trades", async () => (await (await rest.getTrades({ symbol })).data()).length > 10);
});
after(async () => {
  await streams.disconnect();
  await api.disconnect();
  check.equal(await venue.stop(), 0);
});

const data = async (reply) => (await reply).data();

async function prices() {
  const book = await data(rest.depth({ symbol, limit: 5 }));
  const tick = (value) => Number(value.toFixed(2));
  const [bid, ask] = [Number(book.bids[0][0]), Number(book.asks[0][0])];
  return { bid, ask, low: tick(bid * 0.9), lower: tick(bid * 0.89), high: tick(ask * 1.1), higher: tick(ask * 1.11), cross: tick(ask * 1.02) };
}

const limit = (price, more = {}) => ({ symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: 0.01, price, ...more });

describe("market data over REST", () => {
  test("general", async () => {
    check.deepEqual(await data(rest.ping()), {});
    check.ok(Math.abs(Number((await data(rest.time())).serverTime) - Date.now()) < 60_000);
    const info = await data(rest.exchangeInfo({ symbol }));
    check.equal(info.symbols.length, 1);
    check.equal(info.symbols[0].baseAsset, "BTC");
    check.ok(info.symbols[0].filters.some((filter) => filter.filterType === "LOT_SIZE"));
    check.ok(info.symbols[0].orderTypes.includes("STOP_LOSS_LIMIT"));
    check.ok(info.rateLimits.some((each) => each.rateLimitType === "REQUEST_WEIGHT"));
    check.deepEqual((await data(rest.executionRules({ symbol }))).symbolRules.map((each) => each.symbol), [symbol]);
  });
  test("book, trades, candles, tickers", async () => {
    const depth = await data(rest.depth({ symbol, limit: 10 }));
    check.ok(depth.bids.length <= 10 && Number(depth.bids[0][0]) < Number(depth.asks[0][0]));
    const trades = await data(rest.getTrades({ symbol, limit: 5 }));
    check.equal(trades.length, 5);
    check.equal(Number(trades[1].id), Number(trades[0].id) + 1);
    const older = await data(rest.historicalTrades({ symbol, fromId: 1, limit: 3 }));
    check.equal(Number(older[0].id), 1);
    const aggregate = await data(rest.aggTrades({ symbol, limit: 5 }));
    check.ok(aggregate.every((each) => each.f <= each.l));
    const klines = await data(rest.klines({ symbol, interval: "1m", limit: 2 }));
    check.equal(klines[0].length, 12);
    const uiKlines = await data(rest.uiKlines({ symbol, interval: "1h", limit: 1 }));
    check.equal(uiKlines.length, 1);
    check.equal((await data(rest.avgPrice({ symbol }))).mins, 5);
    const day = await data(rest.ticker24hr({ symbol }));
    check.equal(day.symbol, symbol);
    check.ok(Number(day.count) > 0);
    const mini = await data(rest.ticker24hr({ symbol, type: "MINI" }));
    check.equal(mini.priceChange, undefined);
    const both = await data(rest.ticker24hr({ symbols: ["BTCUSDT", "ETHUSDT"] }));
    check.equal(both.length, 2);
    check.equal((await data(rest.tickerPrice({ symbol }))).symbol, symbol);
    check.ok((await data(rest.tickerPrice())).length >= 2);
    const best = await data(rest.tickerBookTicker({ symbol }));
    check.ok(Number(best.bidPrice) < Number(best.askPrice));
    check.equal((await data(rest.ticker({ symbol, windowSize: "1h" }))).symbol, symbol);
    check.equal((await data(rest.tickerTradingDay({ symbol }))).symbol, symbol);
  });
});

describe("orders over REST", () => {
  test("place with each response type, query, list, cancel", async () => {
    const { low } = await prices();
    const ack = await data(rest.newOrder(limit(low, { newOrderRespType: "ACK", newClientOrderId: "official-1" })));
    check.equal(ack.clientOrderId, "official-1");
    check.equal(ack.status, undefined);
    const result = await data(rest.newOrder(limit(low, { newOrderRespType: "RESULT" })));
    check.equal(result.status, "NEW");
    check.equal(result.fills, undefined);
    const full = await data(rest.newOrder(limit(low, { newOrderRespType: "FULL", strategyId: 7, strategyType: 1000001 })));
    check.deepEqual(full.fills, []);
    check.equal(Number(full.strategyId), 7);
    const queried = await data(rest.getOrder({ symbol, origClientOrderId: "official-1" }));
    check.equal(queried.origQty, "0.01000000");
    check.equal(queried.isWorking, true);
    check.equal((await data(rest.getOpenOrders({ symbol }))).length, 3);
    const canceled = await data(rest.deleteOrder({ symbol, origClientOrderId: "official-1", newClientOrderId: "cancel-1" }));
    check.equal(canceled.status, "CANCELED");
    check.equal(canceled.origClientOrderId, "official-1");
    check.equal(canceled.clientOrderId, "cancel-1");
    const rests = await data(rest.deleteOpenOrders({ symbol }));
    check.equal(rests.length, 2);
    check.ok((await data(rest.allOrders({ symbol }))).length >= 3);
    check.deepEqual(await data(rest.orderTest(limit(low))), {});
    const rates = await data(rest.orderTest(limit(low, { computeCommissionRates: true })));
    check.ok(rates.standardCommissionForOrder.maker !== undefined);
  });
  test("every order type", async () => {
    const { low, lower, high, higher } = await prices();
    const place = (order) => data(rest.newOrder({ symbol, quantity: 0.01, newOrderRespType: "RESULT", ...order }));
    const gone = (order) => data(rest.deleteOrder({ symbol, orderId: order.orderId }));
    const maker = await place({ side: "BUY", type: "LIMIT_MAKER", price: low });
    check.equal(maker.type, "LIMIT_MAKER");
    await gone(maker);
    const stop = await place({ side: "SELL", type: "STOP_LOSS", stopPrice: low });
    check.equal(stop.stopPrice ?? "", `${low.toFixed(2)}000000`);
    await gone(stop);
    const stopLimit = await place({ side: "SELL", type: "STOP_LOSS_LIMIT", timeInForce: "GTC", stopPrice: low, price: lower });
    check.equal(stopLimit.status, "NEW");
    await gone(stopLimit);
    const profit = await place({ side: "SELL", type: "TAKE_PROFIT", stopPrice: high });
    check.equal(profit.type, "TAKE_PROFIT");
    await gone(profit);
    const profitLimit = await place({ side: "SELL", type: "TAKE_PROFIT_LIMIT", timeInForce: "GTC", stopPrice: high, price: higher });
    check.equal(profitLimit.status, "NEW");
    await gone(profitLimit);
    const trailing = await place({ side: "SELL", type: "STOP_LOSS", trailingDelta: 200 });
    check.equal(Number(trailing.trailingDelta), 200);
    await gone(trailing);
    const iceberg = await place({ side: "BUY", type: "LIMIT", timeInForce: "GTC", price: low, quantity: 1, icebergQty: 0.2 });
    check.equal(iceberg.icebergQty, "0.20000000");
    await gone(iceberg);
    const pegged = await place({ side: "BUY", type: "LIMIT", timeInForce: "GTC", pegPriceType: "PRIMARY_PEG", pegOffsetType: "PRICE_LEVEL", pegOffsetValue: 3 });
    check.equal(pegged.pegPriceType, "PRIMARY_PEG");
    check.ok(Number(pegged.peggedPrice) > 0);
    await gone(pegged);
    const market = await data(rest.newOrder({ symbol, side: "BUY", type: "MARKET", quantity: 0.002 }));
    check.equal(market.status, "FILLED");
    check.ok(market.fills.length >= 1 && market.fills[0].commissionAsset === "BTC");
    const byQuote = await data(rest.newOrder({ symbol, side: "SELL", type: "MARKET", quoteOrderQty: 100 }));
    check.equal(byQuote.status, "FILLED");
    check.equal(byQuote.fills[0].commissionAsset, "USDT");
    const trades = await data(rest.myTrades({ symbol, orderId: market.orderId }));
    check.equal(trades.length, market.fills.length);
    check.equal(trades[0].isBuyer, true);
  });
  test("cancel-replace, amend, amendments", async () => {
    const { low, lower } = await prices();
    const first = await data(rest.newOrder(limit(low, { newOrderRespType: "RESULT" })));
    const replaced = await data(rest.orderCancelReplace(limit(lower, { cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: first.orderId, newOrderRespType: "RESULT" })));
    check.equal(replaced.cancelResult, "SUCCESS");
    check.equal(replaced.newOrderResult, "SUCCESS");
    const second = replaced.newOrderResponse;
    const amended = await data(rest.orderAmendKeepPriority({ symbol, orderId: second.orderId, newQty: 0.005 }));
    check.equal(amended.amendedOrder.qty, "0.00500000");
    const amendments = await data(rest.orderAmendments({ symbol, orderId: second.orderId }));
    check.equal(amendments.length, 1);
    check.equal(amendments[0].origQty, "0.01000000");
    await data(rest.deleteOrder({ symbol, orderId: second.orderId }));
    const failed = await rest.orderCancelReplace(limit(low, { cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: 999999999 })).catch((e) => e);
    check.ok(failed instanceof BadRequestError, String(failed));
  });
  test("order lists", async () => {
    const { low, lower, high, higher } = await prices();
    const oco = await data(rest.orderListOco({ symbol, side: "SELL", quantity: 0.01, aboveType: "LIMIT_MAKER", abovePrice: high,
      belowType: "STOP_LOSS_LIMIT", belowStopPrice: low, belowPrice: lower, belowTimeInForce: "GTC" }));
    check.equal(oco.contingencyType, "OCO");
    check.equal(oco.orders.length, 2);
    check.equal(oco.orderReports.length, 2);
    check.equal((await data(rest.openOrderList())).length, 1);
    check.equal((await data(rest.getOrderList({ orderListId: oco.orderListId }))).listOrderStatus, "EXECUTING");
    const gone = await data(rest.deleteOrderList({ symbol, orderListId: oco.orderListId }));
    check.equal(gone.listOrderStatus, "ALL_DONE");
    const oto = await data(rest.orderListOto({ symbol, workingType: "LIMIT", workingSide: "BUY", workingPrice: low, workingQuantity: 0.01, workingTimeInForce: "GTC",
      pendingType: "LIMIT_MAKER", pendingSide: "SELL", pendingPrice: high, pendingQuantity: 0.01 }));
    check.equal(oto.contingencyType, "OTO");
    check.ok(oto.orderReports.some((each) => each.status === "PENDING_NEW"));
    await data(rest.deleteOrderList({ symbol, orderListId: oto.orderListId }));
    const otoco = await data(rest.orderListOtoco({ symbol, workingType: "LIMIT", workingSide: "BUY", workingPrice: low, workingQuantity: 0.01, workingTimeInForce: "GTC",
      pendingSide: "SELL", pendingQuantity: 0.01, pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: high,
      pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: lower }));
    check.equal(otoco.orders.length, 3);
    await data(rest.deleteOrderList({ symbol, orderListId: otoco.orderListId }));
    const opo = await data(rest.orderListOpo({ symbol, workingType: "LIMIT", workingSide: "BUY", workingPrice: low, workingQuantity: 0.01, workingTimeInForce: "GTC",
      pendingType: "LIMIT_MAKER", pendingSide: "SELL", pendingPrice: higher }));
    check.equal(opo.orders.length, 2);
    await data(rest.deleteOrderList({ symbol, orderListId: opo.orderListId }));
    const opoco = await data(rest.orderListOpoco({ symbol, workingType: "LIMIT", workingSide: "BUY", workingPrice: low, workingQuantity: 0.01, workingTimeInForce: "GTC",
      pendingSide: "SELL", pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: higher, pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: lower }));
    check.equal(opoco.orders.length, 3);
    await data(rest.deleteOrderList({ symbol, orderListId: opoco.orderListId }));
    check.ok((await data(rest.allOrderList())).length >= 5);
  });
  test("account", async () => {
    const account = await data(rest.getAccount());
    check.equal(account.canTrade, true);
    check.ok(account.balances.some((each) => each.asset === "BTC"));
    check.ok((await data(rest.getAccount({ omitZeroBalances: true }))).balances.length <= account.balances.length);
    const commission = await data(rest.accountCommission({ symbol }));
    check.equal(commission.standardCommission.taker, "0.00100000");
    const counts = await data(rest.rateLimitOrder());
    check.deepEqual(counts.map((each) => each.interval), ["SECOND", "DAY"]);
    check.deepEqual(await data(rest.myPreventedMatches({ symbol, orderId: 1 })), []);
    check.deepEqual(await data(rest.myAllocations({ symbol })), []);
    check.ok((await data(rest.myFilters({ symbol }))).symbolFilters !== undefined);
  });
  test("an Ed25519 key signs REST requests", async () => {
    const account = await data(restEd25519.getAccount());
    check.equal(account.accountType, "SPOT");
    const { low } = await prices();
    const order = await data(restEd25519.newOrder(limit(low)));
    check.equal(order.status, "NEW");
    await data(restEd25519.deleteOrder({ symbol, orderId: order.orderId }));
  });
  test("microseconds when asked for", async () => {
    const keys = venue.keys();
    const micro = spot({ apiKey: keys.hmacKey, apiSecret: keys.hmacSecret }, "MICROSECOND").restAPI;
    const time = (await data(micro.time())).serverTime;
    check.ok(Number(time) > Date.now() * 900);
  });
});

describe("the WebSocket API", () => {
  test("logs on once, then trades without signatures of its own", async () => {
    const logon = (await api.sessionLogon())[0].data;
    check.equal(logon.apiKey, venue.keys().ed25519Key);
    const status = [await api.sessionStatus()].flat()[0].data;
    check.ok(Number(status.authorizedSince) > 0);
    const { low } = await prices();
    const placed = (await api.orderPlace(limit(low, { newOrderRespType: "RESULT" }))).data;
    check.equal(placed.status, "NEW");
    const queried = (await api.orderStatus({ symbol, orderId: placed.orderId })).data;
    check.equal(queried.price, `${low.toFixed(2)}000000`);
    check.ok((await api.openOrdersStatus({ symbol })).data.length >= 1);
    const replaced = (await api.orderCancelReplace(limit(low, { cancelReplaceMode: "ALLOW_FAILURE", cancelOrderId: placed.orderId, quantity: 0.02, newOrderRespType: "RESULT" }))).data;
    check.equal(replaced.newOrderResponse.origQty, "0.02000000");
    const amended = (await api.orderAmendKeepPriority({ symbol, orderId: replaced.newOrderResponse.orderId, newQty: 0.01 })).data;
    check.equal(amended.amendedOrder.qty, "0.01000000");
    const canceled = (await api.orderCancel({ symbol, orderId: replaced.newOrderResponse.orderId })).data;
    check.equal(canceled.status, "CANCELED");
    await api.orderPlace(limit(low));
    check.equal((await api.openOrdersCancelAll({ symbol })).data.length, 1);
    check.ok((await api.accountStatus()).data.balances.length > 0);
    check.ok((await api.allOrders({ symbol })).data.length > 3);
    check.ok((await api.accountRateLimitsOrders()).data.length === 2);
    check.ok((await api.myTrades({ symbol })).data.length >= 1);
  });
  test("market data", async () => {
    check.ok((await api.depth({ symbol, limit: 5 })).data.bids.length === 5);
    check.equal((await api.tradesRecent({ symbol, limit: 3 })).data.length, 3);
    check.equal((await api.klines({ symbol, interval: "1m", limit: 1 })).data[0].length, 12);
    check.equal((await api.tickerBook({ symbol })).data.symbol, symbol);
    check.equal((await api.exchangeInfo({ symbol })).data.symbols[0].symbol, symbol);
    check.ok(Number((await api.time()).data.serverTime) > 0);
    check.equal((await api.avgPrice({ symbol })).data.mins, 5);
  });
  test("user data events of the subscribed session", async () => {
    const subscribed = await api.userDataStreamSubscribe();
    const events = [];
    subscribed.stream.on("message", (event) => events.push(event));
    await api.orderPlace({ symbol, side: "BUY", type: "MARKET", quantity: 0.001 });
    const report = await until("a fill", async () => events.find((each) => (each.x ?? each.event?.x) === "TRADE"));
    check.equal((report.event ?? report).S, "BUY");
    const position = await until("the balances", async () => events.find((each) => (each.e ?? each.event?.e) === "outboundAccountPosition"));
    check.ok((position.event ?? position).B.length >= 2);
  });
});

describe("streams", () => {
  // At most five messages a second may go to the venue, or it cuts the line: so it is tried here.
  const first = async (subscription) => {
    const event = await new Promise((resolve) => subscription.on("message", resolve));
    await sleep(250);
    return event;
  };
  test("each kind says what it should", async () => {
    check.equal((await first(streams.bookTicker({ symbol }))).s, symbol);
    const depth = await first(streams.diffBookDepth({ symbol, updateSpeed: "100ms" }));
    check.equal(depth.e, "depthUpdate");
    check.ok(Number(depth.u) >= Number(depth.U));
    const partial = await first(streams.partialBookDepth({ symbol, levels: "5", updateSpeed: "100ms" }));
    check.ok(partial.bids.length <= 5);
    check.equal((await first(streams.trade({ symbol }))).e, "trade");
    check.equal((await first(streams.aggTrade({ symbol }))).e, "aggTrade");
    const kline = await first(streams.kline({ symbol, interval: "1m" }));
    check.equal(kline.k.i, "1m");
    check.equal((await first(streams.miniTicker({ symbol }))).e, "24hrMiniTicker");
    check.equal((await first(streams.ticker({ symbol }))).e, "24hrTicker");
    check.equal((await first(streams.avgPrice({ symbol }))).e, "avgPrice");
    check.equal((await first(streams.rollingWindowTicker({ symbol, windowSize: "1h" }))).e, "1hTicker");
    check.ok((await first(streams.allMiniTicker())).length >= 1);
  });
});

describe("errors", () => {
  test("arrive as the connector's own classes with the venue's code", async () => {
    const { low, cross } = await prices();
    const refused = async (call, code, kind = BadRequestError) => {
      const error = await call.then(() => null, (e) => e);
      check.ok(error instanceof kind, `${code}: ${error}`);
      check.equal(error.code, code);
    };
    await refused(rest.depth({ symbol: "NOPE" }), -1121);
    await refused(rest.klines({ symbol, interval: "9m" }), -1120);
    await refused(rest.newOrder(limit(low, { quantity: 100 })), -2010);
    await refused(rest.newOrder({ symbol, side: "BUY", type: "LIMIT_MAKER", quantity: 0.01, price: cross }), -2010);
    await refused(rest.newOrder(limit(low, { newClientOrderId: "no$good" })), -1100);
    await refused(rest.newOrder(limit(low, { strategyType: 5 })), -1134);
    await refused(rest.newOrder({ symbol, side: "BUY", type: "MARKET" }), -1102);
    await refused(rest.newOrder({ symbol, side: "BUY", type: "MARKET", quantity: 0.01, timeInForce: "GTC" }), -1106);
    await refused(rest.getOrder({ symbol, orderId: 999999999 }), -2013);
    await refused(rest.deleteOrder({ symbol, orderId: 999999999 }), -2011);
    await refused(rest.deleteOrder({ symbol, orderId: 1, cancelRestrictions: "ONLY_OLD" }), -1145);
    await refused(rest.orderAmendKeepPriority({ symbol, orderId: 999999999, newQty: 1 }), -2038);
    await refused(rest.referencePrice({ symbol }), -2043);
    await refused(rest.ticker24hr({ symbols: ["BTCUSDT", "BTCUSDT"] }), -1151);
    await refused(rest.orderListOco({ symbol, side: "SELL", quantity: 0.01, aboveType: "LIMIT_MAKER", abovePrice: low,
      belowType: "STOP_LOSS", belowStopPrice: cross }), -2010);
  });
});
