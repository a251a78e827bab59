#include "oms/binance/binance_venue.hpp"

#include <atomic>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/oms_binance/hmac_oracle.hpp"
#include "tests/oms_binance/venue_fixture.hpp"

namespace portcullis::oms::binance::test {
namespace {

using enum VenueSessionState;
using testing::ElementsAre;
using testing::HasSubstr;

Json order_json(const Json& request, const char* status) {
  return {{"symbol", request["params"].value("symbol", "BTCUSDT")},
          {"orderId", 4711},
          {"clientOrderId", client_id(kOrder)},
          {"transactTime", 1660801715639},
          {"price", "23416.10000000"},
          {"origQty", "0.00847000"},
          {"executedQty", "0.00000000"},
          {"cummulativeQuoteQty", "0.00000000"},
          {"status", status},
          {"side", "SELL"}};
}
std::string error(const Json& request, int status, int code, const char* message) {
  return Json{
      {"id", request["id"]}, {"status", status}, {"error", {{"code", code}, {"msg", message}}}}
      .dump();
}
std::string event(const char* exec_type, const char* status) {
  return Json{{"subscriptionId", 0},
              {"event",
               {{"e", "executionReport"},
                {"s", "BTCUSDT"},
                {"c", client_id(kOrder)},
                {"C", ""},
                {"S", "SELL"},
                {"q", "0.00847"},
                {"p", "23416.1"},
                {"x", exec_type},
                {"X", status},
                {"i", 4711},
                {"l", "0"},
                {"z", "0"},
                {"L", "0"},
                {"n", "0"},
                {"N", nullptr},
                {"T", 1660801715639},
                {"t", -1},
                {"I", 9},
                {"m", false},
                {"Z", "0"}}}}
      .dump();
}
std::string named_event(const char* type) {
  return Json{{"subscriptionId", 0}, {"event", {{"e", type}, {"E", 1}}}}.dump();
}

using BinanceVenueTest = VenueFixture;

TEST_F(BinanceVenueTest, Ed25519LogsOnOnceSubscribesAndSignsNothingMore) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{event("NEW", "NEW"), result(request, order_json(request, "NEW"))}};
  });
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp));
  for (const std::uint64_t sequence : {500u, 501u}) {
    EXPECT_EQ(venue_->send_new(approved(), make_order_id(42, sequence), now()), SendError::kNone);
  }
  ASSERT_TRUE(poll_until([&] { return recorder_.reports.size() == 4; }));
  const auto seen = requests();
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[0]["method"], "session.logon");
  EXPECT_EQ(seen[1]["method"], "userDataStream.subscribe");
  EXPECT_EQ(seen[2]["method"], "order.place");
  EXPECT_FALSE(seen[2]["params"].contains("signature"));
  EXPECT_EQ(seen[2]["params"]["newClientOrderId"], client_id(kOrder));
  EXPECT_EQ(recorder_.reports[0].source, ReportSource::kStream);
  EXPECT_EQ(recorder_.reports[0].order_id, kOrder);
  EXPECT_EQ(recorder_.reports[1].source, ReportSource::kReply);
  EXPECT_EQ(recorder_.reports[1].venue_order_id, VenueOrderId{4711});
  EXPECT_EQ(counter("new_orders_sent"), 2);
  EXPECT_EQ(counter("order_events"), 2);
  EXPECT_GT(count_ns(venue_->last_encoded()), 0);
  EXPECT_GE(venue_->last_sent(), venue_->last_encoded());
}

