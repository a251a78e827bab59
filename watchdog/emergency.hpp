#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "watchdog/cancel_venue.hpp"
#include "watchdog/watchdog_settings.hpp"

namespace portcullis::watchdog {

// Cancels everything in each symbol, then asks what is open there, and begins anew with whatever
// is, until nothing has been open for `settle`. Orders in other symbols are left alone. One request
// a turn; obeys what the venue says about when to ask again, and paces itself by weight. Knows no
// clock.
class Emergency {
 public:
  // Weights of the venue's requests (Binance: 1 a cancel that fails, 6 a listing of one symbol, 80
  // of all): the cheaper listing is taken.
  static constexpr std::int64_t kCancelWeight = 1;
  static constexpr std::int64_t kListingWeight = 6;
  static constexpr std::int64_t kWholeListingWeight = 80;

  enum class Event : std::uint8_t {
    kNone,
    kWaiting,    // nothing may be asked before next()
    kCancelled,  // a symbol's orders, or there were none
    kFoundOpen,  // a listing shows orders: they are cancelled again
    kAllClear,   // for the first time since the last kFoundOpen nothing is open anywhere
    kSettled,    // and that for long enough: it is over
    kRefused,    // last_answer() tells why
  };

  Emergency(std::vector<std::string> symbols, const EmergencySettings& settings, MonoTime now);

  Event turn(CancelVenue& venue, MonoTime now);
  // No turn does anything before this.
  [[nodiscard]] MonoTime next() const noexcept { return next_; }

  [[nodiscard]] const Answer& last_answer() const noexcept { return last_answer_; }
  [[nodiscard]] const std::string& last_symbol() const noexcept { return last_symbol_; }
  // Cancels that the venue has answered with orders or with "nothing open", and all tried.
  [[nodiscard]] std::int64_t cancels_done() const noexcept { return cancels_done_; }
  [[nodiscard]] std::int64_t cancels_tried() const noexcept { return cancels_tried_; }
  // Seen open by listings, all together.
  [[nodiscard]] std::int64_t orders_found() const noexcept { return orders_found_; }

 private:
  enum class Need : std::uint8_t { kCancel, kListing, kNothing };
  struct Symbol {
    std::string name;
    Need need{Need::kCancel};
  };

  [[nodiscard]] Symbol* find(Need need) noexcept;
  Event cancel(Symbol& symbol, CancelVenue& venue, MonoTime now);
  Event list(CancelVenue& venue, MonoTime now);
  Event begin_look(MonoTime now);
  [[nodiscard]] bool is_whole_listing_cheaper() const noexcept;
  Event on_refusal(MonoTime now);
  // True when there is enough for a request of this weight; else next_ is when there will be.
  bool take_weight(std::int64_t weight, MonoTime now) noexcept;

  EmergencySettings settings_;
  std::vector<Symbol> symbols_;
  MonoTime next_{};
  MonoTime clear_since_{};
  MonoTime look_began_{};
  bool is_clear_{false};
  Nanos backoff_;
  std::int64_t weight_left_micro_;  // millionths, so that a pace of any size adds up
  MonoTime weight_counted_;
  Answer last_answer_;
  std::string last_symbol_;
  std::int64_t cancels_done_{0};
  std::int64_t cancels_tried_{0};
  std::int64_t orders_found_{0};
};

}  // namespace portcullis::watchdog
