#pragma once

#include <expected>
#include <memory>
#include <string>

#include "sim/admin/venue_ports.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/faults/fault_target.hpp"
#include "sim/net/connections.hpp"
#include "sim/net/event_loop.hpp"

namespace portcullis::sim {

// Everything that can be done to the venue as a whole, by a fault script or by hand. One thread.
class VenueControl final : public FaultTarget {
 public:
  // `connections` are those of the venue's own ports.
  VenueControl(VenueCore& venue, EventLoop& loop, const std::shared_ptr<Connections>& connections,
               VenuePorts& ports);

  [[nodiscard]] std::string check(const VenueAction& action) const override;
  std::expected<Undo, std::string> perform(const VenueAction& action) override;
  void keep_snapshots(const std::string& symbol) override;

 private:
  using Done = std::expected<Undo, std::string>;

  [[nodiscard]] std::string check_one(const SymbolStatusAction& action) const;
  [[nodiscard]] std::string check_one(const FiltersAction& action) const;
  [[nodiscard]] std::string check_one(const RevokeKeyAction& action) const;
  [[nodiscard]] std::string check_one(const CutAction& action) const;
  [[nodiscard]] std::string check_one(const TerminateAction& action) const;
  [[nodiscard]] std::string check_one(const BalanceAction& action) const;
  template <class Action>
  [[nodiscard]] std::string check_one(const Action&) const {
    return {};
  }

  Done perform_one(const SymbolStatusAction& action);
  Done perform_one(const FiltersAction& action);
  Done perform_one(const ClockAction& action);
  Done perform_one(const RevokeKeyAction& action);
  Done perform_one(const LimitsAction& action);
  Done perform_one(const BanAction& action);
  Done perform_one(const ShutdownAction& action);
  Done perform_one(const CutAction& action);
  Done perform_one(const ConnectionsAction& action);
  Done perform_one(const WireAction& action);
  Done perform_one(const TerminateAction& action);
  Done perform_one(const BalanceAction& action);

  VenueCore& venue_;
  EventLoop& loop_;
  const std::shared_ptr<Connections>& connections_;
  VenuePorts& ports_;
};

}  // namespace portcullis::sim
