#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/decimal.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

using enum OrderType;

inline Price px(std::string_view text) {
  return Price::parse(text).value();
}
inline Qty qty(std::string_view text) {
  return Qty::parse(text).value();
}
inline Level level(std::string_view price, std::string_view quantity) {
  return {.px = px(price), .qty = qty(quantity)};
}

inline SymbolSpec btcusdt() {
  return symbol_spec_by_name("BTCUSDT").value();
}

inline NewOrder limit(Side side, std::string_view price, std::string_view quantity,
                      TimeInForce tif = TimeInForce::kGtc) {
  NewOrder order;
  order.side = side;
  order.tif = tif;
  order.px = px(price);
  order.qty = qty(quantity);
  return order;
}
inline NewOrder market(Side side, std::string_view quantity) {
  NewOrder order;
  order.side = side;
  order.type = OrderType::kMarket;
  order.qty = qty(quantity);
  return order;
}
inline NewOrder limit_maker(Side side, std::string_view price, std::string_view quantity) {
  NewOrder order = limit(side, price, quantity);
  order.type = OrderType::kLimitMaker;
  return order;
}
inline NewOrder stop(OrderType type, Side side, std::string_view stop_price,
                     std::string_view quantity) {
  NewOrder order;
  order.type = type;
  order.side = side;
  order.stop_px = px(stop_price);
  order.qty = qty(quantity);
  return order;
}
inline NewOrder stop_limit(OrderType type, Side side, std::string_view stop_price,
                           std::string_view price, std::string_view quantity) {
  NewOrder order = stop(type, side, stop_price, quantity);
  order.px = px(price);
  return order;
}
inline NewOrder trailing(NewOrder order, std::int64_t bips) {
  order.trailing_bips = bips;
  return order;
}
inline NewOrder iceberg(NewOrder order, std::string_view visible) {
  order.iceberg_qty = qty(visible);
  return order;
}
inline NewOrder pegged(NewOrder order, PegPriceType type, int offset_levels = 0) {
  order.peg = {.price_type = type, .offset_levels = offset_levels, .has_offset = offset_levels > 0};
  return order;
}
inline NewOrder with_stp(NewOrder order, StpMode mode) {
  order.stp = mode;
  return order;
}
inline NewOrder named(NewOrder order, std::string_view client_order_id) {
  order.client_order_id = client_order_id;
  return order;
}

inline OrderName order_name(std::uint64_t order_id, std::string_view client_order_id = {}) {
  return {.order_id = order_id, .client_order_id = std::string{client_order_id}};
}
inline CancelRequest by_id(std::uint64_t order_id, std::string_view client_order_id = {},
                           std::string_view cancel_client_order_id = {}) {
  return {.target = order_name(order_id, client_order_id),
          .cancel_client_order_id = std::string{cancel_client_order_id}};
}
// Of one order, or of all for zero.
inline HistoryQuery fills_of(std::uint64_t order_id, std::size_t limit) {
  HistoryQuery query;
  if (order_id != 0) query.order_id = order_id;
  query.limit = limit;
  return query;
}

// Writes down what it is told, in order.
class RecordingListener : public ExchangeListener {
 public:
  struct Told {
    SimAccountId account;
    AccountEvent event;
  };

  void on_trade(const PublicTrade& trade) override { trades.push_back(trade); }
  void on_best_prices(std::size_t, const BestPrices& prices, WallTime) override {
    best.push_back(prices);
  }
  struct Position {
    SimAccountId account;
    std::vector<Balance> balances;
  };

  void on_list_event(SimAccountId account, const OrderList& list) override {
    lists.push_back(list);
    told(account, "list:" + std::string{venue_text(list.status_type)});
  }
  void on_account_event(SimAccountId account, const AccountEvent& event) override {
    events.push_back({account, event});
    told(account, venue_text(event.type));
  }
  void on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                           WallTime) override {
    positions.push_back({account, balances});
    told(account, "position");
  }
  void clear() {
    trades.clear();
    best.clear();
    events.clear();
    lists.clear();
    positions.clear();
    stories.clear();
  }
  // Everything one account was told, in order: "NEW list:EXEC_STARTED position".
  [[nodiscard]] std::string story(SimAccountId account) const {
    const auto found = stories.find(account.raw());
    return found == stories.end() ? std::string{} : found->second;
  }
  // "NEW TRADE EXPIRED" of one account.
  [[nodiscard]] std::string types(SimAccountId account) const {
    std::string out;
    for (const Told& told : events) {
      if (told.account != account) continue;
      if (!out.empty()) out += ' ';
      out += venue_text(told.event.type);
    }
    return out;
  }

  std::vector<PublicTrade> trades;
  std::vector<BestPrices> best;
  std::vector<Told> events;
  std::vector<OrderList> lists;
  std::vector<Position> positions;

 private:
  void told(SimAccountId account, const std::string& what) {
    std::string& story = stories[account.raw()];
    if (!story.empty()) story += ' ';
    story += what;
  }
  std::map<std::uint32_t, std::string> stories;
};

// One symbol, two rich accounts and the crowd.
class ExchangeTest : public ::testing::Test {
 protected:
  static std::vector<Balance> rich() {
    return {{.asset = "BTC", .free = Qty::from_units(10)},
            {.asset = "USDT", .free = Qty::from_units(1'000'000)}};
  }

  PlaceResult place(SimAccountId account, const NewOrder& order) {
    auto result = exchange.place(account, 0, order, now);
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
    return result.value_or(PlaceResult{});
  }
  void crowd(Side side, std::string_view price, std::string_view quantity) {
    const auto placed =
        exchange.place_crowd(0, {.side = side, .px = px(price), .qty = qty(quantity)}, now);
    EXPECT_TRUE(placed.has_value());
  }
  // A trade between others at that price, which nobody's order is touched by.
  void last_price(std::string_view price) {
    exchange.print_crowd_trade(0, Side::kBuy, level(price, "0.00001"), now);
  }
  [[nodiscard]] Order order_of(SimAccountId account, std::uint64_t order_id) const {
    const auto found = exchange.find_order(account, 0, order_name(order_id));
    EXPECT_TRUE(found.has_value());
    return found.value_or(Order{});
  }
  template <class Result>
  static void expect_error(const Result& result, int code, std::string_view text) {
    ASSERT_FALSE(result.has_value()) << text;
    EXPECT_EQ(result.error().http_status, 400);
    EXPECT_EQ(result.error().code, code);
    EXPECT_EQ(result.error().message, text);
  }
  void expect_refused(const NewOrder& order, int code, std::string_view text) {
    expect_error(exchange.place(alice, 0, order, now), code, text);
  }
  [[nodiscard]] Balance balance(SimAccountId account, std::string_view asset) const {
    for (const Balance& each : exchange.balances(account)) {
      if (each.asset == asset) return each;
    }
    return {};
  }
  [[nodiscard]] std::string free(SimAccountId account, std::string_view asset) const {
    return balance(account, asset).free.str();
  }
  [[nodiscard]] std::string locked(SimAccountId account, std::string_view asset) const {
    return balance(account, asset).locked.str();
  }

  WallTime now = wall_time(1'723'161'255'000'000'000);
  Exchange exchange{{btcusdt()}};
  const SimAccountId alice = exchange.add_account(rich());
  const SimAccountId bob = exchange.add_account(rich());
  RecordingListener listener;

  void SetUp() override { exchange.set_listener(&listener); }
};

}  // namespace portcullis::sim
