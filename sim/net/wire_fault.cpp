#include "sim/net/wire_fault.hpp"

namespace portcullis::sim {

namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, kWireFaultKinds> kNames{
    "stop_reading", "slow_reading",       "trickle",      "hold_back",     "silence",  "fragment",
    "bad_opcode",   "reserved_bits",      "wrong_length", "masked",        "bad_utf8", "oversized",
    "end",          "end_without_notify", "reset",        "end_of_hearing"};

}  // namespace

std::string_view name_of(WireFaultKind kind) noexcept {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<WireFaultKind> wire_fault_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<WireFaultKind>(i);
  }
  return std::nullopt;
}

}  // namespace portcullis::sim