TEST_F(BinanceVenueTest, AnHmacKeySignsEachRequestAndNeedsNoLogon) {
  start_up(KeyKind::kHmacSha256, answer_session);
  EXPECT_EQ(venue_->send_new(approved(), kOrder, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return requests().size() == 2; }));
  const auto seen = requests();
  EXPECT_EQ(seen[0]["method"], "userDataStream.subscribe.signature");
  for (const Json& request : seen) {
    std::string covered;
    for (const auto& [name, value] : request["params"].items()) {  // sorted by name already
      if (name == "signature") continue;
      covered += (covered.empty() ? "" : "&") + name + "=" +
                 (value.is_string() ? value.get<std::string>() : value.dump());
    }
    EXPECT_EQ(request["params"]["signature"], hmac_oracle(kHmacSecret, covered));
  }
}

TEST_F(BinanceVenueTest, EachRequestReachesTheVenueAndItsAnswerTheListener) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    const std::string method = request["method"];
    Json content = order_json(request, method == "order.cancel" ? "CANCELED" : "NEW");
    if (method == "myTrades") content = Json::array();
    if (method == "account.status") {
      content = {{"balances", {{{"asset", "BTC"}, {"free", "1"}, {"locked", "0"}}}}};
    }
    if (method.starts_with("openOrders")) content = Json::array({content});
    return Answer{{result(request, content)}};
  });
  const VenueOrderId venue_id{4711};
  EXPECT_EQ(venue_->send_cancel(kOrder, kBtc, venue_id, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_trades_query(kOrder, kBtc, venue_id, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_mass_cancel(kEth, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_open_orders_query(now()), SendError::kNone);
  EXPECT_EQ(venue_->send_account_query(now()), SendError::kNone);
  EXPECT_EQ(venue_->send_trades_query(kOrder, kBtc, VenueOrderId{}, now()),
            SendError::kNotConnected);  // would list the whole symbol
  ASSERT_TRUE(poll_until([&] { return recorder_.listings.size() == 4; }));
  EXPECT_THAT(recorder_.listings,
              ElementsAre(std::tuple{RequestKind::kTrades, kNoSymbol, kOrder},
                          std::tuple{RequestKind::kMassCancel, kEth, OrderId{}},
                          std::tuple{RequestKind::kOpenOrders, kNoSymbol, OrderId{}},
                          std::tuple{RequestKind::kAccount, kNoSymbol, OrderId{}}));
  ASSERT_EQ(recorder_.reports.size(), 4u);
  EXPECT_EQ(recorder_.reports[0].exec_type, ExecType::kCanceled);
  EXPECT_EQ(recorder_.reports[1].source, ReportSource::kQuery);
  EXPECT_EQ(recorder_.balances.size(), 1u);
}

// An own-trades answer names the venue's ids only, and whether it is full tells if there are more.
TEST_F(BinanceVenueTest, APageOfOwnTradesEndsWithWhatItWasAndALookupNamesTheOrder) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    if (request["method"] == "order.status") {
      return Answer{{error(request, 400, -2013, "Order does not exist.")}};
    }
    const Json trade{{"symbol", "ETHUSDT"},
                     {"id", 101},
                     {"orderId", 77},
                     {"price", "10"},
                     {"qty", "2"},
                     {"commission", "0"},
                     {"commissionAsset", "ETH"},
                     {"time", 1},
                     {"isBuyer", true},
                     {"isMaker", false}};
    const std::size_t count = request["params"].contains("fromId") ? TradesPage::kTradesMax : 1;
    return Answer{{result(request, Json(count, trade))}};
  });
  EXPECT_EQ(venue_->send_trades_since(kEth, TradeId{}, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_trades_since(kEth, TradeId{101}, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_order_lookup(kEth, VenueOrderId{77}, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return recorder_.failures.size() == 1; }));
  ASSERT_EQ(recorder_.pages.size(), 2u);
  EXPECT_EQ(recorder_.pages[0].symbol, kEth);
  EXPECT_FALSE(recorder_.pages[0].is_full);
  EXPECT_EQ(recorder_.pages[1].from, TradeId{101});
  EXPECT_TRUE(recorder_.pages[1].is_full);
  ASSERT_EQ(recorder_.reports.size(), 1u + TradesPage::kTradesMax);
  EXPECT_EQ(recorder_.reports[0].order_id, OrderId{});
  EXPECT_EQ(recorder_.reports[0].venue_order_id, VenueOrderId{77});
  EXPECT_EQ(recorder_.failures[0].kind, RequestKind::kOrderLookup);
  EXPECT_EQ(recorder_.failures[0].failure, FailureClass::kNoSuchOrder);
  EXPECT_EQ(recorder_.failures[0].venue_order_id, VenueOrderId{77});
}

