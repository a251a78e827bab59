#pragma once

#include <cstdint>
#include <string>

#include "app/exit_code.hpp"

namespace portcullis::app {

// `portcullis audit VERB FILE`: looks at a log of privileged acts and changes nothing. A gateway
// may be writing it.
struct AuditCommand {
  enum class Verb : std::uint8_t {
    kVerify,  // every record, the chain, and the anchors if there are any
    kShow,    // every act, a line each
  };
  Verb verb{Verb::kVerify};
  std::string file;
  std::string anchor_file;  // kVerify: heads noted elsewhere, which must be in the chain
  bool is_json{false};
};

[[nodiscard]] ExitCode look_at_audit(const AuditCommand& command);

}  // namespace portcullis::app
