// The page's hands: the live feed, the buttons, the keys.
import {draw, setText} from '/draw.js';

const byId = (id) => document.getElementById(id);
let view = null;
let feed = null;

// --- the live feed

function connect() {
  feed = new WebSocket(`ws://${location.host}/live`);
  feed.onopen = () => byId('link').classList.add('on');
  feed.onmessage = (message) => {
    view = JSON.parse(message.data);
    draw(view, {remove, cut});
  };
  feed.onclose = () => {
    byId('link').classList.remove('on');
    setTimeout(connect, 1000);
  };
}

function select(name) {
  if (feed?.readyState === WebSocket.OPEN) feed.send(JSON.stringify({symbol: name}));
}

// --- calls

async function call(method, path, body) {
  const problem = byId('problem');
  try {
    const answer = await fetch(path, {method, body: body === undefined ? undefined : JSON.stringify(body)});
    const json = await answer.json();
    setText(problem, answer.ok ? '' : json.error);
    return answer.ok ? json : null;
  } catch {
    setText(problem, 'The simulator does not answer. Is it still running?');
    return null;
  }
}

const remove = (name) => call('DELETE', `/faults?name=${encodeURIComponent(name)}`);
const cut = (id) => call('DELETE', `/connections?id=${id}`);
const clear = () => call('DELETE', '/faults');
const toggleHalt = () => view && call('POST', '/symbols/status', {
  symbol: view.symbol.name,
  status: view.symbol.status === 'TRADING' ? 'HALT' : 'TRADING',
});

// --- faults for one click

const stream = (kind) => `${view.symbol.name.toLowerCase()}@${kind}`;
const presets = [
  ['Lose an order’s reply', () => ({action: 'drop_reply', method: 'order.place'})],
  ['Order’s reply 3 s late', () => ({action: 'delay_reply', method: 'order.place', delay: '3s'})],
  ['-1007, but it was done', () => ({action: 'error', method: 'order.place', code: -1007})],
  ['Fill just before a cancel', () => ({action: 'late_fill', method: 'order.cancel', delay: '500ms'})],
  ['User stream silent 5 s', () => ({action: 'drop_event', method: '*', for: '5s'})],
  ['End the user streams', () => ({action: 'terminate_user_streams'})],
  ['Depth gap', () => ({action: 'drop_market', stream: stream('depth*')})],
  ['Crossed bookTicker', () => ({action: 'falsify_market', stream: stream('bookTicker'), lie: 'crossed_book'})],
  ['Feed frozen 5 s', () => ({action: 'drop_market', stream: stream('*'), for: '5s'})],
  ['Cut all streams', () => ({action: 'cut', what: 'streams'})],
  ['Refuse connections 10 s', () => ({action: 'refuse_connections', for: '10s'})],
  ['Clock 10 s ahead', () => ({action: 'offset_clock', by_ms: 10000})],
];
for (const [title, fault] of presets) {
  const button = byId('presets').appendChild(document.createElement('button'));
  button.type = 'button';
  button.textContent = title;
  button.onclick = () => view && call('POST', '/faults', fault());
}

// --- any fault

const common = ['name', 'at', 'every', 'for', 'skip', 'count', 'probability_ppm'];
const narrowing = {method: ['symbol', 'account', 'client_order_id', 'api_key'], stream: ['symbol'], on: []};
const examples = {
  method: 'order.place', stream: '*@depth*', on: 'order.place', delay: '300ms', jitter: '50ms', at: '2s', every: '10s',
  for: '5s', skip: '0', count: '1', probability_ppm: '100000', code: '-1007', symbol: 'BTCUSDT', account: 'main',
  by_ms: '-3000', lasts: '2m', notice: '10s', interval: '10ms', retry_after: '30s', amount: '100', asset: 'USDT',
};
const wholeNumbers = new Set(['skip', 'count', 'probability_ppm', 'ms', 'code', 'status_code', 'bytes', 'share_ppm',
  'by_ms', 'messages', 'weight', 'orders_10s', 'orders_day']);
const choices = {
  accept: ['', 'true', 'false'], stays: ['', 'true', 'false'], what: ['', 'streams', 'ws-api', 'http', 'all'],
};
let actions = [];

function fieldFor(name) {
  const label = document.createElement('label');
  label.textContent = name;
  let field;
  if (choices[name]) {
    field = document.createElement('select');
    for (const choice of choices[name]) field.append(new Option(choice || '–', choice));
  } else {
    field = document.createElement('input');
    field.placeholder = examples[name] ?? '';
    field.spellcheck = false;
  }
  field.name = name;
  label.append(field);
  return label;
}

function showFields() {
  const action = actions.find((each) => each.action === byId('action').value);
  if (!action) return;
  setText(byId('about'), action.about);
  const own = action.keys.split(/[^a-z_0-9]+/).filter(Boolean);
  const names = [...new Set([action.tie, ...own, ...narrowing[action.tie], ...common])];
  byId('fields').replaceChildren(...names.map(fieldFor));
}

function faultOfForm() {
  const fault = {};
  for (const [name, text] of new FormData(byId('form'))) {
    if (text === '') continue;
    const isNumber = wholeNumbers.has(name) || (name === 'status' && /^\d+$/.test(text));
    if (text === 'true' || text === 'false') fault[name] = text === 'true';
    else if (isNumber && /^-?\d+$/.test(text)) fault[name] = Number(text);
    else fault[name] = text;
  }
  return fault;
}

async function loadActions() {
  const catalogue = await call('GET', '/fault_actions');
  if (!catalogue) return setTimeout(loadActions, 2000);
  actions = catalogue.actions;
  choices.lie = catalogue.lies;
  choices.fault = catalogue.wire_faults;
  byId('action').replaceChildren(...actions.map((each) => new Option(each.action, each.action)));
  showFields();
}

// --- wiring

const tabs = [...document.querySelectorAll('[role=tab]')];
function showTab(chosen) {
  for (const tab of tabs) {
    tab.setAttribute('aria-selected', String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    byId(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
  }
}
tabs.forEach((tab, i) => {
  tab.onclick = () => showTab(tab);
  tab.onkeydown = (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const next = tabs[(i + step + tabs.length) % tabs.length];
    showTab(next);
    next.focus();
    event.stopPropagation();
  };
});
showTab(tabs[0]);

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem('theme', theme); } catch { /* a private window */ }
}
function storedTheme() {
  try { return localStorage.getItem('theme'); } catch { return null; }
}
const toggleTheme = () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
setTheme(storedTheme() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));

function step(by) {
  if (!view) return;
  const names = view.symbols.map((symbol) => symbol.name);
  select(names[(names.indexOf(view.symbol.name) + by + names.length) % names.length]);
}
function openForm() {
  byId('custom').open = true;
  byId('action').focus();
}

byId('symbols').onclick = (event) => select(event.target.closest('tr').item.name);
byId('halt').onclick = toggleHalt;
byId('clear').onclick = clear;
byId('theme').onclick = toggleTheme;
byId('action').onchange = showFields;
byId('form').onsubmit = (event) => {
  event.preventDefault();
  call('POST', '/faults', faultOfForm());
};

const keys = {
  ArrowUp: () => step(-1), ArrowDown: () => step(1), f: openForm, c: clear, h: toggleHalt, t: toggleTheme,
  1: () => showTab(tabs[0]), 2: () => showTab(tabs[1]), 3: () => showTab(tabs[2]), 4: () => showTab(tabs[3]),
};
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') return document.activeElement?.blur();
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest('input, select, textarea, summary')) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

loadActions();
connect();
