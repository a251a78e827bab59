#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/sim_net/patience.hpp"

namespace portcullis::sim::test {
namespace {

using std::chrono::milliseconds;

// A venue that is some way off. Delays are only ever judged from below, and what must not have
// arrived yet is an hour away: a slow machine changes no verdict.
class LatencyTest : public SimFixture {
 protected:
  struct Delays {
    std::string_view order_in{"none"};
    std::string_view cancel_in{"none"};
    std::string_view report_out{"none"};
  };

  void start_with(const Delays& delays) {
    ServerConfig config = usual_config();
    config.latency.leg(LatencyLeg::kOrderIn) = LatencySource::parse(delays.order_in).value();
    config.latency.leg(LatencyLeg::kCancelIn) = LatencySource::parse(delays.cancel_in).value();
    config.latency.leg(LatencyLeg::kReportOut) = LatencySource::parse(delays.report_out).value();
    start(std::move(config));
  }

  static Json place(const std::string& client_id) {
    return request("order.place", limit_order("BUY", "50000", "0.01", client_id), client_id);
  }
  static Json cancel(const std::string& client_id) {
    return request("order.cancel", {{"symbol", "BTCUSDT"}, {"origClientOrderId", client_id}});
  }
  Json last_request(const std::string& method) {
    const Json records = admin("GET", "/truth/requests").json().at("records");
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      if (record->at("method") == method) return *record;
    }
    return {};
  }
  // From when the venue had read the request whole until the engine acted.
  milliseconds way_in_of(const std::string& method, const Json& result) {
    const std::int64_t in_ms = last_request(method).at("inNs").get<std::int64_t>() / 1'000'000;
    return milliseconds{result.at("transactTime").get<std::int64_t>() - in_ms};
  }
  std::size_t open_orders() {
    return signed_call("GET", "/api/v3/openOrders", "symbol=BTCUSDT").json().size();
  }
};

TEST_F(LatencyTest, OrdersAndCancelsTakeTheirWayInOnBothProtocols) {
  start_with({.order_in = "const:120ms", .cancel_in = "const:60ms"});
  auto client = logged_on();
  const Json placed = client->call(place("ws")).at("result");
  EXPECT_GE(way_in_of("order.place", placed), milliseconds{120});
  const Json cancelled = client->call(cancel("ws")).at("result");
  EXPECT_GE(way_in_of("order.cancel", cancelled), milliseconds{60});
  const std::string order =
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01"
      "&price=50000&newClientOrderId=rest";
  const Json rest = signed_call("POST", "/api/v3/order", order).json();
  EXPECT_GE(way_in_of("order.place", rest), milliseconds{120});
  const Json gone =
      signed_call("DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=rest").json();
  EXPECT_GE(way_in_of("order.cancel", gone), milliseconds{60});
}

TEST_F(LatencyTest, WhatIsUnderWayIsNotThereYet) {
  start_with({.order_in = "const:3600s"});
  auto slow = logged_on();
  slow->send(place("far").dump());
  ASSERT_TRUE(eventually([&] { return !last_request("order.place").is_null(); }));
  EXPECT_EQ(open_orders(), 0U);
  auto quick = logged_on();
  EXPECT_EQ(quick->call(cancel("far")).at("error").at("code"), -2011);
}

TEST_F(LatencyTest, OneConnectionKeepsItsOrder) {
  start_with({.order_in = "uniform:1ms/40ms", .report_out = "uniform:0us/20ms"});
  auto client = logged_on();
  client->call(request("userDataStream.subscribe", Json::object()));
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(i);
    client->send(place(id).dump());
    client->send(cancel(id).dump());
  }
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(i);
    for (const char* status : {"NEW", "CANCELED"}) {
      EXPECT_EQ(client->next_reply().at("result").at("status"), status) << id;
    }
  }
}

TEST_F(LatencyTest, ALateArrivalIsJudgedByItsWindowAgain) {
  start_with({.order_in = "const:250ms"});
  auto client = logged_on();
  Json late = place("late");
  late["params"]["recvWindow"] = 200;
  EXPECT_EQ(client->call(late).at("error").at("code"), -1021);
  EXPECT_EQ(open_orders(), 0U);
}

TEST_F(LatencyTest, AnOrderLandsWhenItsSenderHasLeft) {
  start_with({.order_in = "const:300ms"});
  auto client = logged_on();
  client->send(place("orphan").dump());
  ASSERT_TRUE(eventually([&] { return !last_request("order.place").is_null(); }));
  client.reset();
  EXPECT_TRUE(eventually([&] { return open_orders() == 1; }));
}

TEST_F(LatencyTest, ReportsTakeTheirWayOut) {
  start_with({.report_out = "const:100ms"});
  const auto now = [] { return std::stoll(now_ms_text()); };
  auto client = logged_on();
  client->call(request("userDataStream.subscribe", Json::object()));
  const Json placed = client->call(place("slow")).at("result");
  EXPECT_GE(now() - placed.at("transactTime").get<std::int64_t>(), 100);
  const Json event = client->next_event().at("event");
  EXPECT_GE(now() - event.at("E").get<std::int64_t>(), 100);
  const std::int64_t served = get("/api/v3/time").json().at("serverTime");
  EXPECT_GE(now() - served, 100);
}

}  // namespace
}  // namespace portcullis::sim::test
