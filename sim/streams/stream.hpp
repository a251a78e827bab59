#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/json/text_out.hpp"
#include "sim/net/text_sink.hpp"
#include "sim/streams/stream_name.hpp"
#include "sim/streams/stream_outlet.hpp"

namespace portcullis::sim {

// How a connection wants its messages: wrapped in {"stream":..,"data":..} or bare, times in which
// unit.
struct StreamStyle {
  bool is_combined{false};
  TimeUnit unit{TimeUnit::kMilliseconds};
};

// One stream and who listens to it. A message is encoded once for each style that somebody wants,
// the bare text being a part of the wrapped one. One thread.
class Stream {
 public:
  // `symbol`: its name, empty for a stream of all. `conflation_key`: not zero for a stream of which
  // an unsent message may be replaced by the next.
  Stream(std::string name, const StreamTopic& topic, std::string symbol,
         std::uint64_t conflation_key);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const StreamTopic& topic() const noexcept { return topic_; }
  [[nodiscard]] bool has_listener() const noexcept { return listener_count_ > 0; }
  // Somebody would get a message now.
  [[nodiscard]] bool is_heard() const noexcept { return has_listener() && !is_silent_; }
  void set_silent(bool is_silent) noexcept { is_silent_ = is_silent; }

  void add(TextSink& sink, const StreamStyle& style);
  void remove(TextSink& sink, const StreamStyle& style);

  // `put(text, unit)` appends the bare payload.
  template <class Put>
  void publish(StreamOutlet& outlet, Put&& put) {
    const auto fate = outlet.fate_of(name_, symbol_);
    TextOut& out = outlet.text();
    for (const TimeUnit unit : {TimeUnit::kMilliseconds, TimeUnit::kMicroseconds}) {
      const Sinks& bare = of({false, unit});
      const Sinks& combined = of({true, unit});
      if (bare.empty() && combined.empty()) continue;
      out.clear();
      out.put(wrapper_);
      put(out, unit);
      if (!bare.empty()) outlet.send(bare, out.view(wrapper_.size()), conflation_key_, fate);
      out.put('}');
      if (!combined.empty()) outlet.send(combined, out.view(), conflation_key_, fate);
    }
  }

 private:
  using Sinks = std::vector<TextSink*>;

  [[nodiscard]] Sinks& of(const StreamStyle& style) noexcept {
    return sinks_[2 * static_cast<std::size_t>(style.unit) + (style.is_combined ? 1 : 0)];
  }

  std::string name_;
  std::string wrapper_;  // {"stream":"btcusdt@trade","data":
  StreamTopic topic_;
  std::string symbol_;
  std::uint64_t conflation_key_;
  std::array<Sinks, 4> sinks_;  // by style
  std::size_t listener_count_{0};
  bool is_silent_{false};
};

}  // namespace portcullis::sim
