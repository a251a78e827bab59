#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/counters.hpp"
#include "core/hop_clock.hpp"
#include "core/log.hpp"
#include "core/no_alloc.hpp"
#include "oms/binance/binance_venue.hpp"
#include "tests/net/loopback_server.hpp"
#include "tests/net/test_certificates.hpp"
#include "tests/oms_binance/approvals.hpp"
#include "tests/oms_binance/binance_world.hpp"

namespace portcullis::oms::binance::test {

// What the scripted venue does about one request.
struct Answer {
  std::vector<std::string> frames;
  bool is_reset_after{false};
  std::chrono::milliseconds delay{0};
};

// The answers of a venue at peace: the session comes up, and nothing else is answered.
inline Answer answer_session(const Json& request) {
  const std::string method = request["method"];
  Json reply{{"id", request["id"]}, {"status", 200}};
  if (method == "session.logon") {
    reply["result"] = {{"apiKey", request["params"]["apiKey"]},
                       {"serverTime", request["params"]["timestamp"]}};
  } else if (method.starts_with("userDataStream.subscribe")) {
    reply["result"] = {{"subscriptionId", 0}};
  } else {
    return {};
  }
  return {.frames = {reply.dump()}};
}

inline bool is_session(const Json& request) {
  return !answer_session(request).frames.empty();
}

inline std::string result(const Json& request, Json content) {
  return Json{{"id", request["id"]}, {"status", 200}, {"result", std::move(content)}}.dump();
}

// The listener's record of what it was told. It may allocate: the rule is the session's.
class Recorder {
 public:
  void on_venue_report(const VenueReport& report, const Now&) noexcept {
    const AllocAllowedScope recording;
    reports.push_back(report);
  }
  void on_request_failure(const RequestFailure& failure, const Now&) noexcept {
    const AllocAllowedScope recording;
    failures.push_back(failure);
  }
  void on_balance(const VenueBalance& balance, const Now&) noexcept {
    const AllocAllowedScope recording;
    balances.push_back(balance);
  }
  void on_listing_complete(RequestKind kind, SymbolId symbol, OrderId id, const Now&) noexcept {
    const AllocAllowedScope recording;
    listings.emplace_back(kind, symbol, id);
  }
  void on_balance_change(const VenueBalanceChange& change, const Now&) noexcept {
    const AllocAllowedScope recording;
    changes.push_back(change);
  }
  void on_parked(const ParkedEvent& event, const Now&) noexcept {
    const AllocAllowedScope recording;
    parked.emplace_back(event.name, event.text);
  }
  void on_list_status(const VenueListStatus& status, const Now&) noexcept {
    const AllocAllowedScope recording;
    list_statuses.push_back(status);
  }
  void on_trades_page(const TradesPage& page, const Now&) noexcept {
    const AllocAllowedScope recording;
    pages.push_back(page);
  }
  void on_session_state(VenueSessionState state, const Now&) noexcept {
    const AllocAllowedScope recording;
    states.push_back(state);
  }

  std::vector<VenueReport> reports;
  std::vector<RequestFailure> failures;
  std::vector<VenueBalance> balances;
  std::vector<std::tuple<RequestKind, SymbolId, OrderId>> listings;
  std::vector<VenueBalanceChange> changes;
  std::vector<std::pair<std::string, std::string>> parked;
  std::vector<TradesPage> pages;
  std::vector<VenueListStatus> list_statuses;
  std::vector<VenueSessionState> states;
};
static_assert(VenueListener<Recorder>);
static_assert(Venue<BinanceVenue>);

// A real session against a real TLS WebSocket server whose answers the test writes.
class VenueFixture : public testing::Test {
 protected:
  using Script = std::move_only_function<Answer(const Json& request)>;

  // How the venue answers when it is asked for its time; guarded by the server's lock.
  Answer answer_time(const Json& request) const {
    return {.frames = {Json{
                {"id", request["id"]}, {"status", 200}, {"result", {{"serverTime", venue_ms()}}}}
                           .dump()}};
  }
  void start(KeyKind kind, Script script, Script time_script = {}) {
    time_script_ = time_script ? std::move(time_script)
                               : Script{[this](const Json& r) { return answer_time(r); }};
    script_ = std::move(script);
    net::test::ServerOptions options;
    options.credentials = authority_.issue();
    options.is_concurrent = true;
    server_ = std::make_unique<net::test::LoopbackServer>(
        options, [this](net::test::ServerPeer& peer) { serve(peer); });
    BinanceVenueSettings settings;
    settings.ws_api_url = "wss://localhost:" + std::to_string(server_->port()) + "/ws-api/v3";
    settings.ca_file = authority_.ca_file();
    settings.api_key = kApiKey;
    settings.key_kind = kind;
    settings.secret = Secret{kind == KeyKind::kEd25519 ? kEd25519Pem : kHmacSecret};
    settings.connect_backoff.first = std::chrono::milliseconds{1};
    settings.manners = manners_;
    settings.address = address_;
    if (tune_) tune_(settings);
    auto venue =
        BinanceVenue::create(std::move(settings), instruments_, codec(), counters_, log_, clock_);
    ASSERT_TRUE(venue) << venue.error();
    venue_ = std::move(*venue);
  }
  void start_up(KeyKind kind, Script script) {
    start(kind, std::move(script));
    ASSERT_TRUE(poll_until([&] { return venue_->is_up(); })) << venue_->last_connect_error();
  }
  void TearDown() override {
    venue_.reset();  // first: the server's script waits for the client to go
    server_.reset();
  }

