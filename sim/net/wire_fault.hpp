#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace portcullis::sim {

// What a bad line, or a bad server, does to the bytes of one connection. Nothing here depends on
// chance: who injects decides when, to whom, and how often.
enum class WireFaultKind : std::uint8_t {
  // How the server reads.
  kStopReading,  // not at all for `lasts` (0: ever again): the peer's window closes
  kSlowReading,  // `bytes` in each `interval`, for `lasts` (0: from now on)
  // How it writes.
  kTrickle,   // `bytes` in each `interval`, for `lasts` (0: from now on)
  kHoldBack,  // coalesces: nothing leaves before `bytes` are together, or `lasts` is over
  kSilence,   // reads and serves as ever, but no byte leaves any more
  // How it frames the next `count` messages (WebSocket only).
  kFragment,      // each in frames of `bytes` payload
  kBadOpcode,     // a data frame of an opcode that does not exist
  kReservedBits,  // RSV1 set, though no extension was agreed
  kWrongLength,   // the header says `bytes` more than follow: what comes next is swallowed
  kMasked,        // as only a client may
  kBadUtf8,       // a text frame whose payload is not UTF-8
  kOversized,     // the payload blown up with blanks to `bytes`
  // How the connection ends: after `bytes` more of what the server says, TLS not counted.
  kEnd,               // in order: TLS close, then FIN
  kEndWithoutNotify,  // FIN alone, the TLS session left hanging
  kReset,             // RST
  // The same after `bytes` more of what the client says: those are heard and carried out, but not
  // answered, and the rest is not heard. FIN without notice.
  kEndOfHearing,
};
inline constexpr std::size_t kWireFaultKinds = 16;

struct WireFault {
  WireFaultKind kind{WireFaultKind::kReset};
  std::size_t bytes{0};
  std::chrono::microseconds interval{0};
  std::chrono::microseconds lasts{0};
  int count{1};
};

// The names of scripts and of the counters: "stop_reading", "slow_reading", "trickle", "hold_back",
// "silence", "fragment", "bad_opcode", "reserved_bits", "wrong_length", "masked", "bad_utf8",
// "oversized", "end", "end_without_notify", "reset", "end_of_hearing".
[[nodiscard]] std::string_view name_of(WireFaultKind kind) noexcept;
[[nodiscard]] std::optional<WireFaultKind> wire_fault_named(std::string_view name) noexcept;

// How often each kind took effect: framing faults by message, the others by connection.
class WireFaultCounts {
 public:
  void add(WireFaultKind kind) noexcept { ++counts_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] std::uint64_t operator[](WireFaultKind kind) const noexcept {
    return counts_[static_cast<std::size_t>(kind)];
  }

 private:
  std::array<std::uint64_t, kWireFaultKinds> counts_{};
};

}  // namespace portcullis::sim
