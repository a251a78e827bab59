#include "feeds/feed_agent.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "tests/feeds/feed_world.hpp"
#include "tests/feeds/frames.hpp"
#include "tests/net/loopback_server.hpp"
#include "tests/net/test_certificates.hpp"

namespace portcullis::feeds {
namespace {

using namespace std::chrono_literals;
using net::test::LoopbackServer;
using net::test::ServerOptions;
using net::test::ServerPeer;
using test::px;
using testing::Contains;
using testing::HasSubstr;

// Enough for any machine; no test passes by waiting it out.
constexpr auto kPatience = 20s;

MonoTime steady_now() {
  return MonoTime{std::chrono::steady_clock::now().time_since_epoch()};
}

// A switch that the test turns and a server's script waits for, or the other way round.
class Signal {
 public:
  void raise() { is_up_ = true; }
  [[nodiscard]] bool is_up() const { return is_up_; }
  void wait() const {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!is_up_ && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(1ms);
  }

 private:
  std::atomic<bool> is_up_{false};
};

struct HttpAnswer {
  std::string status{"200 OK"};
  std::string body;
  std::string headers{};
};

// A REST endpoint on a real socket: one answer after the other, the last one for ever.
class RestServer {
 public:
  RestServer(const ServerOptions& options, std::vector<HttpAnswer> answers)
      : answers_{std::move(answers)},
        server_{options, [this](ServerPeer& peer) { answer(peer); }} {}

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }
  [[nodiscard]] std::vector<MonoTime> times() const {
    const std::lock_guard lock{mutex_};
    return times_;
  }

 private:
  void answer(ServerPeer& peer) {
    const std::string head = peer.read_head();
    HttpAnswer answer;
    {
      const std::lock_guard lock{mutex_};
      answer = answers_[std::min(requests_.size(), answers_.size() - 1)];
      requests_.push_back(head.substr(0, head.find('\r')));
      times_.push_back(steady_now());
    }
    peer.send_raw("HTTP/1.1 " + answer.status + "\r\n" + answer.headers +
                  "Content-Length: " + std::to_string(answer.body.size()) +
                  "\r\nConnection: close\r\n\r\n" + answer.body);
  }

  mutable std::mutex mutex_;
  std::vector<HttpAnswer> answers_;
  std::vector<std::string> requests_;
  std::vector<MonoTime> times_;
  LoopbackServer server_;  // last: its thread uses the rest
};

class FeedAgentTest : public testing::Test {
 protected:
  using Symbols = std::vector<std::string>;

  // The agent over a stream server with this script and a REST server with these answers.
  void start(LoopbackServer::Script script, std::vector<HttpAnswer> answers,
             const Symbols& symbols = {"BTCUSDT"}) {
    ServerOptions options;
    if (is_tls_) options.credentials = authority_.issue();
    rest_ = std::make_unique<RestServer>(options, std::move(answers));
    if (is_tls_) options.credentials = authority_.issue();
    streams_ = std::make_unique<LoopbackServer>(options, std::move(script));
    const std::string s = is_tls_ ? "s" : "";
    settings_.ws_base_url = "ws" + s + "://localhost:" + std::to_string(streams_->port());
    settings_.rest_base_url = "http" + s + "://localhost:" + std::to_string(rest_->port());
    if (is_tls_) settings_.ca_file = authority_.ca_file();
    settings_.resnapshot_backoff = 20ms;
    settings_.reconnect_backoff = {.first = 10ms, .max = 50ms};
    settings_.ws_limits = {.message_bytes_max = 1u << 20, .receive_buffer_bytes = 2u << 20};
    world_ = std::make_unique<test::FeedWorld>(symbols);
    auto agent =
        FeedAgent::create(settings_, world_->instruments, world_->outlets(), world_->counters);
    ASSERT_TRUE(agent) << agent.error();
    agent_ = std::move(*agent);
  }
  void TearDown() override {
    synced_.raise();
    agent_.reset();  // before the servers, whose scripts wait for it to go
  }

