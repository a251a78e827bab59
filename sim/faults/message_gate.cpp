#include "sim/faults/message_gate.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "sim/faults/falsehood.hpp"

namespace portcullis::sim {

namespace {

std::chrono::milliseconds in_millis(Nanos delay) {
  return std::chrono::ceil<std::chrono::milliseconds>(delay);
}

}  // namespace

SharedText MessageGate::told(SharedText text, const MessageFate& fate) {
  if (fate.verb != MessageFate::Verb::kFalsify) return text;
  std::string lie = *text;
  falsify(lie, fate.falsehood, static_cast<std::size_t>(fate.bytes));
  return std::make_shared<const std::string>(std::move(lie));
}

void MessageGate::send(TextSink& sink, SharedText text, const MessageFate& fate) {
  switch (fate.verb) {
    case MessageFate::Verb::kDrop: return;
    case MessageFate::Verb::kDelay:
      return send_after(scheduler_, in_millis(fate.delay), sink, std::move(text));
    case MessageFate::Verb::kDuplicate:
      send(sink, text);
      if (fate.delay == Nanos{0}) return send(sink, std::move(text));
      return send_after(scheduler_, in_millis(fate.delay), sink, std::move(text));
    case MessageFate::Verb::kReorder: return hold(sink, std::move(text), fate.delay);
    case MessageFate::Verb::kFalsify: return send(sink, told(std::move(text), fate));
    case MessageFate::Verb::kCut: return sink.cut();
    case MessageFate::Verb::kWire: sink.inject(fate.wire); return send(sink, std::move(text));
  }
}

void MessageGate::send_before_held(TextSink& sink, SharedText text, std::uint64_t conflation_key) {
  sink.send(std::move(text), conflation_key);
  std::vector<SharedText> behind;
  std::erase_if(held_, [&sink, &behind](const Held& held) {
    if (held.key != &sink) return false;
    // A connection that has gone may have left its address to this one.
    if (!held.sink.expired()) behind.push_back(held.text);
    return true;
  });
  for (SharedText& each : behind) sink.send(std::move(each), 0);
}

void MessageGate::hold(TextSink& sink, SharedText text, Nanos at_most) {
  const std::uint64_t number = ++hold_count_;
  held_.push_back({sink.weak(), &sink, std::move(text), number});
  scheduler_.after(in_millis(at_most), [this, number] { release(number); });
}

void MessageGate::release(std::uint64_t number) {
  const auto found = std::ranges::find(held_, number, &Held::number);
  if (found == held_.end()) return;
  const Held held = std::move(*found);
  held_.erase(found);
  if (const auto sink = held.sink.lock()) sink->send(held.text, 0);
}

}  // namespace portcullis::sim
