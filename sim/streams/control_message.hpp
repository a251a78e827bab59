#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::sim {

// A text frame that a client sends on a stream connection (Binance: live subscribing).
struct ControlMessage {
  enum class Method : std::uint8_t {
    kSubscribe,
    kUnsubscribe,
    kListSubscriptions,
    kSetProperty,
    kGetProperty,
  };
  struct Value {
    enum class Kind : std::uint8_t { kText, kBoolean, kOther } kind{Kind::kOther};
    std::string text{};  // of a text
    bool boolean{false};
  };

  Method method{Method::kSubscribe};
  std::string id_json{"null"};  // as it was sent: the reply echoes its type
  bool has_params{false};
  std::vector<Value> params{};
};

// The venue's own codes and texts (Binance: WebSocket streams, error messages).
struct ControlError {
  static constexpr int kUnknownProperty = 0;
  static constexpr int kInvalidValueType = 1;
  static constexpr int kInvalidRequest = 2;
  static constexpr int kInvalidJson = 3;

  int code{kInvalidRequest};
  std::string text{};
  std::string id_json{};  // empty: not read before the error
};

[[nodiscard]] std::expected<ControlMessage, ControlError> parse_control_message(
    std::string_view text);

}  // namespace portcullis::sim
