#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/decimal.hpp"
#include "core/messages.hpp"
#include "oms/binance/request_frame.hpp"

namespace portcullis::oms::binance {

// What the venue is to store with an order and to tell again in its reports: whose it is (Binance:
// strategyId, strategyType). Zero: nothing.
struct StrategyMark {
  static constexpr std::int32_t kTypeMin = 1'000'000;  // the venue refuses what is less (-1134)

  std::int64_t id{0};
  std::int32_t type{0};

  [[nodiscard]] bool is_set() const noexcept { return id != 0 || type != 0; }
};

// What a new order's parameters do not take from the order itself.
struct OrderParameters {
  std::string_view client_id;
  std::string_view symbol;
  StrategyMark strategy{};
  std::int64_t recv_window_ms{0};
  std::int64_t timestamp_ms{0};
};

// The parameters of a new order of any type, in the byte order of their names (Binance: "Place new
// order"). What it does not ask for is left out. The gate has judged the order: there is no
// combination here that the venue does not know.
void add_order_parameters(const NewOrderSingle& order, const OrderParameters& parameters,
                          RequestFrame& frame) noexcept;

// The same for an order of a list, whose names begin with what it is there ("pendingBelow"). What
// the list says once for all of them is not here: symbol, self-trade prevention, timing.
struct LegParameters {
  std::string_view prefix;
  std::string_view client_id;
  StrategyMark strategy{};
  bool has_side{false};
  bool has_qty{false};
};
void add_leg_parameters(const NewOrderSingle& order, const LegParameters& parameters,
                        RequestFrame& frame) noexcept;

template <class Number>
void add_decimal(std::string_view name, Number value, RequestFrame& frame) noexcept {
  std::array<char, kDecimalTextMax> text;
  frame.add_text(name, {text.data(), value.format(text.data())});
}

}  // namespace portcullis::oms::binance
