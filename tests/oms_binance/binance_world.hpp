#pragma once

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/cl_ord_id.hpp"
#include "core/instrument.hpp"
#include "core/messages.hpp"
#include "oms/binance/message_decoder.hpp"
#include "oms/venue.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::oms::binance::test {

using Json = nlohmann::json;

// The example key and secret that the venue's documentation publishes.
inline constexpr std::string_view kApiKey =
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
inline constexpr std::string_view kHmacSecret =
    "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
// A key made for these tests with `openssl genpkey -algorithm ed25519`; it opens nothing.
inline constexpr std::string_view kEd25519Pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIICr/ylul4TZQTRJR3JZ8ChvhOj8rg9fH8vsa/tkhxJ9\n"
    "-----END PRIVATE KEY-----\n";

inline InstrumentTable make_instruments() {
  InstrumentTable table;
  for (const auto& [symbol, base, quote] :
       {std::tuple{"BTCUSDT", "BTC", "USDT"}, std::tuple{"ETHUSDT", "ETH", "USDT"},
        std::tuple{"OPUSDT", "OP", "USDT"}, std::tuple{"ETHBTC", "ETH", "BTC"},
        std::tuple{"１２３４５６", "１２３", "４５６"}}) {
    table.add({.symbol = symbol,
               .base_asset_name = base,
               .quote_asset_name = quote,
               .is_trading = true,
               .ord_types = kEveryOrdType});
  }
  table.intern_asset("BNB");
  return table;
}

inline const ClOrdIdCodec& codec() {
  static const ClOrdIdCodec instance{"pc1"};
  return instance;
}
inline std::string client_id(OrderId id) {
  std::string text(ClOrdIdCodec::kTextMax, ' ');
  text.resize(codec().encode(id, text.data()));
  return text;
}

inline constexpr OrderId kOrder = make_order_id(42, 500);
inline constexpr SymbolId kBtc{0};
inline constexpr SymbolId kEth{1};
inline constexpr WallTime kWall = wall_time(1'660'801'715'431'123'456);

inline Price px(std::string_view text) {
  return *Price::parse(text);
}
inline Qty qty(std::string_view text) {
  return *Qty::parse(text);
}

inline NewOrderSingle limit_order() {
  return {.px = px("23416.1"), .qty = qty("0.00847"), .symbol = kBtc, .side = Side::kSell};
}

// A payload with the readable slack behind it that a connection gives.
class Padded {
 public:
  explicit Padded(std::string_view text) : bytes_{text}, size_{text.size()} {
    bytes_.append(64, '\0');
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::string bytes_;
  std::size_t size_;
};

// The lines of a recorded file as JSON; nothing when the data is not there.
inline std::vector<Json> read_lines(const std::string& name) {
  std::ifstream file{shared_data(name)};
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(Json::parse(line));
  }
  return lines;
}

#define SKIP_WITHOUT(lines, name) \
  if ((lines).empty()) GTEST_SKIP() << "recorded data is absent: " << (name)

}  // namespace portcullis::oms::binance::test
