// The independent auditor: reads a gateway's journal and the venue's own record of its account, and
// says whether they agree on every order, fill and fee. It shares no code with the gateway and asks
// the gateway nothing. Everything must be at rest: no order of the gateway open at the venue.
//
// usage: node audit.mjs JOURNAL_DIR TRUTH.json [MEMORY_DIR]; exit 0 when they agree
import { readFileSync } from "node:fs";
import { readJournal } from "./journal_file.mjs";

const RUN = 16, INSTRUMENT = 17, ASSET = 18, ORDER = 19, NOT_SENT = 20, REPORT = 21;
const NEW_ORDER_FAILED = 22, PROVEN_ABSENT = 25;
const SIDES = ["BUY", "SELL"];
const TRADE = 2;
const STATES = { 4: "CANCELED", 5: "REJECTED", 6: "EXPIRED" };

const [directory, truthFile, memory] = process.argv.slice(2);
const truth = JSON.parse(readFileSync(truthFile, "utf8"));
const problems = [];
const expect = (isTrue, text) => isTrue || problems.push(text);

const text = (bytes) => bytes.toString("utf8").replace(/\0+$/, "");
// Decimals are compared as integers of 1e-8.
function raw(decimal) {
  const [whole, fraction = ""] = String(decimal).replace("-", "").split(".");
  const value = BigInt(whole) * 100000000n + BigInt(fraction.padEnd(8, "0"));
  return String(decimal).startsWith("-") ? -value : value;
}
// "<gateway>-<epoch, 6 hex digits>-<sequence, 10>"
const clientId = (gateway, id) =>
  `${gateway}-${(id >> 40n).toString(16).padStart(6, "0")}-${(id & 0xffffffffffn).toString(16).padStart(10, "0")}`;

// ---- what the journal says
const orders = new Map(); // by client id
const fills = new Map(); // by symbol and trade id
let runs = 0;
{
  let gateway = "";
  let symbols = new Map();
  let assets = new Map();
  const names = new Map(); // order id to client id
  for (const { type, sequence, payload } of readJournal(directory, memory)) {
    const orderOf = () => orders.get(names.get(payload.readBigUInt64LE(8)));
    if (type === RUN) {
      gateway = text(payload.subarray(16, 24));
      symbols = new Map();
      assets = new Map();
      runs += 1;
    } else if (type === INSTRUMENT) {
      symbols.set(payload.readUInt16LE(0), text(payload.subarray(8)));
    } else if (type === ASSET) {
      assets.set(payload.readUInt16LE(0), text(payload.subarray(8)));
    } else if (type === ORDER) {
      const id = payload.readBigUInt64LE(8);
      const name = clientId(gateway, id);
      expect(!names.has(id), `record ${sequence}: the id of ${name} is used again`);
      names.set(id, name);
      orders.set(name, {
        name,
        px: payload.readBigInt64LE(24),
        qty: payload.readBigInt64LE(32),
        symbol: symbols.get(payload.readUInt16LE(40)),
        side: SIDES[payload.readUInt8(44)],
        filled: 0n,
      });
    } else if (type === NOT_SENT) {
      orderOf().end = "NOT SENT";
    } else if (type === NEW_ORDER_FAILED && payload.readUInt8(20) !== 1 && payload.readUInt8(20) !== 2) {
      orderOf().end ??= "REJECTED";
    } else if (type === PROVEN_ABSENT) {
      orderOf().end ??= "ABSENT";
    } else if (type === REPORT) {
      const order = orderOf();
      if (!order) continue; // of another program on the account
      const trade = payload.readBigUInt64LE(32);
      if (payload.readUInt8(109) === TRADE && trade !== 0n) {
        const key = `${symbols.get(payload.readUInt16LE(104))} ${trade}`;
        if (fills.has(key)) continue; // told again: by reply, stream and query
        order.filled += payload.readBigInt64LE(80);
        fills.set(key, {
          order: order.name,
          px: payload.readBigInt64LE(72),
          qty: payload.readBigInt64LE(80),
          fee: payload.readBigInt64LE(88),
          asset: assets.get(payload.readUInt16LE(106)),
        });
      }
      const said = STATES[payload.readUInt8(110)];
      if (said && payload.readUInt8(109) !== TRADE) order.end = said;
    }
  }
}

// ---- what the venue says
const placed = new Map(); // client id to [requests, accepted]
for (const message of truth.messages) {
  if (message.method !== "order.place") continue;
  const counts = placed.get(message.clientOrderId) ?? [0, 0];
  counts[0] += 1;
  if (message.code === 0) counts[1] += 1;
  placed.set(message.clientOrderId, counts);
}
for (const [name, [requests]] of placed) {
  expect(orders.has(name), `${name}: at the venue, and not in the journal`);
  expect(requests === 1, `${name}: sent ${requests} times`);
}

const venueOrders = new Map(truth.orders.map((order) => [order.clientOrderId, order]));
const venueIds = new Map(truth.orders.map((order) => [order.orderId, order.clientOrderId]));
for (const order of orders.values()) {
  const theirs = venueOrders.get(order.name);
  const end = order.filled >= order.qty ? "FILLED" : order.end ?? "OPEN";
  if (!theirs) {
    expect(["NOT SENT", "REJECTED", "ABSENT"].includes(end), `${order.name}: ${end}, and the venue never had it`);
    continue;
  }
  const status = theirs.status === "EXPIRED_IN_MATCH" ? "EXPIRED" : theirs.status;
  expect(end === status, `${order.name}: ${end} by the journal, ${status} by the venue`);
  expect(order.symbol === theirs.symbol && order.side === theirs.side, `${order.name}: symbol or side`);
  expect(order.qty === raw(theirs.origQty), `${order.name}: quantity`);
  expect(order.filled === raw(theirs.executedQty), `${order.name}: filled quantity`);
  if (order.px !== 0n) expect(order.px === raw(theirs.price), `${order.name}: price`);
}
for (const name of venueOrders.keys()) {
  expect(orders.has(name), `${name}: an order of the venue that is not in the journal`);
}

const theirFills = new Map(truth.fills.map((fill) => [`${fill.symbol} ${fill.id ?? fill.tradeId}`, fill]));
for (const [key, fill] of theirFills) {
  const ours = fills.get(key);
  if (!ours) {
    problems.push(`trade ${key}: not in the journal`);
    continue;
  }
  expect(ours.order === venueIds.get(fill.orderId), `trade ${key}: of another order`);
  expect(ours.px === raw(fill.price) && ours.qty === raw(fill.qty), `trade ${key}: price or quantity`);
  expect(ours.fee === raw(fill.commission) && ours.asset === fill.commissionAsset, `trade ${key}: fee`);
}
for (const key of fills.keys()) expect(theirFills.has(key), `trade ${key}: the venue does not know it`);

console.log(JSON.stringify({ runs, orders: orders.size, fills: fills.size, sent: placed.size, problems: problems.slice(0, 20), problem_count: problems.length }));
process.exit(problems.length === 0 ? 0 : 1);
