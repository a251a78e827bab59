#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/exchange/order_terms.hpp"
#include "sim/matching/book_types.hpp"

namespace portcullis::sim {

struct Balance {
  std::string asset{};
  Qty free{};
  Qty locked{};
};

struct Order {
  std::uint64_t order_id{0};  // unique for each symbol only, as at the venue
  std::string client_order_id{};
  std::int64_t list_id{-1};  // of its order list; -1: none
  SimAccountId account{};
  std::size_t symbol{0};  // index into Exchange::symbols()
  Side side{Side::kBuy};
  OrderType type{OrderType::kLimit};
  TimeInForce tif{TimeInForce::kGtc};
  OrderStatus status{OrderStatus::kNew};
  Price px{};
  Qty qty{};  // amended: the new one
  Qty cum_qty{};
  Notional cum_quote{};
  Notional quote_order_qty{};
  Price stop_px{};
  std::optional<std::int64_t> trailing_bips{};
  std::optional<WallTime> trailing_time{};  // when the trailing began
  Qty iceberg_qty{};
  StpMode stp{StpMode::kNone};
  Qty prevented_qty{};                                // by self-trade prevention
  std::optional<std::uint64_t> prevented_match_id{};  // the newest that took quantity from it
  Peg peg{};
  Price pegged_px{};  // where the peg put it; zero until it has
  std::optional<std::int64_t> strategy_id{};
  std::optional<std::int64_t> strategy_type{};
  ExpiryReason expiry_reason{ExpiryReason::kNone};
  int amend_count{0};
  WallTime created{};
  WallTime updated{};
  std::optional<WallTime> working_time{};  // when it reached the book; a waiting stop has none

  [[nodiscard]] bool is_open() const noexcept { return sim::is_open(status); }
  [[nodiscard]] bool is_working() const noexcept { return working_time.has_value(); }
  [[nodiscard]] Qty leaves() const noexcept { return qty - cum_qty - prevented_qty; }
  // The price it works at. A peg's own price is only a bound.
  [[nodiscard]] Price limit_px() const noexcept {
    if (!peg.is_set()) return px;
    if (px.is_zero()) return pegged_px;
    return side == Side::kBuy ? std::min(px, pegged_px) : std::max(px, pegged_px);
  }
};

struct Fill {
  std::uint64_t trade_id{0};  // unique for each symbol only; both sides of a trade share it
  std::uint64_t order_id{0};
  std::int64_t list_id{-1};
  std::size_t symbol{0};
  SimAccountId account{};
  Side side{Side::kBuy};
  Price px{};
  Qty qty{};
  Notional quote{};
  Fee fee{};
  std::string fee_asset{};
  bool is_maker{false};
  WallTime time{};
};

// One meeting of two orders of one owner (Binance: prevented matches).
struct PreventedMatch {
  std::uint64_t prevented_match_id{0};
  std::size_t symbol{0};
  std::uint64_t taker_order_id{0};
  std::uint64_t maker_order_id{0};
  SimAccountId taker_account{};
  SimAccountId maker_account{};
  std::int64_t trade_group_id{-1};
  StpMode mode{StpMode::kNone};
  Price px{};
  Qty taker_prevented_qty{};  // zero: none of that side
  Qty maker_prevented_qty{};
  Qty match_qty{};  // what would have been traded
  WallTime time{};
};

struct Amendment {
  std::size_t symbol{0};
  std::uint64_t order_id{0};
  std::uint64_t execution_id{0};
  std::string orig_client_order_id{};
  std::string new_client_order_id{};
  Qty orig_qty{};
  Qty new_qty{};
  WallTime time{};
};

enum class ListKind : std::uint8_t { kOco, kOto, kOtoco, kOpo, kOpoco };
enum class ListStatusType : std::uint8_t { kResponse, kExecStarted, kUpdated, kAllDone };
enum class ListOrderStatus : std::uint8_t { kExecuting, kAllDone, kReject };

struct OrderList {
  std::int64_t list_id{-1};  // unique in the whole venue
  std::string list_client_order_id{};
  ListKind kind{ListKind::kOco};
  ListStatusType status_type{ListStatusType::kExecStarted};
  ListOrderStatus order_status{ListOrderStatus::kExecuting};
  RejectReason reject_reason{RejectReason::kNone};
  SimAccountId account{};
  std::size_t symbol{0};
  struct Leg {
    std::uint64_t order_id{0};
    std::string client_order_id{};
  };
  std::vector<Leg> legs{};  // the working order first; of a pair the stop loss first
  WallTime time{};          // of its newest change
};

// What a client asks for: OCO {above, below}, OTO and OPO {working, pending}, OTOCO and OPOCO
// {working, pending above, pending below}. A pending OPO leg has no quantity.
struct NewOrderList {
  ListKind kind{ListKind::kOco};
  std::string list_client_order_id{};  // empty: the exchange makes one
  std::vector<NewOrder> orders{};
};

struct PublicTrade {
  std::size_t symbol{0};
  std::uint64_t trade_id{0};
  Price px{};
  Qty qty{};
  Notional quote{};
  bool buyer_is_maker{false};
  // The trades of one taker order at one price share it: what aggTrade puts together.
  std::uint64_t taker_sequence{0};
  WallTime time{};
};

}  // namespace portcullis::sim
