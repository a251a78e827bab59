#!/usr/bin/env bash
# bench.sh BUILD_DIR [--json] [FILTER]
set -euo pipefail
build=$1
shift
exec "${build}/bench/portcullis_bench" "$@"
