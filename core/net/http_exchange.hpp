#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/net/byte_stream.hpp"
#include "core/net/receive_buffer.hpp"

namespace portcullis::net {

// HTTP/1.1 requests on a byte stream that is open, one at a time, without waiting and, after
// construction, without allocating: for a hot thread. What an answer may be: a body with a length,
// in chunks, or up to the end of the connection; without content coding. One thread at a time.
class HttpExchange {
 public:
  explicit HttpExchange(std::size_t body_bytes_max);

  // The stream stays the caller's.
  void attach(ByteStream& stream) noexcept;
  void detach() noexcept {
    stream_ = nullptr;
    phase_ = Phase::kIdle;
  }

  [[nodiscard]] bool is_busy() const noexcept { return phase_ != Phase::kIdle; }

  // The whole of a request; only while not busy. What ByteStream says of it.
  [[nodiscard]] ByteStream::Sent send(std::string_view request) noexcept;

  enum class Status : std::uint8_t {
    kNothing,
    kAnswer,  // whole; the views below are valid until the next call
    kLost,    // ended, failed, or not readable as HTTP: the stream must be given up, cause()
  };
  // At most one receive call.
  [[nodiscard]] Status poll() noexcept;

  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] std::string_view body() const noexcept { return {body_.data(), body_size_}; }
  // A header's value, by its name in lower case; nothing where there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
  [[nodiscard]] std::optional<std::int64_t> header_number(std::string_view name) const noexcept;
  // The server ends the connection behind this answer.
  [[nodiscard]] bool is_last() const noexcept { return is_last_; }
  // Static text.
  [[nodiscard]] const char* cause() const noexcept { return cause_; }

 private:
  static constexpr std::size_t kHeadBytesMax = 32u << 10;

  enum class Phase : std::uint8_t {
    kIdle,
    kHead,
    kBody,       // so many bytes
    kChunkSize,  // a line
    kChunk,      // so many bytes, and the end of a line
    kTrailer,    // lines up to an empty one
    kToEnd,      // up to the end of the connection
  };

  [[nodiscard]] Status step() noexcept;
  [[nodiscard]] bool read_head() noexcept;
  [[nodiscard]] bool read_head_text(std::string_view head) noexcept;
  [[nodiscard]] bool take_body() noexcept;
  [[nodiscard]] bool read_chunk_size() noexcept;
  [[nodiscard]] std::optional<std::string_view> next_line() noexcept;
  [[nodiscard]] Status lose(const char* cause) noexcept;
  [[nodiscard]] Status finish() noexcept;

  ByteStream* stream_{nullptr};
  ReceiveBuffer inbox_;
  std::vector<char> head_;
  std::vector<char> body_;
  std::size_t head_size_{0};
  std::size_t body_size_{0};
  std::size_t left_{0};  // of the body, or of a chunk with its end of line
  Phase phase_{Phase::kIdle};
  int status_{0};
  bool is_last_{false};
  bool has_moved_{false};
  const char* cause_{""};
};

}  // namespace portcullis::net
