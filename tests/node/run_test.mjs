// usage: node run_test.mjs FILE: one file of tests, by node's own runner. Exit code 77 (skipped)
// where the clients are not installed; ./dev test installs them.
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
if (!existsSync(join(here, "node_modules", "ccxt"))) {
  console.log(`skipped ${process.argv[2]}: the clients are not installed (cd tests/node && npm ci)`);
  process.exit(77);
}
const run = spawnSync(process.execPath, ["--test", "--test-timeout=240000", "--test-reporter=spec", join(here, process.argv[2])], { stdio: "inherit" });
process.exit(run.status ?? 1);
