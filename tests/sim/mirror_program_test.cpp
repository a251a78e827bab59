// A simulator that mirrors another one over TLS: real processes, sockets and handshakes. What
// Binance itself does is not tried here.
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim/random.hpp"
#include "tests/sim/program.hpp"
#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/sim_net/patience.hpp"

namespace portcullis::sim::test {
namespace {

constexpr const char* kDepth = "/api/v3/depth?symbol=BTCUSDT&limit=100";

// The fixture's server is the venue that is mirrored; the mirror is the program.
class MirrorProgram : public SimFixture {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return directory_.path() + "/" + name;
  }

  void start_mirror(std::uint16_t tls_port, const std::string& ca_file) {
    const std::string place = "localhost:" + std::to_string(tls_port);
    mirror_ = std::make_unique<Program>(
        std::vector<std::string>{"--state-dir", path("mirror"), "--ready-file", path("ready"),
                                 "--market", "mirror", "--limits", "off", "--mirror-ws",
                                 "wss://" + place, "--mirror-rest", "https://" + place,
                                 "--mirror-ca", ca_file},
        path("mirror.log"));
    const Json ready = ready_of(path("ready"));
    port_ = port_of(ready.at("plain"));
    keys_ = ready.at("accounts").at("main").at("keys");
  }

  [[nodiscard]] Json mirrored() const { return http_call(port_, {.target = kDepth})->json(); }
  [[nodiscard]] bool is_the_same() {
    const Json theirs = get(kDepth).json();
    const Json ours = mirrored();
    return ours.at("bids") == theirs.at("bids") && ours.at("asks") == theirs.at("asks");
  }
  [[nodiscard]] Json ask_mirror(const std::string& method,
                                const std::string& path_and_query) const {
    const std::size_t mark = path_and_query.find('?');
    const std::string query = path_and_query.substr(mark + 1) + "&timestamp=" + now_ms_text();
    return http_call(port_, {.method = method,
                             .target = path_and_query.substr(0, mark + 1) + query + "&signature=" +
                                       hmac_hex(file_text(keys_ + "/secret_hmac"), query),
                             .api_key = file_text(keys_ + "/api_key_hmac")})
        ->json();
  }
  void trade_at_random(int orders) {
    for (int i = 0; i < orders; ++i) {
      const bool is_buy = random_.chance(50);
      const std::string px = std::to_string(60'000 + random_.below(40) - (is_buy ? 25 : 15));
      crowd_order("BTCUSDT", is_buy ? Side::kBuy : Side::kSell, px.c_str(),
                  ("0." + std::to_string(1 + random_.below(9))).c_str());
    }
  }

  std::unique_ptr<Program> mirror_;
  std::uint16_t port_{0};
  std::string keys_;
  Random random_{11};
};

TEST_F(MirrorProgram, HasTheOtherVenuesBookAndFollowsIt) {
  start();
  fill_book();
  start_mirror(server_->tls_port(), server_->ca_file());
  trade_at_random(50);
  EXPECT_TRUE(eventually([&] { return is_the_same(); }))
      << mirrored() << file_text(path("mirror.log"));
  for (int round = 0; round < 10; ++round) {
    trade_at_random(50);
    EXPECT_TRUE(eventually([&] { return is_the_same(); })) << mirrored();
  }
  EXPECT_GT(mirrored().at("bids").size(), 3U);
  mirror_->signal(SIGTERM);
  EXPECT_EQ(mirror_->wait(), 0);
}

TEST_F(MirrorProgram, AnOrderRestsInTheQueueUntilTheOtherVenueTradesThere) {
  start();
  fill_book();
  start_mirror(server_->tls_port(), server_->ca_file());
  crowd_order("BTCUSDT", Side::kBuy, "59999", "1");
  ASSERT_TRUE(eventually([&] { return is_the_same(); })) << file_text(path("mirror.log"));
  const Json placed = ask_mirror("POST",
                                 "/api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
                                 "&price=60000&quantity=0.5");
  ASSERT_EQ(placed.at("status"), "NEW") << placed;
  const std::string question =
      "/api/v3/order?symbol=BTCUSDT&orderId=" + std::to_string(placed.at("orderId").get<int>());
  crowd_order("BTCUSDT", Side::kSell, "60000", "0.6");  // 1 stood before ours
  ASSERT_TRUE(eventually([&] { return mirrored().at("bids").at(0).at(1) == "0.90000000"; }))
      << mirrored();
  EXPECT_EQ(ask_mirror("GET", question).at("status"), "NEW");
  crowd_order("BTCUSDT", Side::kSell, "59999", "0.8");  // through it
  EXPECT_TRUE(eventually([&] { return ask_mirror("GET", question).at("status") == "FILLED"; }))
      << ask_mirror("GET", question) << mirrored();
}

TEST_F(MirrorProgram, IsEmptyWhileTheOtherVenueIsAwayAndComesBackWithIt) {
  std::vector<std::string> arguments{"--state-dir",       path("other"), "--ready-file",
                                     path("other.ready"), "--rate",      "300"};
  auto other = std::make_unique<Program>(arguments, path("other.log"));
  const Json ready = ready_of(path("other.ready"));
  const std::uint16_t tls_port = port_of(ready.at("tls"));
  start_mirror(tls_port, ready.at("ca"));
  const auto has_book = [&] { return mirrored().at("bids").size() > 5; };
  ASSERT_TRUE(eventually(has_book)) << file_text(path("mirror.log"));
  other->signal(SIGKILL);
  other->wait();
  EXPECT_TRUE(eventually([&] { return mirrored().at("bids").empty(); })) << mirrored();
  EXPECT_TRUE(mirrored().at("asks").empty());
  arguments.insert(arguments.end(), {"--tls-port", std::to_string(tls_port)});
  other = std::make_unique<Program>(arguments, path("other.log"));
  EXPECT_TRUE(eventually(has_book)) << file_text(path("mirror.log"));
  EXPECT_NE(file_text(path("mirror.log")).find("the books are empty"), std::string::npos);
}

TEST_F(MirrorProgram, SaysWhyItCannotStart) {
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--state-dir", path("mirror"), "--market", "mirror"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Program{arguments, path("out")}.wait();
  };
  start();
  const std::string place = "localhost:" + std::to_string(server_->tls_port());
  EXPECT_EQ(run({"--mirror-rest", "ftp://x"}), 69);
  EXPECT_NE(file_text(path("out")).find("\"ftp://x\" is not http[s]://HOST[:PORT]"),
            std::string::npos);
  EXPECT_EQ(run({"--mirror-rest", "https://" + place}), 69) << "its certificate is nobody's";
  EXPECT_NE(file_text(path("out")).find("certificate verify failed"), std::string::npos)
      << file_text(path("out"));
  EXPECT_EQ(run({"--mirror-rest", "https://" + place, "--mirror-ca", server_->ca_file(),
                 "--symbols", "XRPUSDT"}),
            69);
  EXPECT_NE(file_text(path("out")).find("-1121"), std::string::npos) << file_text(path("out"));
  EXPECT_EQ(run({"--mirror-rest", "https://" + place, "--mirror-ca", server_->ca_file(),
                 "--mirror-ws", "nowhere"}),
            78);
}

}  // namespace
}  // namespace portcullis::sim::test
