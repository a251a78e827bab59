#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mode.hpp"
#include "core/time.hpp"

namespace portcullis {

// The modes that outlive the process: a file that keeps the gateway, or a part of it, from trading
// until a named human lowers it. Fails closed: a latch that cannot be read, is garbled, or whose
// directory is missing counts as a kill of everything. The control thread and the command line
// write it, one at a time (a lock file beside it); whatever changes is also a line in kill.history.
//
// Version 2 has an entry for each scope; a file of version 1, a kill of everything, is read.
class KillLatch {
 public:
  static constexpr std::string_view kGlobal = "global";

  struct Record {
    std::string scope{kGlobal};  // "global", "account", "strategy:NAME", "symbol:BTCUSDT"
    Mode mode{Mode::kHalted};
    std::string reason;
    WallTime time{};
  };
  // Whose word lowers a mode, and why.
  struct Human {
    std::string name;
    std::string reason;
  };

  // The directory must exist by the time of the first call.
  explicit KillLatch(const std::string& directory);

  // Whether the gateway as a whole was killed.
  [[nodiscard]] bool is_set() const;
  // Durable when it returns a value. The first reason that can be read stays while the mode does;
  // a mode that is less strict changes nothing. Control characters in texts become spaces.
  [[nodiscard]] std::expected<void, std::string> set(const Record& record) const;
  // A kill of everything.
  [[nodiscard]] std::expected<void, std::string> set(std::string_view reason, WallTime time) const {
    return set(Record{.reason = std::string{reason}, .time = time});
  }
  // A human has looked. The scope goes to `to`; RUNNING removes its entry. Written to the history
  // first, and not done when that fails. A latch that cannot be read is removed whole with the
  // global scope, and otherwise refused. Nothing to lower is no error.
  [[nodiscard]] std::expected<void, std::string> lower(std::string_view scope, Mode to,
                                                       const Human& human, WallTime time) const;
  // Every entry, the oldest first; an error, with the next step, when set but not readable.
  [[nodiscard]] std::expected<std::vector<Record>, std::string> read_all() const;
  // The whole gateway's alone.
  [[nodiscard]] std::expected<std::optional<Record>, std::string> read() const;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  [[nodiscard]] bool is_there() const;
  [[nodiscard]] std::expected<void, std::string> write(const std::vector<Record>& records) const;
  [[nodiscard]] std::expected<void, std::string> note(std::string_view line) const;

  std::string directory_;
  std::string path_;
};

}  // namespace portcullis
