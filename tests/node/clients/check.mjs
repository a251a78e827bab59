// node:assert, counted: a client's file says at the end how much it has asserted, and fails when it
// is less than it promised.
import strict from "node:assert/strict";
import { after } from "node:test";

let count = 0;
const counted = (name) => (...args) => {
  count++;
  return strict[name](...args);
};

export const check = {
  equal: counted("equal"),
  deepEqual: counted("deepEqual"),
  notEqual: counted("notEqual"),
  ok: counted("ok"),
  match: counted("match"),
  rejects: counted("rejects"),
};

export function promiseAssertions(least) {
  after(() => {
    console.log(`${count} assertions`);
    strict.ok(count >= least, `${count} assertions, fewer than the ${least} promised`);
    // Some clients keep a timer or a reconnecting socket for ever.
    setTimeout(() => process.exit(), 2_000).unref();
  });
}