TEST_F(BinanceVenueTest, ErrorsBecomeFailuresAndTheSessionStaysUp) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    if (request["method"] == "order.cancel") {
      return Answer{{error(request, 400, -2011, "Unknown order sent.")}};
    }
    return Answer{{error(request, 504, -1007, "Timeout waiting for response")}};
  });
  EXPECT_EQ(venue_->send_new(approved(), kOrder, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_cancel(kOrder, kBtc, VenueOrderId{1}, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return recorder_.failures.size() == 2; }));
  EXPECT_EQ(recorder_.failures[0].failure, FailureClass::kUnknown);
  EXPECT_EQ(recorder_.failures[0].order_id, kOrder);
  EXPECT_EQ(recorder_.failures[1].failure, FailureClass::kNoSuchOrder);
  EXPECT_TRUE(venue_->is_up());
}

TEST_F(BinanceVenueTest, AReplyThatIsLostLeavesTheStream) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{event("NEW", "NEW")}};
  });
  EXPECT_EQ(venue_->send_new(approved(), kOrder, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return !recorder_.reports.empty(); }));
  EXPECT_EQ(recorder_.reports[0].order_id, kOrder);
  EXPECT_EQ(recorder_.reports[0].source, ReportSource::kStream);
}

TEST_F(BinanceVenueTest, ADisconnectWithAnOrderInFlightIsSaidAndMended) {
  start_up(KeyKind::kEd25519, [is_first = true](const Json& request) mutable {
    if (is_session(request)) return answer_session(request);
    return Answer{.frames = {}, .is_reset_after = std::exchange(is_first, false)};
  });
  EXPECT_EQ(venue_->send_new(approved(), kOrder, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return !venue_->is_up(); }));
  EXPECT_EQ(recorder_.states.back(), kDown);
  EXPECT_EQ(venue_->send_new(approved(), kOrder, now()), SendError::kNotConnected);
  EXPECT_EQ(venue_->send_cancel(kOrder, kBtc, VenueOrderId{}, now()), SendError::kNotConnected);
  ASSERT_TRUE(poll_until([&] { return venue_->is_up(); }));
  EXPECT_THAT(recorder_.states,
              ElementsAre(kConnecting, kLoggingOn, kUp, kDown, kConnecting, kLoggingOn, kUp));
  EXPECT_EQ(count_of("session.logon"), 2u);
  EXPECT_EQ(counter("disconnects"), 1);
}

TEST_F(BinanceVenueTest, ARefusedLogonIsTriedAgainSlowly) {
  start(KeyKind::kEd25519, [](const Json& request) {
    return Answer{{error(request, 401, -2015, "Invalid API-key, IP, or permissions for action.")}};
  });
  ASSERT_TRUE(poll_until([&] { return counter("logon_refused") == 1; }));
  EXPECT_EQ(recorder_.states.back(), kDown);
  poll_for(std::chrono::milliseconds{100});
  EXPECT_EQ(count_of("session.logon"), 1u);
  jump(std::chrono::milliseconds{5000});
  ASSERT_TRUE(poll_until([&] { return counter("logon_refused") == 2; }));
  jump(std::chrono::milliseconds{8000});  // the wait has doubled to ten seconds
  poll_for(std::chrono::milliseconds{100});
  EXPECT_EQ(count_of("session.logon"), 2u);
  jump(std::chrono::milliseconds{2000});
  ASSERT_TRUE(poll_until([&] { return counter("logon_refused") == 3; }));
}

