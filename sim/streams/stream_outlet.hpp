#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/faults/fault_plan.hpp"
#include "sim/faults/message_gate.hpp"
#include "sim/json/text_out.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// How market messages leave: the memory they are put together in, and what faults do to them. One
// thread.
class StreamOutlet {
 public:
  StreamOutlet(FaultPlan& faults, MessageGate& gate) : faults_{faults}, gate_{gate} {}

  [[nodiscard]] TextOut& text() noexcept { return text_; }

  // One message, one fate, however many listen and in however many styles.
  [[nodiscard]] std::optional<MessageFate> fate_of(std::string_view stream,
                                                   std::string_view symbol) {
    if (!faults_.has_market_steps()) return std::nullopt;
    return faults_.on_market({.kind = Occurrence::Kind::kMarket, .name = stream, .symbol = symbol});
  }

  // A connection that is cut here leaves the list later, from its own end.
  void send(std::span<TextSink* const> sinks, std::string_view text, std::uint64_t conflation_key,
            const std::optional<MessageFate>& fate) {
    if (sinks.size() == 1 && !fate && gate_.is_idle()) {
      return sinks.front()->send_copy(text, conflation_key);
    }
    const auto shared = std::make_shared<const std::string>(text);
    for (TextSink* sink : sinks) {
      if (fate) {
        gate_.send(*sink, shared, *fate);
      } else {
        gate_.send(*sink, shared, conflation_key);
      }
    }
  }

 private:
  FaultPlan& faults_;
  MessageGate& gate_;
  TextOut text_;
};

}  // namespace portcullis::sim
