#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "core/audit/audit_record.hpp"
#include "core/time.hpp"
#include "core/unique_fd.hpp"

namespace portcullis::audit {

// The log of privileged acts: a line of JSON each, chained by SHA-256, appended and on the disk
// when append returns. Cold threads only; may block on the disk. Several processes may have it open
// (a gateway and the command line): each append is made under a lock of the file, behind what the
// others have written.
//
// A failed sync is not tried again: what the kernel kept of it is not known, so the log refuses
// from then on, until a process opens it anew and reads what is really there.
class Log {
 public:
  // Makes the file if there is none; its directory must exist. A last line that a crash cut short
  // is taken off and recorded (Act::kTailCut). An error when the log is damaged, with the record:
  // acts are not added to a chain that is broken.
  [[nodiscard]] static std::expected<Log, std::string> open(const std::string& path, WallTime now);

  // On the disk when it returns a value.
  [[nodiscard]] std::expected<void, std::string> append(const Entry& entry, WallTime now);

  // Appends the head to the file of anchors when it is another than the last time. The file should
  // be where the log's own disk cannot lose it, and those who could edit the log cannot write.
  [[nodiscard]] std::expected<void, std::string> anchor_to(const std::string& path);

  [[nodiscard]] const Head& head() const noexcept { return head_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  explicit Log(std::string path) : path_{std::move(path)} {}

  std::expected<void, std::string> catch_up(WallTime now);
  std::expected<void, std::string> write_down(const Entry& entry, WallTime now);
  std::unexpected<std::string> failure(const char* call) const;

  std::string path_;
  UniqueFd fd_;
  Head head_;
  std::uint64_t end_{0};  // bytes, behind head_
  std::uint64_t anchored_{0};
  bool has_failed_{false};
};

}  // namespace portcullis::audit