  // Runs the agent until the condition holds; false when patience ends first.
  template <class Condition>
  bool run_until(Condition&& condition) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      world_->hop_clock.set_frozen(steady_now());
      if (step() == 0) std::this_thread::sleep_for(200us);
    }
    return true;
  }
  int step() {
    const NoAllocScope hot{FeedAgent::kRoleName};
    return agent_->do_work({.mono = steady_now(), .wall = {}});
  }
  bool run_until_state(BookState state) {
    return run_until([this, state] { return world_->snapshot().book_state == state; });
  }
  std::int64_t count(const char* name) {
    return world_->counters.read("feed.binance." + std::string{name});
  }
  static HttpAnswer snapshot(std::uint64_t last) {
    return {.body = test::snapshot_body(last, {{"10", "1"}}, {{"11", "1"}})};
  }

  bool is_tls_{false};
  net::test::TestAuthority authority_{"portcullis feed test CA"};
  FeedSettings settings_;
  // What scripts on the servers' threads share with the test; they outlive the servers.
  Signal synced_;   // turned by the test
  Signal reached_;  // turned by a script
  std::atomic<int> connections_{0};
  std::string target_;
  std::vector<std::string> messages_;
  std::vector<MonoTime> times_;
  std::unique_ptr<RestServer> rest_;
  std::unique_ptr<LoopbackServer> streams_;
  std::unique_ptr<test::FeedWorld> world_;
  std::unique_ptr<FeedAgent> agent_;
};

TEST_F(FeedAgentTest, SubscribesByUrlJoinsTheSnapshotAndPublishes) {
  is_tls_ = true;
  const auto script = [this](ServerPeer& peer) {
    target_ = peer.accept_upgrade();
    reached_.raise();
    peer.send_text(test::depth_frame("BTCUSDT", 100, 105, {{"10.5", "3"}}, {}));
    synced_.wait();
    peer.send_text(test::trade_frame("BTCUSDT", 5, "10.7", "1", true));
    peer.send_text(test::ticker_frame("BTCUSDT", 110, "10.6", "1", "10.8", "1"));
    peer.await_end();
  };
  start(script, {snapshot(102)});
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  EXPECT_EQ(world_->snapshot().top.bid_px, px("10.5"));
  ASSERT_TRUE(reached_.is_up());
  EXPECT_EQ(target_, "/stream?streams=btcusdt@bookTicker/btcusdt@depth@100ms/btcusdt@trade");
  EXPECT_THAT(rest_->requests(),
              testing::ElementsAre("GET /api/v3/depth?symbol=BTCUSDT&limit=5000 HTTP/1.1"));
  synced_.raise();
  ASSERT_TRUE(run_until([this] { return world_->snapshot().update_id == SeqNum{110}; }));
  EXPECT_EQ(world_->snapshot().top.ask_px, px("10.8"));
  EXPECT_EQ(world_->snapshot().last_trade_px, px("10.7"));
  EXPECT_EQ(count("messages"), 3);
  EXPECT_EQ(count("decode_errors"), 0);
  EXPECT_EQ(agent_->session_state(), binance::StreamSession::State::kLive);
}

TEST_F(FeedAgentTest, AGapIsHealedOverTheSameConnection) {
  const auto script = [this](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_text(test::depth_frame("BTCUSDT", 100, 105, {}, {}));
    synced_.wait();
    peer.send_text(test::depth_frame("BTCUSDT", 111, 115, {{"10.9", "2"}}, {}));
    peer.await_end();
  };
  start(script, {snapshot(102), snapshot(108), snapshot(112)});
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  synced_.raise();
  ASSERT_TRUE(run_until_state(BookState::kStale));
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  EXPECT_EQ(world_->snapshot().top.bid_px, px("10.9"));
  EXPECT_EQ(count("gaps"), 1);
  EXPECT_EQ(count("snapshots_old"), 1);  // 108 is before the event that showed the gap
  EXPECT_EQ(count("resyncs"), 2);
  EXPECT_EQ(count("reconnects"), 0);
  EXPECT_EQ(streams_->connection_count(), 1);
}

