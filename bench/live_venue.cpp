#include "bench/live_venue.hpp"

#include <filesystem>
#include <utility>

#include <system_error>
#include <unistd.h>

#include "core/check.hpp"

namespace portcullis::bench {

namespace {

sim::ServerConfig config_in(const std::string& folder) {
  sim::ServerConfig config;
  config.state_dir = folder;
  config.symbols = {*sim::symbol_spec_by_name("BTCUSDT")};
  config.symbols.front().filters.orders_max.reset();
  config.accounts = {{.name = "main", .balances = {{"USDT", Qty::from_units(10'000'000'000), {}}}}};
  config.limits.incoming_per_second_max = 0;
  config.venue_limits.is_enforced = false;
  return config;
}

}  // namespace

LiveVenue::LiveVenue(MakeMarket make_market)
    : folder_{std::filesystem::temp_directory_path() /
              ("live_venue_" + std::to_string(::getpid()))} {
  auto opened = sim::Server::open(config_in(folder_));
  PORTCULLIS_CHECK(opened.has_value(), "the venue does not open");
  server_ = std::move(*opened);
  if (make_market != nullptr) server_->add_market(make_market(server_->exchange()));
  thread_ = std::thread{[this] { server_->run(); }};
}

LiveVenue::~LiveVenue() {
  server_->stop();
  thread_.join();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace portcullis::bench