TEST_F(BinanceVenueTest, ALogonNobodyAnswersIsGivenUp) {
  start(KeyKind::kEd25519, [](const Json&) { return Answer{}; });
  ASSERT_TRUE(poll_until([&] { return count_of("session.logon") == 1; }));
  EXPECT_EQ(venue_->state(), kLoggingOn);
  EXPECT_EQ(venue_->send_cancel(kOrder, kBtc, VenueOrderId{}, now()), SendError::kNotConnected);
  jump(std::chrono::milliseconds{5001});
  ASSERT_TRUE(poll_until([&] { return counter("step_timeouts") == 1; }));
  jump(std::chrono::milliseconds{1000});
  ASSERT_TRUE(poll_until([&] { return count_of("session.logon") == 2; }));
}

TEST_F(BinanceVenueTest, TheVenuesCountsAreShown) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    Json reply = Json::parse(result(request, order_json(request, "NEW")));
    reply["rateLimits"] = {{{"rateLimitType", "ORDERS"},
                            {"interval", "SECOND"},
                            {"intervalNum", 10},
                            {"limit", 50},
                            {"count", 12}},
                           {{"rateLimitType", "REQUEST_WEIGHT"},
                            {"interval", "MINUTE"},
                            {"intervalNum", 1},
                            {"limit", 6000},
                            {"count", 321}}};
    return Answer{{reply.dump()}};
  });
  EXPECT_EQ(venue_->send_new(approved(), kOrder, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return !recorder_.reports.empty(); }));
  EXPECT_EQ(counter("orders_short_count"), 12);
  EXPECT_EQ(counter("orders_short_limit"), 50);
  EXPECT_EQ(counter("weight_count"), 321);
  EXPECT_EQ(venue_->rate_budget().request_weight.limit, 6000);
}

TEST_F(BinanceVenueTest, AnEndedSubscriptionIsMadeAgainOnTheSameConnection) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{named_event("eventStreamTerminated")}};
  });
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("streams_terminated") == 1 && venue_->is_up(); }));
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp, kLoggingOn, kUp));
  EXPECT_EQ(count_of("userDataStream.subscribe"), 2u);
  EXPECT_EQ(count_of("session.logon"), 1u);
}

// Answers a question of the method only behind the next one, and ends the stream on any other.
auto answer_late(std::string method, Json content) {
  return [method = std::move(method), content = std::move(content),
          held = Json{}](const Json& request) mutable {
    if (is_session(request)) return answer_session(request);
    if (request["method"] != method) return Answer{{named_event("eventStreamTerminated")}};
    if (held.is_null()) {
      held = request;
      return Answer{};
    }
    return Answer{{result(held, content), result(request, content)}};
  };
}

TEST_F(BinanceVenueTest, AListingFromBeforeAGapIsNotTakenForOneBehindIt) {
  start_up(KeyKind::kEd25519, answer_late("openOrders.status", Json::array()));
  EXPECT_EQ(venue_->send_open_orders_query(now()), SendError::kNone);
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("streams_terminated") == 1 && venue_->is_up(); }));
  EXPECT_EQ(venue_->send_open_orders_query(now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return !recorder_.listings.empty(); }));
  poll_for(std::chrono::milliseconds{20});
  EXPECT_EQ(recorder_.listings.size(), 1U);
  EXPECT_EQ(counter("stale_answers"), 1);
}

// Who asks for the account counts its own answers: one dropped here would be missed there.
TEST_F(BinanceVenueTest, AnAccountFromBeforeAGapIsLeftToItsAsker) {
  start_up(KeyKind::kEd25519, answer_late("account.status", {{"balances", Json::array()}}));
  EXPECT_EQ(venue_->send_account_query(now()), SendError::kNone);
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("streams_terminated") == 1 && venue_->is_up(); }));
  EXPECT_EQ(venue_->send_account_query(now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return recorder_.listings.size() == 2; }));
  EXPECT_EQ(counter("stale_answers"), 0);
}