TEST_F(FeedAgentTest, ALostConnectionMakesBooksStaleAndIsMadeAgain) {
  const auto script = [this](ServerPeer& peer) {
    peer.accept_upgrade();
    const bool is_first = ++connections_ == 1;
    peer.send_text(test::depth_frame("BTCUSDT", is_first ? 100 : 200, 205, {}, {}));
    if (is_first) {
      synced_.wait();
      peer.reset();
    } else {
      peer.await_end();
    }
  };
  start(script, {snapshot(102), snapshot(202)});
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  synced_.raise();
  ASSERT_TRUE(run_until_state(BookState::kStale));
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  EXPECT_EQ(count("reconnects"), 1);
  EXPECT_EQ(agent_->builder(SymbolId{0}).update_id(), SeqNum{205});
  EXPECT_THAT(world_->log_lines(), Contains(HasSubstr("streams lost")));
}

TEST_F(FeedAgentTest, ServerShutdownIsFollowedByANewConnection) {
  const auto script = [this](ServerPeer& peer) {
    peer.accept_upgrade();
    if (++connections_ == 1) {
      peer.send_text(R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}})");
    }
    peer.await_end();  // the first ends because the agent leaves, not the server
  };
  start(script, {snapshot(1)});
  ASSERT_TRUE(run_until([this] { return count("reconnects") == 1; }));
  EXPECT_THAT(world_->log_lines(), Contains(HasSubstr("announced its shutdown")));
}

TEST_F(FeedAgentTest, SilenceIsProbedWithAPingAndThenGivenUp) {
  settings_.liveness_timeout = 400ms;
  const auto script = [this](ServerPeer& peer) {
    peer.accept_upgrade();
    while (const auto frame = peer.read_frame()) {  // never answers
      if (frame->opcode == 9) reached_.raise();
      if (frame->opcode == 8) break;
    }
  };
  start(script, {snapshot(1)});
  ASSERT_TRUE(run_until([this] { return count("liveness_timeouts") == 1; }));
  EXPECT_TRUE(reached_.is_up());
  ASSERT_TRUE(run_until([this] { return count("reconnects") == 1; }));
}

TEST_F(FeedAgentTest, ManyStreamsAreSubscribedInBatchesAtTheVenuesPace) {
  settings_.url_streams_max = 0;
  settings_.streams_per_message = 1;
  const auto script = [this](ServerPeer& peer) {
    target_ = peer.accept_upgrade();
    for (int i = 1; i <= 6; ++i) {
      const auto message = peer.read_message();
      if (!message) return;
      messages_.push_back(*message);
      times_.push_back(steady_now());
      peer.send_text(R"({"result":null,"id":)" + std::to_string(i) + "}");
    }
    reached_.raise();
    peer.await_end();
  };
  start(script, {snapshot(1)}, {"BTCUSDT", "ETHUSDT"});
  ASSERT_TRUE(run_until([this] {
    return reached_.is_up() && agent_->session_state() == binance::StreamSession::State::kLive;
  }));
  EXPECT_EQ(target_, "/stream");
  EXPECT_EQ(messages_[0], R"({"method":"SUBSCRIBE","params":["btcusdt@bookTicker"],"id":1})");
  EXPECT_EQ(messages_[5], R"({"method":"SUBSCRIBE","params":["ethusdt@trade"],"id":6})");
  // Generous for a late server thread: the fifth comes a window after the first.
  EXPECT_GT(times_[4] - times_[0], 900ms);
}

TEST_F(FeedAgentTest, ARefusedSubscriptionIsCountedAndLogged) {
  settings_.url_streams_max = 0;
  const auto script = [](ServerPeer& peer) {
    peer.accept_upgrade();
    static_cast<void>(peer.read_message());
    peer.send_text(R"({"error":{"code":2,"msg":"Invalid request: bad stream"},"id":1})");
    peer.await_end();
  };
  start(script, {snapshot(1)});
  ASSERT_TRUE(run_until([this] { return count("subscribe_errors") == 1; }));
  EXPECT_THAT(world_->log_lines(), Contains(HasSubstr("Invalid request: bad stream")));
}

