#pragma once

#include <cstdint>
#include <string_view>

#include "core/time.hpp"

namespace portcullis::oms::binance {

// What the venue's messages state, as they state it: views into the message, valid while it is
// decoded. An empty text was not stated; -1 is an id that was not, or the venue's own "none".

// One order as an answer states it.
struct OrderFields {
  std::string_view symbol;
  std::string_view client_id;
  std::string_view orig_client_id;
  std::string_view px;
  std::string_view qty;
  std::string_view cum_qty;
  std::string_view cum_quote;
  std::string_view status;
  std::string_view side;
  std::int64_t order_id{-1};
  std::int64_t list_id{-1};
  std::int64_t time_ms{0};
};

// A fill inside the answer to a new order; also the part of a listed trade that is the same.
struct FillFields {
  std::string_view px;
  std::string_view qty;
  std::string_view fee{"0"};
  std::string_view fee_asset;
  std::int64_t trade_id{-1};
};

// One entry of myTrades.
struct TradeFields {
  std::string_view symbol;
  FillFields fill;
  std::int64_t order_id{-1};
  std::int64_t time_ms{0};
  bool is_buyer{false};
  bool is_maker{false};
};

// An executionReport event.
struct EventFields {
  std::string_view symbol;
  std::string_view client_id;
  std::string_view orig_client_id;
  std::string_view side;
  std::string_view exec_type;
  std::string_view status;
  std::string_view px;
  std::string_view qty;
  std::string_view cum_qty;
  std::string_view cum_quote;
  FillFields fill;  // of a TRADE; stated as zeros otherwise
  std::int64_t order_id{-1};
  std::int64_t exec_id{-1};
  std::int64_t time_ms{-1};
  bool is_maker{false};
};

// A listStatus event.
struct ListStatusFields {
  std::string_view symbol;
  std::string_view client_id;    // the list's
  std::string_view status_type;  // RESPONSE, EXEC_STARTED, UPDATED, ALL_DONE
};

// A balanceUpdate or an externalLockUpdate.
struct BalanceChangeFields {
  std::string_view asset;
  std::string_view delta;
  std::int64_t time_ms{-1};
};

struct BalanceFields {
  std::string_view asset;
  std::string_view free;
  std::string_view locked;
};

// The epoch for a moment that is negative or beyond what nanoseconds hold, which no venue means.
[[nodiscard]] constexpr WallTime wall_of_ms(std::int64_t ms) noexcept {
  constexpr std::int64_t kMsMax = 9'000'000'000'000;
  return ms < 0 || ms > kMsMax ? WallTime{} : wall_time(ms * 1'000'000);
}

}  // namespace portcullis::oms::binance
