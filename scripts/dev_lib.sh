# shellcheck shell=bash
# What ./dev and its scripts share. Sourced with the repository's root as the working folder.

# A second checkout of the project reuses what the first one compiled.
export CCACHE_BASEDIR="${PWD}" CCACHE_NOHASHDIR=1
# The compiler's own list of what it read spares a run of the preprocessor.
export CCACHE_DEPEND=1

# Debian 12 packages, by name. A machine that has them all is left alone.
PACKAGES=(
  g++-12 cmake ninja-build ccache pkg-config
  libssl-dev libboost1.81-dev libsimdjson-dev libtomlplusplus-dev libcli11-dev
  libconcurrentqueue-dev nlohmann-json3-dev zlib1g-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  nodejs npm openssl chromium strace
)
# Only `./dev check`, `./dev fmt` and `./dev fuzz` need these.
CHECK_PACKAGES=(clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev shellcheck)

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }

is_installed() {
  case "$1" in
    # Any node with its npm will do; many machines carry a newer one than Debian's.
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
  esac
}

ensure_packages() { install_missing "${PACKAGES[@]}"; }
ensure_check_packages() { install_missing "${PACKAGES[@]}" "${CHECK_PACKAGES[@]}"; }

# install_missing PACKAGE...
install_missing() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null ||
    die "missing: ${missing[*]}; no apt-get here, so install them by hand (Debian 12 names)"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      die "missing: ${missing[*]}; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Third-party test clients from npm, exactly as locked.
ensure_node_modules() {
  [ -f tests/node/package-lock.json ] || return 0
  [ tests/node/node_modules/.package-lock.json -nt tests/node/package-lock.json ] && return 0
  say "installing the test clients (npm ci)"
  (cd tests/node && npm ci --no-audit --no-fund --loglevel=error)
  touch tests/node/node_modules/.package-lock.json
}

# build_preset PRESET [TARGET...]
build_preset() {
  local preset=$1
  shift
  local targets=()
  [ $# -gt 0 ] && targets=(--target "$@")
  if [ ! -f "build/${preset}/build.ninja" ]; then
    say "configuring ${preset} (the first build takes a few minutes)"
    cmake --preset "${preset}" >"/tmp/portcullis-configure.$$" 2>&1 ||
      { cat "/tmp/portcullis-configure.$$" >&2; rm -f "/tmp/portcullis-configure.$$"; die "configuring ${preset} failed"; }
    rm -f "/tmp/portcullis-configure.$$"
  fi
  say "building ${preset}"
  NINJA_STATUS='[%f/%t %es] ' cmake --build "build/${preset}" "${targets[@]}" >&2
}

# run_tests PRESET [REGEX]: all tests of a preset, then one true line of totals.
run_tests() {
  local preset=$1 regex=${2:-} log status=0
  mkdir -p "build/${preset}/results"
  log="build/${preset}/results/tests.log"
  local select=()
  [ -n "${regex}" ] && select=(-R "${regex}")
  say "testing ${preset}"
  ctest --preset "${preset}" "${select[@]}" -j2 --schedule-random --no-label-summary \
    --output-junit "results/tests.xml" 2>&1 | tee "${log}" | grep -Ev ' Passed |^ +Start ' || true
  status=${PIPESTATUS[0]}
  scripts/test_totals.sh "build/${preset}/results/tests.xml" || status=1
  return "${status}"
}

our_sources() { git ls-files -z -- '*.cpp' '*.hpp'; }