TEST_F(FeedAgentTest, ARefusedSnapshotIsAskedForAgainNoSoonerThanTheVenueSays) {
  const auto script = [](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_text(test::depth_frame("BTCUSDT", 100, 105, {}, {}));
    peer.await_end();
  };
  start(script, {{.status = "429 Too Many Requests",
                  .body = R"({"code":-1003,"msg":"Too many requests"})",
                  .headers = "Retry-After: 2\r\n"},
                 snapshot(102)});
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  ASSERT_EQ(rest_->times().size(), 2U);
  EXPECT_GE(rest_->times()[1] - rest_->times()[0], 2s);
  EXPECT_EQ(count("snapshot_failures"), 1);
  EXPECT_THAT(world_->log_lines(), Contains(HasSubstr("HTTP 429: {\"code\":-1003")));
}

TEST_F(FeedAgentTest, ABanMetBySnapshotsIsTheWholeAddresss) {
  settings_.address = std::make_shared<net::AddressBudget>();
  const auto script = [](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_text(test::depth_frame("BTCUSDT", 100, 105, {}, {}));
    peer.await_end();
  };
  start(script, {{.status = "418 I'm a teapot",
                  .body = R"({"code":-1003,"msg":"banned"})",
                  .headers = "Retry-After: 2\r\n"},
                 snapshot(102)});
  ASSERT_TRUE(run_until([this] { return count("snapshot_failures") == 1; }));
  EXPECT_GT(settings_.address->banned_until(), net::AddressBudget::cold_now());
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  EXPECT_GE(rest_->times()[1] - rest_->times()[0], 2s);
  EXPECT_EQ(settings_.address->others_than(net::AddressBudget::Party::kOrders).weight_begun, 500);
}

TEST_F(FeedAgentTest, ABanMetElsewhereHoldsSnapshotsAndConnectionsBack) {
  settings_.address = std::make_shared<net::AddressBudget>();
  const MonoTime until = net::AddressBudget::cold_now() + 700ms;
  settings_.address->ban_until(net::AddressBudget::Party::kOrders, until);
  const auto script = [](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_text(test::depth_frame("BTCUSDT", 100, 105, {}, {}));
    peer.await_end();
  };
  start(script, {snapshot(102)});
  ASSERT_TRUE(run_until_state(BookState::kSynced));
  EXPECT_GE(net::AddressBudget::cold_now(), until);
  EXPECT_EQ(rest_->times().size(), 1U);
}

TEST_F(FeedAgentTest, RubbishInTheStreamIsCountedAndSurvived) {
  const auto script = [](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_text("<html>");
    peer.send_text(test::ticker_frame("BTCUSDT", 1, "nan", "1", "2", "1"));
    peer.send_text(test::ticker_frame("BTCUSDT", 2, "1", "1", "2", "1"));
    peer.await_end();
  };
  start(script, {snapshot(1)});
  ASSERT_TRUE(run_until([this] { return world_->snapshot().update_id == SeqNum{2}; }));
  EXPECT_EQ(count("decode_errors"), 2);
  EXPECT_EQ(count("reconnects"), 0);
}

TEST(FeedAgentCreate, SaysWhichUrlIsWrong) {
  const auto owner = test::make_feed_world();
  test::FeedWorld& world = *owner;
  FeedSettings settings;
  settings.ws_base_url = "https://stream.example";
  auto agent = FeedAgent::create(settings, world.instruments, world.outlets(), world.counters);
  ASSERT_FALSE(agent);
  EXPECT_THAT(agent.error(), HasSubstr("stream URL"));
  settings.ws_base_url = "wss://stream.example";
  settings.rest_base_url = "api.example";
  agent = FeedAgent::create(settings, world.instruments, world.outlets(), world.counters);
  ASSERT_FALSE(agent);
  EXPECT_THAT(agent.error(), HasSubstr("REST URL"));
}

}  // namespace
}  // namespace portcullis::feeds
