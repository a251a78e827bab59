#include "oms/binance/connection_slot.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace portcullis::oms::binance {

namespace {

// Between the ends of two slots' connections, so that they are not all replaced at once.
constexpr Nanos kStagger = std::chrono::minutes{7};

}  // namespace

ConnectionCounters::ConnectionCounters(CounterFile& file, std::size_t number) {
  const std::string prefix = "venue.binance.connection." + std::to_string(number) + ".";
  step = file.allocate(prefix + "step");
  round_trip_us = file.allocate(prefix + "round_trip_us");
  requests = file.allocate(prefix + "requests");
  connects = file.allocate(prefix + "connects");
  losses = file.allocate(prefix + "losses");
  replacements = file.allocate(prefix + "replacements");
}

ConnectionSlot::ConnectionSlot(std::unique_ptr<net::ConnectionSource> source, std::size_t number,
                               CounterFile& file)
    : counters{file, number},
      number_{number},
      source_{std::move(source)} {
}

bool ConnectionSlot::wants_connection(const BinanceVenueSettings& settings,
                                      MonoTime now) const noexcept {
  if (!current().is_open()) return !other().is_open() || other().is_draining();
  if (other().is_open()) return false;
  const Nanos age_max =
      std::max(Nanos{settings.replace_after} - static_cast<std::int64_t>(number_) * kStagger,
               Nanos{settings.replace_after} / 2);
  return current().is_ending() || now - current().opened_at() >= age_max;
}

void ConnectionSlot::request() noexcept {
  source_->request();
  is_requested_ = true;
}

net::WsConnection* ConnectionSlot::take() noexcept {
  net::WsConnection* const line = source_->take();
  if (line != nullptr) is_requested_ = false;
  return line;
}

Nanos ConnectionSlot::lengthen_backoff(const BinanceVenueSettings& settings) noexcept {
  backoff_ = backoff_ == Nanos{} ? Nanos{settings.reconnect_backoff_first}
                                 : std::min(2 * backoff_, Nanos{settings.reconnect_backoff_max});
  return backoff_;
}

}  // namespace portcullis::oms::binance
