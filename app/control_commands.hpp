#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "app/mode_keeper.hpp"

namespace portcullis::app {

// What can be said to the control socket: a table, a word each. A line is the word and what belongs
// to it, blanks between, the reason last and free; the answer is one JSON object with "ok" and,
// where it is false, "error". A stage with words of its own adds them. Control thread only.
class ControlCommands {
 public:
  struct Call {
    std::string_view arguments;  // behind the word
    uid_t user{};
  };
  using Run = std::move_only_function<std::string(const Call& call) const>;

  // kill, mode, rearm, status, drill and help. Both outlive it.
  ControlCommands(Gateway& gateway, ModeKeeper& modes);

  void add(std::string word, std::string usage, Run run);
  [[nodiscard]] std::string run(std::string_view line, uid_t user) const;

 private:
  struct Entry {
    std::string word;
    std::string usage;
    Run run;
  };
  std::vector<Entry> entries_;
};

// {"ok":false,"error":"..."}
[[nodiscard]] std::string control_error(std::string_view text);
// The first word of `text`, which moves behind it; empty when there is none.
[[nodiscard]] std::string_view take_word(std::string_view& text);

}  // namespace portcullis::app
