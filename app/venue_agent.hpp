#pragma once

#include "core/id_block.hpp"
#include "core/time.hpp"
#include "oms/binance/binance_venue.hpp"
#include "oms/oms_agent.hpp"

namespace portcullis::app {

// The venue session as an agent of its own, telling the order accounting what it hears. Same thread
// as the order accounting: both write the orders.
class VenueAgent {
 public:
  using Oms = oms::OmsAgent<oms::binance::BinanceVenue, IdBlock>;
  static constexpr const char* kRoleName = oms::binance::BinanceVenue::kRoleName;

  VenueAgent(oms::binance::BinanceVenue& venue, Oms& oms) : venue_{venue}, oms_{oms} {}

  int do_work(const Now& now) noexcept { return venue_.poll(oms_, now); }

 private:
  oms::binance::BinanceVenue& venue_;
  Oms& oms_;
};

}  // namespace portcullis::app
