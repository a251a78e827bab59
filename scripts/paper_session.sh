#!/usr/bin/env bash
# paper_session.sh BUILD_DIR [--seconds N] [--seed N] [--capture FILE]... [--plain]
# Starts the venue simulator and the gateway as two processes over TLS on loopback, on free ports, and
# shows the gateway's panel until the time is up. Ctrl-C drains.
set -euo pipefail

# Whatever ends the session, from the first process on, leaves nothing running. What runs is told until
# it is gone: between fork and exec a signal is nobody's.
# shellcheck disable=SC2046,SC2317  # a list of numbers; called by the traps
stop_all() {
  trap '' INT TERM
  for ((told = 0; told < 100; ++told)); do
    kill $(jobs -pr) 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL $(jobs -pr) 2>/dev/null || true
}
trap stop_all EXIT
# Before the gateway is there, a signal ends the session; afterwards the gateway drains, and is told
# twice for the same reason. From here on only `wait` waits: the shell forgets a Ctrl-C during a command
# of its own that ends just then.
gateway=
# shellcheck disable=SC2317  # called by the traps
interrupt() {
  is_interrupted=1
  [ -n "${gateway}" ] || exit "$1"
  kill -TERM "${gateway}" 2>/dev/null || true
  { sleep 0.3; kill -TERM "${gateway}" 2>/dev/null; } &
}
trap 'interrupt 130' INT
trap 'interrupt 143' TERM

build=$1
shift
seconds=60
seed=1
captures=()
plain=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=${2:?"--seconds needs a number"}; shift 2 ;;
    --seed) seed=${2:?"--seed needs a number"}; shift 2 ;;
    --capture) captures+=(--capture "${2:?"--capture needs a file"}"); shift 2 ;;
    --plain) plain=(--plain); shift ;;
    *) echo "run: unknown option '$1'; './dev help' lists them" >&2; exit 64 ;;
  esac
done
[[ "${seconds}" =~ ^[1-9][0-9]*$ ]] || { echo "run: --seconds takes a whole number above 0, not '${seconds}'" >&2; exit 64; }
[[ "${seed}" =~ ^[0-9]+$ ]] || { echo "run: --seed takes a whole number, not '${seed}'" >&2; exit 64; }

run_dir=run/paper
ready="${run_dir}/sim.json"
rm -f "${ready}"
# The simulated venue begins anew, with an account of its own: nothing of an earlier one is open.
rm -rf "${run_dir}/gateway/journal" "${run_dir}/gateway/heartbeat" "${run_dir}/gateway/watchdog.log"
mkdir -p "${run_dir}/gateway"

market=(--market generator --seed "${seed}" --rate 300)
if [ ${#captures[@]} -gt 0 ]; then
  # The recorded symbol is the first one; nobody trades the other.
  market=(--market capture "${captures[@]}")
fi
# A session of its own: Ctrl-C is for the gateway, which needs its venue to drain.
setsid "${build}/sim/portcullis-sim" --port 0 --tls-port 0 --admin-port 0 --state-dir "${run_dir}/sim" \
  --limits orders10s=100000,weight=1000000 --ready-file "${ready}" "${market[@]}" >"${run_dir}/sim.log" 2>&1 &
sim=$!
for ((turn = 0; turn < 200; ++turn)); do
  [ -s "${ready}" ] && break
  kill -0 "${sim}" 2>/dev/null || { cat "${run_dir}/sim.log" >&2; exit 69; }
  sleep 0.05 &
  wait $!
done
[ -s "${ready}" ] || { echo "run: the simulator was not ready in 10 s; see ${run_dir}/sim.log" >&2; exit 69; }
read -r facts <"${ready}"
[[ "${facts}" =~ \"tls\":\"[^\"]*:([0-9]+)\" ]]
tls_port=${BASH_REMATCH[1]}

export PORTCULLIS__VENUE__WS_API_URL="wss://localhost:${tls_port}/ws-api/v3"
export PORTCULLIS__FEED__WS_URL="wss://localhost:${tls_port}"
export PORTCULLIS__FEED__REST_URL="https://localhost:${tls_port}"
# Started here and not by the gateway, so that it ends with the session; not for Ctrl-C either.
export PORTCULLIS__WATCHDOG__START=false
quiet=()
[ -t 1 ] && quiet=(--quiet)
setsid "${build}/app/portcullis-watchdog" --config configs/paper.toml "${quiet[@]}" &

# However it ends, its exit code is the session's.
"${build}/app/portcullis" run --config configs/paper.toml --seconds "${seconds}" "${plain[@]}" &
gateway=$!
code=0
while :; do
  is_interrupted=
  wait "${gateway}" && code=0 || code=$?
  [ -n "${is_interrupted}" ] || break  # else the code is the interruption's
done
# A gateway that was killed is cleared up after, at the venue that is still there. With a kill latched
# the next session is halted until `portcullis rearm --config configs/paper.toml`.
if [ "${code}" -ge 128 ]; then
  for ((turn = 0; turn < 400; ++turn)); do
    grep -q ' over: ' "${run_dir}/gateway/watchdog.log" 2>/dev/null && break
    sleep 0.05 &
    wait $!
  done
fi
exit "${code}"
