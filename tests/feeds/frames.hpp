#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace portcullis::feeds::test {

using Levels = std::initializer_list<std::pair<const char*, const char*>>;

inline std::string levels_json(const Levels& levels) {
  std::string out = "[";
  for (const auto& [price, quantity] : levels) {
    out += (out.size() > 1 ? ",[\"" : "[\"") + std::string{price} + "\",\"" + quantity + "\"]";
  }
  return out + "]";
}

inline std::string depth_frame(const std::string& symbol, std::uint64_t first, std::uint64_t last,
                               const Levels& bids, const Levels& asks) {
  return R"({"stream":"x@depth@100ms","data":{"e":"depthUpdate","E":1672515782136,"s":")" + symbol +
         R"(","U":)" + std::to_string(first) + R"(,"u":)" + std::to_string(last) + R"(,"b":)" +
         levels_json(bids) + R"(,"a":)" + levels_json(asks) + "}}";
}

inline std::string snapshot_body(std::uint64_t last, const Levels& bids, const Levels& asks) {
  return R"({"lastUpdateId":)" + std::to_string(last) + R"(,"bids":)" + levels_json(bids) +
         R"(,"asks":)" + levels_json(asks) + "}";
}

inline std::string ticker_frame(const std::string& symbol, std::uint64_t update, const char* bid,
                                const char* bid_qty, const char* ask, const char* ask_qty) {
  return R"({"stream":"x@bookTicker","data":{"u":)" + std::to_string(update) + R"(,"s":")" +
         symbol + R"(","b":")" + bid + R"(","B":")" + bid_qty + R"(","a":")" + ask + R"(","A":")" +
         ask_qty + R"("}})";
}

inline std::string trade_frame(const std::string& symbol, std::uint64_t id, const char* price,
                               const char* quantity, bool is_buyer_maker) {
  return R"({"stream":"x@trade","data":{"e":"trade","E":1672515782136,"s":")" + symbol +
         R"(","t":)" + std::to_string(id) + R"(,"p":")" + price + R"(","q":")" + quantity +
         R"(","T":1672515782136,"m":)" + (is_buyer_maker ? "true" : "false") + R"(,"M":true}})";
}

}  // namespace portcullis::feeds::test
