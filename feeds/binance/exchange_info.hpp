#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/instrument.hpp"
#include "core/time.hpp"

namespace portcullis::feeds::binance {

enum class RateLimitKind : std::uint8_t { kRequestWeight, kOrders, kRawRequests, kConnections };

// One of the venue's budgets: at most `limit` in each window of `interval`, windows aligned to the
// clock.
struct RateLimit {
  RateLimitKind kind{RateLimitKind::kRequestWeight};
  std::chrono::seconds interval{0};
  std::int64_t limit{0};
};

// What the gateway takes from GET /api/v3/exchangeInfo.
struct ExchangeInfo {
  InstrumentTable instruments;  // exactly the symbols asked for, in that order
  std::vector<RateLimit> rate_limits;
  WallTime server_time{};
};

// Cold. Source: Binance spot API documentation, "Exchange information" and "Filters". A symbol that
// is not listed, a filter that the gateway needs and does not find (PRICE_FILTER, LOT_SIZE,
// NOTIONAL or MIN_NOTIONAL) and a number it cannot hold are errors; the text lists them all.
// Unknown filters and rate limits are left alone.
[[nodiscard]] std::expected<ExchangeInfo, std::string> parse_exchange_info(
    std::string_view json, std::span<const std::string> symbols);

// Weight of GET /api/v3/exchangeInfo (Binance: limits).
inline constexpr int kExchangeInfoWeight = 20;

struct FetchError {
  std::string text;
  int http_status{0};                   // 0: no answer
  std::chrono::seconds retry_after{0};  // the venue's word with a 429, 418 or 403; zero: none
};

// Cold, blocking: fetches and parses the symbols' information from `rest_base_url`.
[[nodiscard]] std::expected<ExchangeInfo, FetchError> fetch_exchange_info(
    std::string_view rest_base_url, const std::string& ca_file,
    std::span<const std::string> symbols,
    std::chrono::milliseconds timeout = std::chrono::seconds{10});

}  // namespace portcullis::feeds::binance
