#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "oms/binance/request_id.hpp"
#include "oms/binance/signer.hpp"

namespace portcullis::oms::binance {

// One JSON request in a fixed buffer, written front to back. When it is to be signed, the text that
// the signature covers is written beside it: every parameter but the signature, as `name=value`
// joined by `&`, sorted by name, without percent-encoding (Binance: WebSocket API, "SIGNED request
// security"). Parameters are therefore added in the byte order of their names.
//
// Nothing here is escaped or bounds-checked in the hot path: OrderEncoder admits only symbols, keys
// and ids whose lengths and alphabets fit (kFieldMax).
class RequestFrame {
 public:
  // Longest symbol or key admitted.
  static constexpr std::size_t kFieldMax = 128;

  void begin(RequestId id, std::string_view method, bool is_signed) noexcept;
  void add_text(std::string_view name, std::string_view value) noexcept;
  void add_number(std::string_view name, std::int64_t value) noexcept;
  // Adds the signature where the request is a signed one, and closes it. Empty if signing failed.
  std::string_view finish(const Signer& signer) noexcept;

  // Raw access for a frame rendered by hand; the caller stays inside kFrameBytes.
  [[nodiscard]] char* data() noexcept { return frame_.data(); }

 private:
  static constexpr std::size_t kFrameBytes = 4096;
  static constexpr std::size_t kCoveredBytes = 3072;

  void add(std::string_view name, std::string_view value, std::string_view quote) noexcept;

  std::array<char, kFrameBytes> frame_{};
  std::array<char, kCoveredBytes> covered_{};
  std::size_t size_{0};
  std::size_t covered_size_{0};
  bool is_signed_{false};
  bool has_parameters_{false};
};

}  // namespace portcullis::oms::binance
