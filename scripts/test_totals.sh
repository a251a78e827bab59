#!/usr/bin/env bash
# test_totals.sh RESULTS.xml: names the skipped tests and prints the one line of totals from ctest's
# JUnit report. Fails when anything failed, or when nothing ran.
set -euo pipefail
results=$1
count() { sed -n "s/.*<testsuite[^>]* $1=\"\([0-9]*\)\".*/\1/p;s/^[[:space:]]*$1=\"\([0-9]*\)\".*/\1/p" "${results}" | head -1; }
total=$(count tests)
failed=$(count failures)
not_run=$(count disabled)
skipped=$(count skipped)
: "${total:=0}" "${failed:=0}" "${not_run:=0}" "${skipped:=0}"
skipped=$((skipped + not_run))
passed=$((total - failed - skipped))
grep -o '<testcase name="[^"]*"[^>]*status="\(notrun\|disabled\)"' "${results}" |
  sed 's/.*name="\([^"]*\)".*/skipped: \1/' || true
printf '%d passed, %d failed, %d skipped\n' "${passed}" "${failed}" "${skipped}"
[ "${failed}" -eq 0 ] && [ "${passed}" -gt 0 ]
