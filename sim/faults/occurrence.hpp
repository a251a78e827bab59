#pragma once

#include <cstdint>
#include <string_view>

namespace portcullis::sim {

// Something at the venue that a fault may be tied to.
struct Occurrence {
  enum class Kind : std::uint8_t {
    kRequest,  // a request, its sender known, before it is carried out
    kEvent,    // a user data event that somebody listens for
    kMarket,   // a market message that somebody listens for
  };
  Kind kind{Kind::kRequest};
  std::string_view name{};    // "order.place", "executionReport", "btcusdt@depth@100ms"
  std::string_view detail{};  // of an executionReport: its execution type, "TRADE"
  std::string_view cause{};   // of an event: the method that brought it about
  std::string_view symbol{};
  std::string_view account{};
  std::string_view client_order_id{};
  std::string_view api_key{};
};

}  // namespace portcullis::sim
