#pragma once

#include "core/heartbeat_page.hpp"
#include "core/id_block.hpp"
#include "core/time.hpp"
#include "oms/binance/binance_venue.hpp"
#include "oms/oms_agent.hpp"

namespace portcullis::app {

// The venue session as an agent of its own, telling the order accounting what it hears. Same thread
// as the order accounting: both write the orders. Shows the watchdog what it has to know.
class VenueAgent {
 public:
  using Oms = oms::OmsAgent<oms::binance::BinanceVenue, IdBlock>;
  static constexpr const char* kRoleName = oms::binance::BinanceVenue::kRoleName;

  VenueAgent(oms::binance::BinanceVenue& venue, Oms& oms, TradingSigns signs)
      : venue_{venue},
        oms_{oms},
        signs_{signs} {}

  int do_work(const Now& now) noexcept {
    const int work = venue_.poll(oms_, now);
    signs_.tell(venue_.is_up(), oms_.may_have_orders());
    return work;
  }

 private:
  oms::binance::BinanceVenue& venue_;
  Oms& oms_;
  TradingSigns signs_;
};

}  // namespace portcullis::app