TEST_F(BinanceVenueTest, AnAnnouncedShutdownIsMetByAnotherConnectionAndReadToItsEnd) {
  start_up(KeyKind::kEd25519, [is_first = true](const Json& request) mutable {
    if (is_session(request)) return answer_session(request);
    if (!std::exchange(is_first, false)) return Answer{};
    return Answer{{named_event("serverShutdown"), result(request, order_json(request, "NEW"))}};
  });
  jump(std::chrono::milliseconds{31'000});  // a stable session by now
  EXPECT_EQ(venue_->send_new(approved(), kOrder, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return count_of("userDataStream.subscribe") == 2; }));
  ASSERT_TRUE(poll_until([&] { return counter("connection.0.replacements") == 1; }));
  jump(std::chrono::milliseconds{1'001});  // the old one is read for a second more
  ASSERT_TRUE(poll_until([&] { return counter("disconnects") == 1; }));
  EXPECT_EQ(counter("server_shutdowns"), 1);
  EXPECT_EQ(recorder_.reports.size(), 1U);
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp)) << "never down";
  EXPECT_THAT(recorder_.failures, ElementsAre());
}

TEST_F(BinanceVenueTest, ALineThatAnswersNoPingIsDropped) {
  std::atomic<bool> is_deaf{false};
  start_up(KeyKind::kEd25519, [&is_deaf](const Json& request) {
    // A server that holds its answer reads nothing meanwhile, pings included.
    while (is_deaf.load()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return answer_session(request);
  });
  is_deaf = true;
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  jump(std::chrono::milliseconds{5001});
  poll_for(std::chrono::milliseconds{20});  // the ping leaves
  EXPECT_TRUE(venue_->is_up());
  jump(std::chrono::milliseconds{10'001});
  EXPECT_TRUE(poll_until([&] { return counter("liveness_drops") == 1; }));
  EXPECT_EQ(recorder_.states.back(), kDown);
  is_deaf = false;
  jump(std::chrono::milliseconds{1000});
  EXPECT_TRUE(poll_until([&] { return venue_->is_up(); }));
}

TEST_F(BinanceVenueTest, APauseOfOurOwnIsNotASilenceOfTheVenue) {
  start_up(KeyKind::kEd25519, answer_session);
  jump(std::chrono::minutes{10});
  poll_for(std::chrono::milliseconds{50});
  jump(std::chrono::milliseconds{9000});
  poll_for(std::chrono::milliseconds{50});
  EXPECT_TRUE(venue_->is_up());
  EXPECT_EQ(counter("liveness_drops"), 0);
}

TEST_F(BinanceVenueTest, RepeatedGarbageEndsTheConnection) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{"[\"no message of this protocol\"]"}};
  });
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("garbage") == 1; }));
  EXPECT_EQ(counter("disconnects"), 0);
  // One may have hidden a fact: the listener is told to look.
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp, kLoggingOn, kUp));
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("disconnects") == 1; }));
  EXPECT_EQ(counter("garbage"), 3);
}

TEST_F(BinanceVenueTest, AWebServersPageEndsTheConnectionAtOnce) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{"<HTML><TITLE>ERROR: The request could not be satisfied</TITLE></HTML>"}};
  });
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("disconnects") == 1; }));
  EXPECT_EQ(counter("garbage"), 1);
  EXPECT_EQ(recorder_.states.back(), kDown);
  poll_for(std::chrono::milliseconds{100});
  EXPECT_EQ(counter("connects"), 1) << "not at once";
}

TEST_F(BinanceVenueTest, AnUnreadableOrderEventMakesTheListenerReconcile) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{event("INVENTED", "NEW")}};
  });
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("malformed_events") == 1; }));
  EXPECT_THAT(recorder_.states, ElementsAre(kConnecting, kLoggingOn, kUp, kLoggingOn, kUp));
}

