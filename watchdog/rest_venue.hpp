#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/net/http_session.hpp"
#include "core/signing/signer.hpp"
#include "core/time.hpp"
#include "watchdog/cancel_venue.hpp"
#include "watchdog/watchdog_settings.hpp"

namespace portcullis::watchdog {

// Binance spot by signed REST requests over one connection that is kept. Shares nothing with the
// gateway's sessions: its own key, its own connection, its own clock of the venue.
class RestVenue final : public CancelVenue {
 public:
  // Error text: what is wrong with the key or the address, and what to do.
  static std::expected<RestVenue, std::string> create(const WatchdogSettings& settings);

  Answer cancel_all(const std::string& symbol) override;
  Answer open_orders(const std::string& symbol) override;

  // Asks the venue for its time: keeps the connection and the clock fresh (weight 1).
  Answer keep_warm();
  // Cancels an order that cannot exist: kDone when the venue says so, which it does only to a key
  // that may cancel in the symbol (weight 1).
  Answer try_key(const std::string& symbol);

 private:
  RestVenue(net::HttpSession session, signing::Signer signer, std::string api_key)
      : session_{std::move(session)},
        signer_{std::move(signer)},
        api_key_{std::move(api_key)} {}

  // Signed; the clock is measured first where it is not known or has been refused.
  Answer ask(net::HttpSession::Method method, const std::string& path, std::string parameters);
  Answer send(net::HttpSession::Method method, const std::string& target);

  net::HttpSession session_;
  signing::Signer signer_;
  std::string api_key_;
  std::optional<Nanos> venue_offset_;  // the venue's wall clock less the monotonic one
  std::string body_;                   // of the last answer
};

// What an answer of the venue means; `body` its JSON. Listings are not read here.
[[nodiscard]] Answer classify(int http_status, std::string_view retry_after, std::string_view body);

}  // namespace portcullis::watchdog
