#pragma once

#include <array>
#include <string>

#include "core/ids.hpp"

namespace portcullis::feeds::binance {

// Order book snapshots (GET /api/v3/depth) for a feed agent that may not wait: asked for here, and
// fetched elsewhere (DepthSnapshotSource, or a simulation). One agent, one source.
class SnapshotSource {
 public:
  // An answer; the body, if any, is the agent's until recycle().
  struct Reply {
    SymbolId symbol{kNoSymbol};
    int http_status{0};            // 0: no answer from the venue
    std::string* body{nullptr};    // null: failed; else followed by 64 readable bytes
    std::array<char, 47> error{};  // cut, zero-terminated: for the agent's log
  };

  virtual ~SnapshotSource() = default;
  SnapshotSource(const SnapshotSource&) = delete;
  SnapshotSource& operator=(const SnapshotSource&) = delete;

  // Feed thread. False when the queue is full: ask again later.
  [[nodiscard]] virtual bool request(SymbolId symbol) noexcept = 0;
  [[nodiscard]] virtual bool take(Reply& out) noexcept = 0;
  virtual void recycle(const Reply& reply) noexcept = 0;

 protected:
  SnapshotSource() = default;
};

}  // namespace portcullis::feeds::binance
