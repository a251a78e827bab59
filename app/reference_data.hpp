#pragma once

#include <expected>

#include "app/settings.hpp"
#include "app/start_error.hpp"
#include "core/kill_latch.hpp"
#include "core/kill_switch.hpp"
#include "feeds/binance/exchange_info.hpp"

namespace portcullis::app {

// Cold, blocking: asks the venue for the configured symbols and its limits until it answers. A
// drain or a kill during the wait ends it: there is nothing yet that could have been sent in this
// run. A venue that limits or bans the address is not asked again before its moment; when that is
// far, the start is given up, and the error says until when.
[[nodiscard]] std::expected<feeds::binance::ExchangeInfo, StartError> fetch_reference_data(
    const Settings& settings, const KillLatch& latch, KillSwitch& kill_switch);

}  // namespace portcullis::app
