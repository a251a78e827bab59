#pragma once

#include "app/limit_settings.hpp"
#include "core/config_reader.hpp"
#include "core/instrument.hpp"
#include "risk/breakers/breaker_limits.hpp"

namespace portcullis::app {

// Reads [breakers], for the strategies and symbols that `limits` names: [breakers.strategy_default]
// to [breakers.strategy.NAME], [breakers.symbol_default] to [breakers.symbol.NAME],
// [breakers.account] and [breakers.global]. What is not set is zero; "off" switches off.
// docs/risk.md explains each key; problems are reported at the root's document.
[[nodiscard]] risk::BreakerLimits read_breakers(ConfigSection root, const LimitSettings& limits);

// How results are valued is the gate's.
void adopt_valuation(risk::BreakerLimits& breakers, const risk::Limits& limits);

}  // namespace portcullis::app
