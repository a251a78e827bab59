// How much of an order's way through the simulator is the venue's own: request text in, reply text
// out, without a socket. Orders rest, so that the books and the records grow as they do at a venue.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/bench_list.hpp"
#include "core/check.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/api/ws_api_session.hpp"
#include "tests/sim/signing.hpp"

namespace portcullis::bench {

namespace {

using sim::SharedText;

constexpr const char* kHmacKey = "hmacKeyhmacKeyhmacKeyhmacKeyhmacKeyhmacKeyhmacKeyhmacKeyhmacKey1";
constexpr const char* kEdKey = "ed25519Keyed25519Keyed25519Keyed25519Keyed25519Keyed25519Keyed25";
constexpr const char* kSecret = "secretsecretsecretsecretsecretsecretsecretsecretsecretsecretsecr";

struct NoScheduler final : sim::Scheduler {
  void after(std::chrono::microseconds, std::move_only_function<void()>) override {}
};

// Keeps the last reply.
struct ReplySink final : sim::TextSink, std::enable_shared_from_this<ReplySink> {
  void send(SharedText text, std::uint64_t) override { last = std::move(text); }
  void cut() override {}
  [[nodiscard]] std::weak_ptr<sim::TextSink> weak() override { return shared_from_this(); }
  SharedText last;
};

// A venue with one symbol, one account with endless money, and a connection to it.
class OrderDesk {
 public:
  OrderDesk() : venue_{{spec()}, scheduler_} {
    sim::LimitsConfig limits;
    limits.is_enforced = false;
    venue_.usage.set_limits(limits);
    const auto account =
        venue_.exchange.add_account({{"USDT", Qty::from_units(10'000'000'000), {}}});
    venue_.authenticator.add_hmac_key(kHmacKey, kSecret, account);
    session_ = std::make_unique<sim::WsApiSession>(venue_, *sink_,
                                                   sim::WsApiOptions{.remote = "127.0.0.1"});
    log_on(account);
  }

  // Signed or by the session; each with an id of its own.
  [[nodiscard]] std::string request(bool is_signed) {
    const std::string number = std::to_string(++count_);
    const std::string now = std::to_string(count_ms(venue_.clock.now()));
    const std::string px = std::to_string(50'000 + count_ % 1'000);
    std::string key;
    if (is_signed) {
      const std::string payload = "apiKey=" + std::string{kHmacKey} + "&newClientOrderId=bench-" +
                                  number + "&price=" + px +
                                  ".10&quantity=0.00100&recvWindow=60000&side=BUY&symbol=BTCUSDT"
                                  "&timeInForce=GTC&timestamp=" +
                                  now + "&type=LIMIT";
      key = ",\"apiKey\":\"" + std::string{kHmacKey} + "\",\"signature\":\"" +
            sim::test::hmac_hex(kSecret, payload) + "\"";
    }
    return "{\"id\":" + number +
           ",\"method\":\"order.place\",\"params\":{\"symbol\":\"BTCUSDT\",\"side\":\"BUY\","
           "\"type\":\"LIMIT\",\"timeInForce\":\"GTC\",\"quantity\":\"0.00100\",\"price\":\"" +
           px + ".10\",\"newClientOrderId\":\"bench-" + number + "\",\"timestamp\":" + now +
           ",\"recvWindow\":60000" + key + "}}";
  }

  [[nodiscard]] std::size_t ask(const std::string& request) {
    session_->on_text(request);
    return sink_->last->size();
  }
  [[nodiscard]] const std::string& last() const { return *sink_->last; }

 private:
  static sim::SymbolSpec spec() {
    sim::SymbolSpec spec = *sim::symbol_spec_by_name("BTCUSDT");
    spec.filters.orders_max.reset();
    return spec;
  }

  void log_on(sim::SimAccountId account) {
    const auto key = sim::test::SigningKey::ed25519();
    const auto added = venue_.authenticator.add_public_key(kEdKey, key.public_pem(), account);
    PORTCULLIS_CHECK(added.has_value(), "a key just made is one");
    session_->on_text(
        sim::test::logon_text(kEdKey, key, std::to_string(count_ms(venue_.clock.now()))));
    PORTCULLIS_CHECK(last().find("\"status\":200") != std::string::npos, "the logon was refused");
  }

  NoScheduler scheduler_;
  sim::VenueCore venue_;
  std::shared_ptr<ReplySink> sink_{std::make_shared<ReplySink>()};
  std::unique_ptr<sim::WsApiSession> session_;
  std::uint64_t count_{0};
};

}  // namespace

void bench_sim_order(Reporter& reporter) {
  for (const bool is_signed : {false, true}) {
    const std::string name = is_signed ? "sim_order_place_hmac" : "sim_order_place";
    if (!reporter.wants(name)) continue;
    constexpr int kRounds = 200;
    constexpr int kBatch = 100;
    OrderDesk desk;
    Figure figure{name, is_signed
                            ? "request text to reply text, signed by HMAC, mean of 100, 200 times"
                            : "request text to reply text after logon, mean of 100, 200 times"};
    for (int round = 0; round < kRounds; ++round) {
      std::vector<std::string> requests;
      for (int i = 0; i < kBatch; ++i) requests.push_back(desk.request(is_signed));
      std::size_t next = 0;
      figure.ours.add(
          time_batch(reporter.clock(), kBatch, [&] { keep(desk.ask(requests[next++])); }));
      PORTCULLIS_CHECK(desk.last().find("\"status\":\"NEW\"") != std::string::npos,
                       "an order was refused");
    }
    reporter.report(figure);
  }
}

}  // namespace portcullis::bench
