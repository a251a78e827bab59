#!/usr/bin/env bash
# Everything a change must pass before it lands. Each step can be named alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/dev_lib.sh

step_format() {
  say "format"
  our_sources | xargs -0 clang-format-19 --dry-run --Werror
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
step_lint() {
  build_preset clang
  say "clang-tidy"
  git ls-files -z -- '*.cpp' ':!tests' ':!bench' |
    xargs -0 -P 2 -n 4 clang-tidy-19 -p build/clang --quiet
}
step_asan() { build_preset asan && run_tests asan; }
step_tsan() { build_preset tsan && run_tests tsan; }

ensure_check_packages
ensure_node_modules
steps=("$@")
[ ${#steps[@]} -eq 0 ] && steps=(format tidy headers clang lint asan tsan)
for step in "${steps[@]}"; do
  declare -F "step_${step}" >/dev/null ||
    die "check: no step '${step}'; there are: format tidy headers clang lint asan tsan"
  "step_${step}"
done
say "all checks passed: ${steps[*]}"
