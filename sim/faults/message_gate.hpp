#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/faults/fault_script.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// The way of every message to its connection: as it is, or with a fate. One thread.
class MessageGate {
 public:
  explicit MessageGate(Scheduler& scheduler) : scheduler_{scheduler} {}

  void send(TextSink& sink, SharedText text, std::uint64_t conflation_key = 0) {
    if (held_.empty()) return sink.send(std::move(text), conflation_key);
    send_before_held(sink, std::move(text), conflation_key);
  }
  void send(TextSink& sink, SharedText text, const MessageFate& fate);
  // Nothing is held back: a message without a fate may go straight to its connection.
  [[nodiscard]] bool is_idle() const noexcept { return held_.empty(); }

  // The message with the fate's lie in it, if it tells one.
  [[nodiscard]] static SharedText told(SharedText text, const MessageFate& fate);

 private:
  struct Held {
    std::weak_ptr<TextSink> sink;
    const TextSink* key;
    SharedText text;
    std::uint64_t number;
  };

  void send_before_held(TextSink& sink, SharedText text, std::uint64_t conflation_key);
  void hold(TextSink& sink, SharedText text, Nanos at_most);
  void release(std::uint64_t number);

  Scheduler& scheduler_;
  std::vector<Held> held_;
  std::uint64_t hold_count_{0};
};

}  // namespace portcullis::sim
