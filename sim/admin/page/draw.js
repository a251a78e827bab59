// Draws what the live feed tells. Text goes into the page as text and nothing else: client order
// ids are anybody's words.

const byId = (id) => document.getElementById(id);

// Makes the rows of a table's body as many as the items and writes their cells. Rows and cells stay
// where they are, so that a selection, a scroll position and the focus do.
// cell: {text, kind} or {button, act}; a string is a plain text.
export function fill(body, items, cellsOf, rowKind = () => '') {
  while (body.rows.length > items.length) body.deleteRow(-1);
  items.forEach((item, index) => {
    const row = body.rows[index] ?? body.insertRow();
    row.item = item;
    setClass(row, rowKind(item));
    const cells = cellsOf(item);
    while (row.cells.length > cells.length) row.deleteCell(-1);
    cells.forEach((cell, column) => drawCell(row.cells[column] ?? row.insertCell(), cell));
  });
  body.parentElement.classList.toggle('filled', items.length > 0);
}

function drawCell(td, cell) {
  if (typeof cell === 'string') cell = {text: cell};
  setClass(td, cell.kind ?? '');
  if (cell.button) {
    const button = td.firstElementChild ?? td.appendChild(document.createElement('button'));
    button.type = 'button';
    button.title = cell.title ?? '';
    setText(button, cell.button);
    button.onclick = () => cell.act();
    return;
  }
  if (cell.small !== undefined) {
    if (td.children.length !== 2) td.replaceChildren(document.createElement('span'), document.createElement('small'));
    setText(td.children[0], cell.text);
    setText(td.children[1], cell.small);
    return;
  }
  if (cell.share !== undefined) {
    const span = td.firstElementChild ?? td.appendChild(document.createElement('span'));
    td.style.setProperty('--share', cell.share.toFixed(1));
    setText(span, cell.text);
    return;
  }
  setText(td, cell.text);
  if (td.title !== (cell.title ?? '')) td.title = cell.title ?? '';
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

const pad = (value, length = 2) => String(value).padStart(length, '0');
export function clockText(ms) {
  const at = new Date(ms);
  return `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}.${pad(at.getUTCMilliseconds(), 3)}`;
}
function ageText(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor(seconds / 60) % 60)} m`;
}
// Eight places are the venue's way; people want those that say something.
const brief = (amount) => amount.includes('.') ? amount.replace(/\.?0+$/, '') || '0' : amount;
// As many places as the tick has, so that a column of prices lines up.
function atTick(price, tick) {
  const places = tick.includes('.') ? tick.split('.')[1].length : 0;
  const [whole, part = ''] = price.split('.');
  return places === 0 ? whole : `${whole}.${part.padEnd(places, '0')}`;
}
const sideKind = (side) => side === 'BUY' ? 'buy' : 'sell';

// Display only: a sum of shown quantities and bar lengths need no exactness.
function drawSide(id, levels, tick, most, isAsks) {
  let sum = 0;
  const rows = levels.map(([price, qty]) => ({price, qty, sum: (sum += Number(qty))}));
  if (isAsks) rows.reverse();
  fill(byId(id), rows, (row) => [
    {text: atTick(row.price, tick), kind: 'px'},
    brief(row.qty),
    {text: row.sum.toPrecision(6).replace(/\.?0+$/, ''), kind: 'sum', share: 100 * row.sum / most},
  ]);
}

const mids = new Map();  // by symbol: the last minute's
const kMidsKept = 240;

function drawSpark(name, mid) {
  const line = mids.get(name) ?? [];
  mids.set(name, line);
  line.push(mid);
  if (line.length > kMidsKept) line.shift();
  const low = Math.min(...line);
  const span = Math.max(...line) - low || 1;
  const points = line.map((value, i) => `${(160 * (kMidsKept - line.length + i) / (kMidsKept - 1)).toFixed(1)},${(22 - 20 * (value - low) / span).toFixed(1)}`);
  byId('spark').firstElementChild.setAttribute('points', points.join(' '));
}

function drawBook(symbol) {
  setText(byId('symbol-name'), symbol.name);
  const status = byId('symbol-status');
  setText(status, symbol.status);
  status.classList.toggle('bad', symbol.status !== 'TRADING');
  setText(byId('halt'), symbol.status === 'TRADING' ? 'Halt' : 'Resume');
  const total = (levels) => levels.reduce((sum, [, qty]) => sum + Number(qty), 0);
  const most = Math.max(total(symbol.bids), total(symbol.asks)) || 1;
  drawSide('asks', symbol.asks, symbol.tick, most, true);
  drawSide('bids', symbol.bids, symbol.tick, most, false);
  const bid = symbol.bids[0]?.[0];
  const ask = symbol.asks[0]?.[0];
  const last = symbol.trades[0]?.price;
  setText(byId('mid'), last ? atTick(last, symbol.tick) : '–');
  setText(byId('spread'), bid && ask ? `spread ${brief((Number(ask) - Number(bid)).toFixed(8))} · update ${symbol.updateId}` : 'one side is empty');
  if (bid && ask) drawSpark(symbol.name, (Number(bid) + Number(ask)) / 2);
  fill(byId('trades'), symbol.trades, (trade) => [
    {text: clockText(trade.time), kind: 'faint'},
    {text: atTick(trade.price, symbol.tick), kind: trade.buyerIsMaker ? 'n sell' : 'n buy'},
    {text: brief(trade.qty), kind: 'n'},
  ]);
}

function drawOrders(view) {
  fill(byId('orders'), view.orders, (order) => [
    order.account, order.symbol, {text: String(order.orderId), kind: 'n'},
    {text: order.clientOrderId, kind: 'long', title: order.clientOrderId},
    {text: order.side, kind: sideKind(order.side)}, order.type,
    {text: brief(order.price), kind: 'n'}, {text: brief(order.qty), kind: 'n'},
    {text: brief(order.cumQty), kind: 'n'}, order.status, {text: clockText(order.time), kind: 'n faint'},
  ]);
  fill(byId('events'), view.events, (event) => [
    {text: clockText(event.timeNs / 1e6), kind: 'n faint'}, event.account, event.symbol,
    {text: String(event.orderId), kind: 'n'},
    {text: event.clientOrderId, kind: 'long', title: event.clientOrderId},
    {text: event.side, kind: sideKind(event.side)}, {text: event.type, kind: 'strong'}, event.status,
    {text: brief(event.price), kind: 'n'}, {text: brief(event.qty), kind: 'n'}, {text: brief(event.cumQty), kind: 'n'},
    {text: event.lastQty ? `${brief(event.lastQty)} @ ${brief(event.lastPrice)}` : '', kind: 'n'},
  ]);
}

function drawAccounts(view) {
  const rows = view.accounts.flatMap((account) => account.balances.map((balance, i) => ({account, balance, isFirst: i === 0})));
  fill(byId('accounts'), rows, ({account, balance, isFirst}) => [
    {text: isFirst ? account.name : '', kind: 'strong'}, balance.asset, {text: brief(balance.free), kind: 'n'},
    {text: brief(balance.locked), kind: balance.locked === '0' ? 'n faint' : 'n'},
    {text: isFirst ? String(account.orders10s) : '', kind: 'n faint'},
  ]);
}

function drawFaults(plan, remove) {
  const name = (fault) => fault.problem ? `${fault.name}: ${fault.problem}` : fault.name;
  fill(byId('faults'), plan.faults, (fault) => [
    {text: name(fault), kind: 'what', small: `${fault.action} ${fault.summary}`},
    fault.state, {text: String(fault.matched), kind: 'n'}, {text: String(fault.fired), kind: 'n fired'},
    {button: 'remove', kind: 'n', title: `forget ${fault.name}`, act: () => remove(fault.name)},
  ], (fault) => `${fault.fired > 0 ? 'did' : 'never'} ${fault.state}`);
  setText(byId('scenario'), plan.scenario);
}

function drawConnections(view, cut) {
  fill(byId('connections'), view.connections, (line) => [
    {text: String(line.id), kind: 'n'}, line.kind, line.remote, {text: ageText(line.ageMs), kind: 'n'},
    {text: String(line.in), kind: 'n'}, {text: String(line.out), kind: 'n'},
    {text: line.queued ? `${line.queued} (${line.queuedBytes} B)` : '0', kind: line.queued ? 'n strong' : 'n faint'},
    {text: line.subscriptions.join(', '), kind: 'wide', title: line.subscriptions.join('\n')},
    {button: 'cut', kind: 'n', title: `cut connection ${line.id}`, act: () => cut(line.id)},
  ]);
}

function drawTotals(view) {
  const facts = [
    ['connections', view.connections.length], ['open orders', view.orders.length],
    ['faults', view.plan.faults.length], ['up', ageText(view.uptimeMs)],
  ];
  const list = byId('totals');
  while (list.children.length < facts.length) {
    const pair = list.appendChild(document.createElement('div'));
    pair.append(document.createElement('dt'), ' ', document.createElement('dd'));
  }
  facts.forEach(([name, value], i) => {
    setText(list.children[i].firstElementChild, name);
    setText(list.children[i].lastElementChild, String(value));
  });
  const skew = byId('skew');
  const isOff = view.skewMs !== 0 || view.isFrozen;
  skew.hidden = !isOff;
  skew.classList.add('bad');
  setText(skew, view.isFrozen ? 'clock frozen' : `clock off by ${view.skewMs} ms`);
}

// hands: {select, remove, cut}
export function draw(view, hands) {
  setText(byId('clock'), clockText(view.time));
  drawTotals(view);
  fill(byId('symbols'), view.symbols, (symbol) => [
    symbol.name,
    symbol.status === 'TRADING' ? {text: brief(symbol.last === '0' ? symbol.bid : symbol.last), kind: 'n'}
                                : {text: symbol.status, kind: 'n off'},
  ], (symbol) => symbol.name === view.symbol.name ? 'selected' : '');
  drawBook(view.symbol);
  drawOrders(view);
  drawAccounts(view);
  drawConnections(view, hands.cut);
  drawFaults(view.plan, hands.remove);
  const counts = {orders: view.orders, events: view.events, accounts: view.accounts, connections: view.connections};
  for (const [name, list] of Object.entries(counts)) {
    setText(byId(`tab-${name}`).lastElementChild, list.length ? String(list.length) : '');
  }
}