TEST_F(BinanceVenueTest, ARevokedKeyEndsTheSessionAndWaits) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    Json revoked = Json::parse(error(request, 401, -2015, "Invalid API-key"));
    revoked["id"] = nullptr;
    return Answer{{revoked.dump()}};
  });
  EXPECT_EQ(venue_->send_query(kOrder, kBtc, now()), SendError::kNone);
  ASSERT_TRUE(poll_until([&] { return counter("key_revoked") == 1; }));
  EXPECT_EQ(recorder_.states.back(), kDown);
  poll_for(std::chrono::milliseconds{50});
  EXPECT_EQ(count_of("session.logon"), 1u);
}

TEST_F(BinanceVenueTest, AnActiveSubscriptionIsASubscription) {
  start_up(KeyKind::kEd25519, [](const Json& request) {
    if (request["method"] == "session.logon") return answer_session(request);
    return Answer{{error(request, 400, -2035, "User Data Stream subscription already active.")}};
  });
  EXPECT_TRUE(venue_->is_up());
}

TEST_F(BinanceVenueTest, SendingAndReceivingDoNotAllocate) {
  if (!enable_allocation_guard()) GTEST_SKIP() << "the sanitizer owns malloc";
  start_up(KeyKind::kHmacSha256, [](const Json& request) {
    if (is_session(request)) return answer_session(request);
    return Answer{{event("NEW", "NEW"), result(request, order_json(request, "NEW"))}};
  });
  const auto order = approved();
  for (std::uint64_t i = 1; i <= 200; ++i) {
    const Now moment = now();
    SendError sent = SendError::kNotConnected;
    {
      const NoAllocScope hot{"venue test"};  // aborts on an allocation
      sent = venue_->send_new(order, make_order_id(42, i), moment);
    }
    ASSERT_EQ(sent, SendError::kNone);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (recorder_.reports.size() < 2 * i && std::chrono::steady_clock::now() < give_up) {
      const Now turn = now();
      const NoAllocScope hot{"venue test"};
      venue_->poll(recorder_, turn);
    }
    ASSERT_EQ(recorder_.reports.size(), 2 * i);
  }
}

TEST_F(BinanceVenueTest, TheLogonRunsInsideTheHotScope) {
  if (!enable_allocation_guard()) GTEST_SKIP() << "the sanitizer owns malloc";
  start(KeyKind::kEd25519, answer_session);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!venue_->is_up() && std::chrono::steady_clock::now() < give_up) {
    const Now turn = now();
    const NoAllocScope hot{"venue test"};
    venue_->poll(recorder_, turn);
  }
  EXPECT_TRUE(venue_->is_up());
}

TEST(BinanceVenueCreateTest, AWrongSettingIsNamed) {
  const InstrumentTable instruments = make_instruments();
  CounterFile counters = *CounterFile::create("");
  LogRing log{16};
  const HopClock clock;
  const auto error_of = [&](BinanceVenueSettings settings) {
    const auto venue =
        BinanceVenue::create(std::move(settings), instruments, codec(), counters, log, clock);
    return venue ? std::string{} : venue.error();
  };
  BinanceVenueSettings settings;
  settings.ws_api_url = "ftp://x";
  EXPECT_THAT(error_of(std::move(settings)), HasSubstr("ws_api_url"));
  settings = {};
  settings.api_key = kApiKey;
  EXPECT_THAT(error_of(std::move(settings)), HasSubstr("Ed25519"));
  settings = {};
  settings.key_kind = KeyKind::kHmacSha256;
  settings.secret = Secret{kHmacSecret};
  EXPECT_THAT(error_of(std::move(settings)), HasSubstr("api_key"));
}

}  // namespace
}  // namespace portcullis::oms::binance::test
