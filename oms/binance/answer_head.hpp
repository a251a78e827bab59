#pragma once

#include <cstdint>
#include <string_view>

#include "oms/binance/decoded_message.hpp"

namespace portcullis::oms::binance {

// What the root of an answer to a request has said.
struct AnswerHead {
  std::string_view message;  // of the error
  std::int64_t status{0};
  bool has_id{false};  // and it is one of ours
  bool has_status{false};
  bool has_result{false};
  bool has_error{false};
  bool has_event{false};  // which no answer has
  bool is_result_read{false};
  bool is_bad{false};  // the result or the error does not have its shape

  [[nodiscard]] bool knows_how_to_read() const noexcept { return has_id && has_status; }
};

// Decides what the answer is once all of it has been read: fills kind and failure. `out` holds the
// request, the error's code and, of a result, its reports and balances.
void conclude_answer(const AnswerHead& head, DecodedMessage& out) noexcept;

}  // namespace portcullis::oms::binance
