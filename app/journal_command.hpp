#pragma once

#include <cstdint>
#include <string>

#include "app/exit_code.hpp"

namespace portcullis::app {

// `portcullis journal VERB DIR`: looks at a journal and changes nothing. It may be one that a
// gateway is writing.
struct JournalCommand {
  enum class Verb : std::uint8_t {
    kVerify,  // every byte: CRCs, places, seals
    kDump,    // every record, a line each
    kStat,    // how many of what, and how large
    kReplay,  // the orders, fills and positions that follow from it
  };
  Verb verb{Verb::kVerify};
  std::string directory;
  std::string memory_dir;
  bool is_json{false};
  std::string head;  // kVerify: a head hash noted earlier, which must be in the chain
};

[[nodiscard]] ExitCode look_at_journal(const JournalCommand& command);

}  // namespace portcullis::app
