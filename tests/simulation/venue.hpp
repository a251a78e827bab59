#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/instrument.hpp"
#include "core/market_view.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/api/venue_service.hpp"
#include "sim/markets/market_generator.hpp"
#include "tests/simulation/network.hpp"

namespace portcullis::simulation {

// The simulator's venue without its sockets: exchange, protocol, limits, keys, record; a crowd that
// trades; and one account, the gateway's.
class SimulatedVenue final : public Host {
 public:
  static constexpr std::string_view kAccount = "gateway";
  static constexpr std::string_view kAddress = "192.0.2.1";

  SimulatedVenue(Timeline& timeline, std::uint64_t seed);

  std::unique_ptr<sim::WsService> accept(std::string_view target, sim::TextSink& sink,
                                         std::string& refusal) override;

  // From exchangeInfo, as a start asks for it.
  [[nodiscard]] InstrumentTable instruments();
  // What an ideal feed would have published by now.
  void publish(MarketView& market, MonoTime now) const;
  [[nodiscard]] sim::SimAccountId account() const noexcept { return account_; }
  [[nodiscard]] Qty holding(std::string_view asset) const;
  // What the account had of it in the beginning.
  [[nodiscard]] static Qty initial(std::string_view asset);
  [[nodiscard]] std::size_t open_order_count() const {
    return core.exchange.open_orders(account_, std::nullopt).size();
  }
  // The market goes on, every few milliseconds, until told otherwise.
  void set_crowd_trading(bool is_trading) noexcept { is_crowd_trading_ = is_trading; }

  sim::VenueCore core;

 private:
  void step_crowd();

  Timeline& timeline_;
  sim::VenueService service_;
  sim::MarketGenerator crowd_;
  sim::SimAccountId account_{};
  bool is_crowd_trading_{true};
};

// A key made for these tests; it opens nothing.
extern const std::string_view kEd25519PrivatePem;
inline constexpr std::string_view kEd25519ApiKey =
    "simulatedEd25519KeyOfTheGateway000000000000000000000000000000001";
inline constexpr std::string_view kHmacApiKey =
    "simulatedHmacKeyOfTheGateway000000000000000000000000000000000001";
inline constexpr std::string_view kHmacSecret = "a-secret-that-opens-nothing-at-all";

}  // namespace portcullis::simulation
