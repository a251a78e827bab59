#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace portcullis {

// The kill that outlives the process: a file whose presence keeps the gateway from trading until a
// human clears it. Fails closed: a latch that cannot be read, is garbled, or whose directory is
// missing counts as set. Control thread only (the signal handler sets KillSwitch; this makes it
// last).
class KillLatch {
 public:
  struct Record {
    std::string reason;
    WallTime time{};
  };

  // The directory must exist by the time of the first call.
  explicit KillLatch(const std::string& directory);

  [[nodiscard]] bool is_set() const;
  // Durable when it returns a value. The first reason that can be read stays. Control
  // characters in the reason become spaces.
  [[nodiscard]] std::expected<void, std::string> set(std::string_view reason, WallTime time) const;
  // For the human's re-arm only.
  [[nodiscard]] std::expected<void, std::string> clear() const;
  // Nothing when not set; an error, with the next step, when set but not readable.
  [[nodiscard]] std::expected<std::optional<Record>, std::string> read() const;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string directory_;
  std::string path_;
};

}  // namespace portcullis
