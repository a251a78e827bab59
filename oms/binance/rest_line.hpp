#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/http_exchange.hpp"
#include "core/net/stream_source.hpp"
#include "core/time.hpp"
#include "oms/binance/request_id.hpp"
#include "oms/binance/route_id.hpp"

namespace portcullis::oms::binance {

// The second way to the venue: signed REST requests on one connection that is kept open, one
// request at a time. Answers come in the WebSocket API's form, so that one decoder reads both. A
// request whose answer does not come has an unknown outcome, and its connection is given up.
// Trading thread only; allocates at construction.
class RestLine {
 public:
  struct Settings {
    // From a request to giving its answer up.
    Nanos timeout{std::chrono::seconds{10}};
    // Idle for so long: the venue is asked for its time, so that the line stays open and warm.
    Nanos warm_interval{std::chrono::seconds{15}};
    std::size_t body_bytes_max{2u << 20};
  };

  RestLine(std::unique_ptr<net::StreamSource> source, const Settings& settings);
  ~RestLine();
  RestLine(const RestLine&) = delete;
  RestLine& operator=(const RestLine&) = delete;

  // Opens the line where there is none; true when one has been opened just now.
  [[nodiscard]] bool keep_open(bool may_connect, MonoTime now) noexcept;
  void set_route(RouteId route) noexcept { route_ = route; }
  [[nodiscard]] RouteId route() const noexcept { return route_; }

  // A request can be sent.
  [[nodiscard]] bool is_idle() const noexcept {
    return stream_ != nullptr && !exchange_.is_busy() && !ends_with_answer_;
  }
  [[nodiscard]] bool wants_warmth(MonoTime now) const noexcept {
    return is_idle() && now - last_used_ >= settings_.warm_interval;
  }
  // Only while idle. kPart: the line is given up, and the request's outcome is unknown.
  [[nodiscard]] net::ByteStream::Sent send(RequestId request, std::string_view http,
                                           MonoTime now) noexcept;

  enum class Event : std::uint8_t {
    kNothing,
    kAnswer,  // message() holds it
    kLost,    // the line is gone, with what was under way by it
  };
  [[nodiscard]] Event poll(MonoTime now) noexcept;
  // {"id","status","result"|"error"}, followed by the slack that the decoder wants. A body that is
  // no JSON is left out: an error without a code.
  [[nodiscard]] std::string_view message() const noexcept { return {message_.data(), size_}; }
  // Of the answer: Retry-After, and the counts that the venue states; -1 where it states none.
  [[nodiscard]] std::int64_t retry_after_s() const noexcept;
  [[nodiscard]] std::int64_t stated(std::string_view header) const noexcept {
    return exchange_.header_number(header).value_or(-1);
  }
  [[nodiscard]] RequestId request() const noexcept { return request_; }
  // Drops the connection; what is under way by it is lost.
  void give_up() noexcept;

  [[nodiscard]] const char* cause() const noexcept { return cause_; }
  [[nodiscard]] std::string last_error() const { return source_->last_error(); }

 private:
  // How often an idle line is looked at.
  static constexpr Nanos kIdleLook = std::chrono::milliseconds{20};

  void render_message() noexcept;
  void put(std::string_view text) noexcept;

  const Settings settings_;
  std::unique_ptr<net::StreamSource> source_;
  net::HttpExchange exchange_;
  net::ByteStream* stream_{nullptr};
  RouteId route_{};
  RequestId request_{};
  bool is_requested_{false};
  bool ends_with_answer_{false};
  MonoTime sent_at_{};
  MonoTime last_used_{};
  MonoTime look_next_{};
  std::vector<char> message_;
  std::size_t size_{0};
  const char* cause_{""};
};

}  // namespace portcullis::oms::binance
