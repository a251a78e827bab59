#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "feeds/binance/exchange_info.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/api/venue_service.hpp"
#include "sim/faults/fault_target.hpp"
#include "sim/markets/market_generator.hpp"
#include "tests/simulation/network.hpp"

namespace portcullis::simulation {

// The simulator's venue without its sockets: exchange, protocol, limits, keys, record; a crowd that
// trades; and one account, the gateway's.
class SimulatedVenue final : public Host, private sim::FaultTarget {
 public:
  static constexpr std::string_view kAccount = "gateway";
  static constexpr std::string_view kAddress = "192.0.2.1";

  SimulatedVenue(Timeline& timeline, std::uint64_t seed);

  std::unique_ptr<sim::WsService> accept(std::string_view target, sim::TextSink& sink,
                                         Refusal& refusal) override;

  // From exchangeInfo, as a start asks for it.
  [[nodiscard]] feeds::binance::ExchangeInfo exchange_info();
  // What GET /api/v3/depth says; nothing when it refuses.
  [[nodiscard]] std::optional<std::string> depth(const std::string& symbol);
  [[nodiscard]] sim::SimAccountId account() const noexcept { return account_; }
  [[nodiscard]] Qty holding(std::string_view asset) const;
  // What the account had of it in the beginning.
  [[nodiscard]] static Qty initial(std::string_view asset);
  [[nodiscard]] std::size_t open_order_count() const {
    return core.exchange.open_orders(account_, std::nullopt).size();
  }
  // The book as it was behind each difference that was told, by symbol and update id.
  [[nodiscard]] const sim::DepthSnapshot* book_at(std::size_t symbol,
                                                  std::uint64_t update_id) const;
  // The market goes on, every few milliseconds, until told otherwise.
  void set_crowd_trading(bool is_trading) noexcept { is_crowd_trading_ = is_trading; }

  sim::VenueCore core;

 private:
  // Faults on the whole of the venue are the simulation's own; stale snapshots are the simulator's.
  [[nodiscard]] std::string check(const sim::VenueAction&) const override {
    return "not in the simulation";
  }
  std::expected<Undo, std::string> perform(const sim::VenueAction& action) override {
    return std::unexpected{check(action)};
  }
  void keep_snapshots(const std::string& symbol) override;

  void step_crowd();
  void remember_books();

  Timeline& timeline_;
  sim::VenueService service_;
  sim::MarketGenerator crowd_;
  sim::SimAccountId account_{};
  bool is_crowd_trading_{true};
  std::uint64_t steps_{0};
  std::array<std::map<std::uint64_t, sim::DepthSnapshot>, 2> books_;
};

// A key made for these tests; it opens nothing.
extern const std::string_view kEd25519PrivatePem;
inline constexpr std::string_view kEd25519ApiKey =
    "simulatedEd25519KeyOfTheGateway000000000000000000000000000000001";
inline constexpr std::string_view kHmacApiKey =
    "simulatedHmacKeyOfTheGateway000000000000000000000000000000000001";
inline constexpr std::string_view kHmacSecret = "a-secret-that-opens-nothing-at-all";

}  // namespace portcullis::simulation
