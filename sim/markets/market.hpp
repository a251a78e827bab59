#pragma once

#include "core/time.hpp"

namespace portcullis::sim {

// Whoever trades against the accounts: a generator or a recorded day. Told the venue's time as
// often as its owner likes; does what has fallen due since the call before, bounded. One thread,
// the exchange's.
class Market {
 public:
  virtual ~Market() = default;
  virtual void step(WallTime now) = 0;
  // Nothing will ever come again (a recording has ended).
  [[nodiscard]] virtual bool is_finished() const = 0;
};

}  // namespace portcullis::sim
