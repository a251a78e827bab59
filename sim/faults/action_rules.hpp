#pragma once

#include <cstdint>
#include <span>

#include "core/config_reader.hpp"
#include "sim/faults/fault_script.hpp"

namespace portcullis::sim {

// What an action is called, what it is tied to, and how its own keys are read. Internal to the
// script reader.
struct ActionRule {
  enum class Tie : std::uint8_t {
    kMethod,  // `method` is required: replies, requests, events
    kStream,  // `stream` is required: market messages
    kVenue,   // `on` may tie it to a method or an event; else it fires when its step opens
  };
  const char* name;
  Tie tie;
  const char* about;
  const char* keys;  // its own, for people: "delay, jitter"
  FaultAction (*read)(ConfigSection& step);
};

[[nodiscard]] std::span<const ActionRule> action_rules() noexcept;

}  // namespace portcullis::sim
