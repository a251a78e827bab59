#pragma once

#include <deque>
#include <memory>
#include <string>

#include "core/instrument.hpp"
#include "feeds/binance/snapshot_source.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/venue.hpp"

namespace portcullis::simulation {

// Depth snapshots as the venue's own method answers them, some milliseconds after they are asked
// for. What the HTTP connection of life could do to them is in the time that they take, and in that
// they may fail.
class SimulatedSnapshots final : public feeds::binance::SnapshotSource {
 public:
  SimulatedSnapshots(Network& network, SimulatedVenue& venue, const InstrumentTable& instruments)
      : network_{network},
        venue_{venue},
        instruments_{instruments} {}

  [[nodiscard]] bool request(SymbolId symbol) noexcept override;
  [[nodiscard]] bool take(Reply& out) noexcept override;
  void recycle(const Reply& reply) noexcept override { delete reply.body; }

 private:
  void answer(SymbolId symbol);

  Network& network_;
  SimulatedVenue& venue_;
  const InstrumentTable& instruments_;
  std::deque<Reply> replies_;
  std::shared_ptr<bool> life_{std::make_shared<bool>(true)};
};

}  // namespace portcullis::simulation
