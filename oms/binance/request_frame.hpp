#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "oms/binance/request_id.hpp"
#include "oms/binance/signer.hpp"

namespace portcullis::oms::binance {

// One request in a fixed buffer, for the WebSocket API or, once told so, for REST. Of REST it is
// the whole HTTP request, with its parameters percent-encoded in the query and always signed there
// (Binance: REST, "SIGNED endpoint security"). Of the WebSocket API it is JSON, written front to
// back; when it is to be signed, the text that the signature covers is written beside it: every
// parameter but the signature, as `name=value` joined by `&`, sorted by name, without
// percent-encoding (Binance: WebSocket API, "SIGNED request security"). Parameters are therefore
// added in the byte order of their names.
//
// Nothing here is escaped or bounds-checked in the hot path: OrderEncoder admits only symbols, keys
// and ids whose lengths and alphabets fit (kFieldMax).
class RequestFrame {
 public:
  // Longest symbol or key admitted.
  static constexpr std::size_t kFieldMax = 128;

  // From now on REST requests to this host (Cold). `api_key` goes in a header.
  void use_rest(const std::string& host, const std::string& api_key);
  [[nodiscard]] bool is_rest() const noexcept { return !rest_end_.empty(); }

  void begin(RequestId id, std::string_view method, bool is_signed) noexcept;
  void add_text(std::string_view name, std::string_view value) noexcept;
  void add_number(std::string_view name, std::int64_t value) noexcept;
  // Adds the signature where the request is a signed one, and closes it. Empty if signing failed,
  // or where REST does not have the method.
  std::string_view finish(const Signer& signer) noexcept;

  // Raw access for a frame rendered by hand; the caller stays inside kFrameBytes.
  [[nodiscard]] char* data() noexcept { return frame_.data(); }

 private:
  static constexpr std::size_t kFrameBytes = 4096;
  static constexpr std::size_t kCoveredBytes = 3072;

  void add(std::string_view name, std::string_view value, std::string_view quote) noexcept;
  void begin_rest(std::string_view method) noexcept;
  void add_rest(std::string_view name, std::string_view value) noexcept;
  std::string_view finish_rest(const Signer& signer) noexcept;

  std::array<char, kFrameBytes> frame_{};
  std::array<char, kCoveredBytes> covered_{};
  std::size_t size_{0};
  std::size_t covered_size_{0};
  bool is_signed_{false};
  bool has_parameters_{false};
  std::string rest_end_;  // of the request line, and the headers; empty: not REST
  std::size_t query_begin_{0};
};

}  // namespace portcullis::oms::binance
