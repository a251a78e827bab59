#pragma once

#include <expected>
#include <functional>
#include <string>

#include "sim/faults/fault_script.hpp"

namespace portcullis::sim {

// The venue as faults on the whole of it see it.
class FaultTarget {
 public:
  // What takes a fault back; empty when nothing can.
  using Undo = std::move_only_function<void()>;

  virtual ~FaultTarget() = default;
  // What is wrong with an action before anything happens: a symbol that does not exist. Empty:
  // fine.
  [[nodiscard]] virtual std::string check(const VenueAction& action) const = 0;
  virtual std::expected<Undo, std::string> perform(const VenueAction& action) = 0;
  // Keeps the book as it is now for stale snapshots; empty: of every symbol.
  virtual void keep_snapshots(const std::string& symbol) = 0;
};

}  // namespace portcullis::sim