  Now now() const {
    const Nanos since = elapsed();
    return {mono_time(1'000'000'000) + since, kWall + since + wall_step_};
  }
  // Time passes for the session and the venue at once; the sockets notice nothing.
  void jump(std::chrono::milliseconds by) { jump_ns_ += Nanos{by}.count(); }
  // Somebody sets the host's wall clock.
  void set_wall(std::chrono::milliseconds by) { wall_step_ += by; }
  // The venue's own clock jumps.
  void step_venue_clock(std::chrono::milliseconds by) { venue_step_ns_ += Nanos{by}.count(); }
  std::int64_t venue_ms() const {
    return count_ms(kWall + elapsed() + Nanos{venue_step_ns_.load()});
  }
  int poll() {
    const Now moment = now();
    clock_.set_frozen(moment.mono);
    return venue_->poll(recorder_, moment);
  }
  template <class Condition>
  bool poll_until(Condition&& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      if (poll() == 0) std::this_thread::sleep_for(std::chrono::microseconds{100});
    }
    return true;
  }
  // Gives what could happen wrongly a fair chance to happen.
  void poll_for(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    poll_until([&] { return std::chrono::steady_clock::now() > end; });
  }

  risk::Approved<NewOrderSingle> approved() { return approvals_.approve(limit_order()); }

  // All but those for the venue's time, which the fixture answers by itself.
  std::vector<Json> requests() {
    const std::lock_guard lock{mutex_};
    return requests_;
  }
  std::size_t time_requests() {
    const std::lock_guard lock{mutex_};
    return time_requests_;
  }
  std::size_t count_of(const std::string& method) {
    std::size_t count = 0;
    for (const Json& request : requests()) count += request["method"] == method ? 1u : 0u;
    return count;
  }
  std::int64_t counter(const std::string& name) { return counters_.read("venue.binance." + name); }

  InstrumentTable instruments_ = make_instruments();
  CounterFile counters_ = *CounterFile::create("");
  // What a test wants otherwise than the fixture has it.
  std::move_only_function<void(BinanceVenueSettings&)> tune_;
  LogRing log_{256};
  MannersSettings manners_{.limits = {.orders_short = {.limit = 100'000, .interval_s = 10},
                                      .orders_day = {.limit = 1'000'000, .interval_s = 86'400},
                                      .request_weight = {.limit = 100'000, .interval_s = 60},
                                      .raw_requests = {.limit = 100'000, .interval_s = 300}}};
  std::shared_ptr<net::AddressBudget> address_ = std::make_shared<net::AddressBudget>();
  HopClock clock_;
  Approvals approvals_;
  Recorder recorder_;
  std::unique_ptr<BinanceVenue> venue_;

 private:
  void serve(net::test::ServerPeer& peer) {
    peer.accept_upgrade();
    const int number = connections_.fetch_add(1);
    while (const auto text = peer.read_message()) {
      Json request = Json::parse(*text);
      request["connection"] = number;  // by which it came, from zero
      Answer answer;
      if (request["method"] == "time") {
        const std::lock_guard lock{mutex_};
        ++time_requests_;
        answer = time_script_(request);
      } else {
        const std::lock_guard lock{mutex_};
        requests_.push_back(request);
        answer = script_(request);
      }
      std::this_thread::sleep_for(answer.delay);
      for (const std::string& frame : answer.frames) peer.send_text(frame);
      if (answer.is_reset_after) return peer.reset();
    }
  }

  Nanos elapsed() const {
    const auto since = std::chrono::steady_clock::now() - started_;
    return std::chrono::duration_cast<Nanos>(since) + Nanos{jump_ns_.load()};
  }

  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<Json> requests_;    // guarded by mutex_
  std::size_t time_requests_{0};  // guarded by mutex_
  Script script_;                 // guarded by mutex_
  Script time_script_;            // guarded by mutex_
  net::test::TestAuthority authority_{"portcullis venue test CA"};
  std::unique_ptr<net::test::LoopbackServer> server_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> jump_ns_{0};
  std::atomic<std::int64_t> venue_step_ns_{0};
  Nanos wall_step_{};
};

}  // namespace portcullis::oms::binance::test
