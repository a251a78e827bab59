#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// Makes requests of a connection's bytes, in whatever pieces they come: Beast's parser, with limits
// (HTTP/1.0 and 1.1; bodies by length or chunked).
class HttpParser {
 public:
  enum class Status : std::uint8_t { kMore, kWhole, kBad };
  struct Problem {
    int status;
    std::string_view why;
  };

  HttpParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~HttpParser();
  HttpParser(const HttpParser&) = delete;
  HttpParser& operator=(const HttpParser&) = delete;

  // How many bytes it took; the others are to be shown again, with more behind them.
  std::size_t read(std::string_view bytes);
  [[nodiscard]] Status status() const noexcept { return status_; }
  [[nodiscard]] Problem problem() const noexcept { return problem_; }
  // The client waits for a word before it sends its body; true once.
  [[nodiscard]] bool take_expectation();

  // Of a whole request, once; then the next may be read. `remote` is left empty.
  [[nodiscard]] HttpRequest take_request();
  [[nodiscard]] const std::string& target() const noexcept { return target_; }
  [[nodiscard]] bool keeps_alive() const noexcept { return keeps_alive_; }
  [[nodiscard]] bool is_upgrade() const noexcept { return is_upgrade_; }

 private:
  struct Impl;
  void restart();

  std::unique_ptr<Impl> impl_;
  const std::size_t header_bytes_max_;
  const std::size_t body_bytes_max_;
  Status status_{Status::kMore};
  Problem problem_{};
  bool is_expectation_told_{false};
  std::string target_;
  bool keeps_alive_{false};
  bool is_upgrade_{false};
};

}  // namespace portcullis::sim
