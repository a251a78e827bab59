#include "app/reference_data.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/net/address_budget.hpp"

namespace portcullis::app {

namespace {

constexpr auto kRetry = std::chrono::milliseconds{500};
constexpr std::int64_t kAttemptsMax = 60;
// A pause beyond this is for whoever starts programs to wait out.
constexpr auto kPauseMax = std::chrono::seconds{60};

std::vector<std::string> symbol_names(const Settings& settings) {
  std::vector<std::string> names;
  names.reserve(settings.limits.symbols.size());
  for (const auto& [name, symbol] : settings.limits.symbols) names.push_back(name);
  return names;
}

// False: stopped.
bool wait_until(MonoTime until, const KillLatch& latch, KillSwitch& kill_switch) {
  do {
    if (kill_switch.is_killed() && !kill_switch.is_latched() &&
        latch.set("killed by signal during start-up", wall_now())) {
      kill_switch.mark_latched();
    }
    if (kill_switch.is_draining()) return false;
    std::this_thread::sleep_for(
        std::clamp<Nanos>(until - net::AddressBudget::cold_now(), Nanos{0}, kRetry));
  } while (net::AddressBudget::cold_now() < until);
  return true;
}

// For whoever starts programs to wait out; nothing when it is near.
std::optional<StartError> refuse_far(MonoTime until, const std::string& cause) {
  const Nanos left = until - net::AddressBudget::cold_now();
  if (left <= kPauseMax) return std::nullopt;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left);
  return StartError{ExitCode::kUnavailable, "the venue has turned this address away: " + cause +
                                                "; do not start again for " +
                                                std::to_string(seconds.count()) + " s"};
}

}  // namespace

std::expected<feeds::binance::ExchangeInfo, StartError> fetch_reference_data(
    const Settings& settings, const KillLatch& latch, KillSwitch& kill_switch) {
  using Party = net::AddressBudget::Party;
  const std::vector<std::string> names = symbol_names(settings);
  net::AddressBudget& address = *settings.venue.address;
  net::AddressBudget::Totals totals;
  std::string error;
  MonoTime next = std::max(net::AddressBudget::cold_now(), address.blocked_until());
  if (auto far = refuse_far(next, "a ban of an earlier run is not over")) {
    return std::unexpected{std::move(*far)};
  }
  for (std::int64_t attempt = 0; attempt < kAttemptsMax; ++attempt) {
    if (!wait_until(next, latch, kill_switch)) {
      return std::unexpected{StartError{ExitCode::kOk, "stopped by a signal during start-up"}};
    }
    totals.weight_begun += feeds::binance::kExchangeInfoWeight;
    totals.weight_finished += feeds::binance::kExchangeInfoWeight;
    ++totals.requests_begun;
    ++totals.requests_finished;
    address.publish(Party::kStart, totals);
    auto info = feeds::binance::fetch_exchange_info(settings.feed.rest_base_url,
                                                    settings.feed.ca_file, names);
    if (info) return std::move(*info);
    error = info.error().text;
    const MonoTime now = net::AddressBudget::cold_now();
    address.note_refusal(Party::kStart, info.error().http_status, info.error().retry_after.count(),
                         now);
    next = std::max(now + kRetry, address.blocked_until());
    if (auto far = refuse_far(next, error)) return std::unexpected{std::move(*far)};
  }
  return std::unexpected{StartError{ExitCode::kUnavailable,
                                    "no reference data from " + settings.feed.rest_base_url + ": " +
                                        error + "; is the venue up, and feed.rest_url right?"}};
}

}  // namespace portcullis::app
