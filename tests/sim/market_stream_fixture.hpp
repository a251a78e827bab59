#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "sim/random.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/sim/trade_sheet.hpp"

namespace portcullis::sim::test {

// A venue whose only trades are those the test makes, of known price, size and side.
class MarketStreamFixture : public SimFixture {
 protected:
  MarketStreamFixture() { start(); }

  WsClient connect(const std::string& target) { return {server_->plain_port(), target}; }

  // The venue's time, as the test has set it.
  [[nodiscard]] WallTime venue_now() const {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return WallTime{std::chrono::duration_cast<Nanos>(since_epoch) + skew_};
  }
  void set_venue_time_ms(std::int64_t ms) {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    const auto real = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch);
    skew_ = std::chrono::milliseconds{ms} - real;
    const auto skew_ms = std::chrono::duration_cast<std::chrono::milliseconds>(skew_).count();
    ASSERT_EQ(admin("POST", "/clock", {{"skew_ms", skew_ms}}).status, 200);
  }

  // Resting orders that no trade of trade() touches.
  void frame_book(const std::string& symbol = "BTCUSDT") {
    crowd_order(symbol, Side::kBuy, "50000", "3");
    crowd_order(symbol, Side::kSell, "70000", "4");
  }
  // `count` trades between 59,000 and 61,000, each of a maker and a taker of its own.
  void trade(Random& random, int count, const std::string& symbol = "BTCUSDT") {
    on_server([&](Exchange& exchange) {
      const std::size_t index = *exchange.find_symbol(symbol);
      for (int i = 0; i < count; ++i) {
        const Side maker = random.chance(50) ? Side::kBuy : Side::kSell;
        const Price px = Price::from_raw((5'900'000 + random.below(200'000)) * 1'000'000);
        const Qty qty = Qty::from_raw((100 + random.below(100'000)) * 1'000);
        for (const Side side : {maker, opposite(maker)}) {
          const NewOrder order{.client_order_id = "", .side = side, .px = px, .qty = qty};
          const auto placed = exchange.place(kCrowd, index, order, venue_now());
          if (!placed) throw std::runtime_error{placed.error().message};
        }
      }
    });
  }

 private:
  Nanos skew_{0};
};

}  // namespace portcullis::sim::test
