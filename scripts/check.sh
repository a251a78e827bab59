#!/usr/bin/env bash
# Everything a change must pass before it lands. Each step can be named alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/dev_lib.sh

step_format() {
  say "format"
  our_sources | xargs -0 -P 2 -n 40 clang-format-19 --dry-run --Werror
  shellcheck -x -P SCRIPTDIR dev scripts/*.sh .ci/run
}
step_tidy() {
  build_preset release tidy_tests
  run_tests release '^tidy\.'
}
step_headers() {
  build_preset release all_verify_interface_header_sets
}
step_clang() { build_preset clang; }
# The linter runs beside the compiler, so that only what changed is read again. New rules read all.
step_lint() {
  if ! cmp -s .clang-tidy build/lint/rules; then
    rm -rf build/lint
    mkdir -p build/lint
    cp .clang-tidy build/lint/rules
  fi
  build_preset lint all -- -k 0
}
step_asan() { build_preset asan && run_tests asan; }
step_tsan() { build_preset tsan && run_tests tsan; }

# Says how long each step took, also when one has failed.
print_times() {
  [ ${#times[@]} -eq 0 ] || printf '%s\n' "${times[@]}" >&2
}

ensure_check_packages
ensure_node_modules
steps=("$@")
[ ${#steps[@]} -eq 0 ] && steps=(format tidy headers clang lint asan tsan)
times=()
trap print_times EXIT
for step in "${steps[@]}"; do
  declare -F "step_${step}" >/dev/null ||
    die "check: no step '${step}'; there are: format tidy headers clang lint asan tsan"
  begin=${SECONDS}
  "step_${step}"
  times+=("$(printf '%-8s %4d s' "${step}" $((SECONDS - begin)))")
done
say "all checks passed: ${steps[*]}"
