// The decoder against messages others recorded, and against damage: nlohmann::json, read by the
// documentation's words, is the oracle.

#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "oms/binance/enums_text.hpp"
#include "oms/binance/message_decoder.hpp"
#include "tests/oms_binance/binance_world.hpp"

namespace portcullis::oms::binance::test {
namespace {

constexpr MonoTime kArrival = mono_time(5);

std::int64_t time_ns(std::int64_t ms) {
  return ms < 0 || ms > 9'000'000'000'000 ? 0 : ms * 1'000'000;
}

// What the fields of a report must be, or nothing when the event must be refused.
struct Expected {
  std::uint64_t order_id{0};
  std::int64_t px{0}, qty{0}, cum_qty{0}, cum_quote{0}, last_px{0}, last_qty{0}, fee{0};
  std::uint64_t venue_order_id{0}, trade_id{0}, exec_id{0};
  std::int64_t venue_time{0};
  std::uint16_t symbol{0};
  int side{0}, exec_type{0}, state{0}, liquidity{0};

  auto tie() const {
    return std::tie(order_id, px, qty, cum_qty, cum_quote, last_px, last_qty, fee, venue_order_id,
                    trade_id, exec_id, venue_time, symbol, side, exec_type, state, liquidity);
  }
  friend bool operator==(const Expected& a, const Expected& b) { return a.tie() == b.tie(); }
};

Expected fields_of(const VenueReport& r) {
  return {.order_id = r.order_id.raw(),
          .px = r.px.raw(),
          .qty = r.qty.raw(),
          .cum_qty = r.cum_qty.raw(),
          .cum_quote = r.cum_quote.raw(),
          .last_px = r.last_px.raw(),
          .last_qty = r.last_qty.raw(),
          .fee = r.fee.raw(),
          .venue_order_id = r.venue_order_id.raw(),
          .trade_id = r.trade_id.raw(),
          .exec_id = r.exec_id.raw(),
          .venue_time = count_ns(r.venue_time),
          .symbol = r.symbol.raw(),
          .side = static_cast<int>(r.side),
          .exec_type = static_cast<int>(r.exec_type),
          .state = static_cast<int>(r.state),
          .liquidity = static_cast<int>(r.liquidity)};
}

class Oracle {
 public:
  explicit Oracle(const InstrumentTable& instruments) : instruments_{&instruments} {}

  std::optional<Expected> execution_report(const Json& e) {
    is_good_ = true;
    Expected r;
    const std::string symbol = text(e, "s", "");
    if (symbol.empty()) return std::nullopt;
    r.symbol = instruments_->find(symbol).value_or(kNoSymbol).raw();
    const std::string orig = text_or_null(e, "C");
    const std::string id = orig.empty() || orig == "null" ? text(e, "c", "") : orig;
    r.order_id = codec().decode(id).value_or(OrderId{}).raw();
    const auto side = parse_side(text(e, "S", ""));
    const auto state = parse_order_status(text(e, "X", ""));
    if (!side || !state) return std::nullopt;
    const auto exec = parse_execution_type(text(e, "x", ""), *state);
    if (!exec) return std::nullopt;
    r.side = static_cast<int>(*side);
    r.state = static_cast<int>(*state);
    r.exec_type = static_cast<int>(*exec);
    r.px = amount(text(e, "p", ""));
    r.qty = amount(text(e, "q", ""));
    r.cum_qty = amount(text(e, "z", ""));
    r.cum_quote = decimal(text(e, "Z", ""));
    const std::int64_t order_id = integer(e, "i", -1);
    const std::int64_t time_ms = integer(e, "T", -1);
    const std::int64_t exec_id = integer(e, "I", -1);
    const std::int64_t trade_id = integer(e, "t", -1);
    const std::string last_px = text(e, "L", "");
    const std::string last_qty = text(e, "l", "");
    const std::string fee = e.contains("n") && !e["n"].is_null() ? text(e, "n", "0") : "0";
    text_or_null(e, "N");
    const bool is_maker = boolean(e, "m");
    if (order_id < 0 || time_ms < 0) return std::nullopt;
    r.venue_order_id = static_cast<std::uint64_t>(order_id);
    r.exec_id = exec_id < 0 ? 0 : static_cast<std::uint64_t>(exec_id);
    r.venue_time = time_ns(time_ms);
    if (*exec == ExecType::kTrade) {
      if (trade_id < 0) return std::nullopt;
      r.trade_id = static_cast<std::uint64_t>(trade_id);
      r.last_px = amount(last_px);
      r.last_qty = amount(last_qty);
      r.fee = decimal(fee);
      r.liquidity = static_cast<int>(is_maker ? Liquidity::kMaker : Liquidity::kTaker);
    }
    if (!is_good_) return std::nullopt;
    return r;
  }

 private:
  std::string text(const Json& e, const char* name, const char* absent) {
    if (!e.contains(name)) return absent;
    if (!e[name].is_string()) {
      is_good_ = false;
      return absent;
    }
    return e[name].get<std::string>();
  }
  std::string text_or_null(const Json& e, const char* name) {
    return e.contains(name) && e[name].is_null() ? "" : text(e, name, "");
  }
  std::int64_t integer(const Json& e, const char* name, std::int64_t absent) {
    if (!e.contains(name)) return absent;
    const bool fits = e[name].is_number_integer() &&
                      (!e[name].is_number_unsigned() || e[name].get<std::uint64_t>() <= INT64_MAX);
    is_good_ = is_good_ && fits;
    return fits ? e[name].get<std::int64_t>() : absent;
  }
  bool boolean(const Json& e, const char* name) {
    if (!e.contains(name)) return false;
    is_good_ = is_good_ && e[name].is_boolean();
    return e[name].is_boolean() && e[name].get<bool>();
  }
  std::int64_t amount(const std::string& value) {
    is_good_ = is_good_ && decimal(value) >= 0;
    return decimal(value);
  }
  std::int64_t decimal(const std::string& value) {
    const auto parsed = parse_fixed8(value);
    is_good_ = is_good_ && parsed.has_value();
    return parsed.value_or(0);
  }

  const InstrumentTable* instruments_;
  bool is_good_{true};
};

// Parses, or nothing; a repeated key gives nothing too, since its meaning is anybody's guess.
std::optional<Json> parse_unambiguous(const std::string& text) {
  std::vector<std::set<std::string>> keys;
  bool is_ambiguous = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      is_ambiguous = is_ambiguous || !keys.back().insert(value.get<std::string>()).second;
    }
    return true;
  };
  Json json = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (json.is_discarded() || is_ambiguous) return std::nullopt;
  return json;
}

class MessageCorpusTest : public testing::Test {
 protected:
  const DecodedMessage& decode(const std::string& text) {
    const Padded payload{text};
    decoder_.decode(payload.view(), kArrival, message_);
    return message_;
  }

  // The recorded spot execution reports, of ours and of others, in their envelope.
  std::vector<std::string> recorded_reports() {
    std::vector<std::string> texts;
    for (const Json& line : read_lines("user-data/real_events.jsonl")) {
      if (!line.contains("event")) continue;
      Json envelope{{"subscriptionId", 0}, {"event", line["event"]}};
      texts.push_back(envelope.dump());
      envelope["event"]["c"] = client_id(kOrder);
      texts.push_back(envelope.dump());
      envelope["event"].update({{"x", "TRADE"},
                                {"X", "FILLED"},
                                {"t", 17},
                                {"l", "0.5"},
                                {"L", "1.25"},
                                {"n", "0.001"},
                                {"N", "BNB"},
                                {"m", true}});
      texts.push_back(envelope.dump());
    }
    return texts;
  }

  InstrumentTable instruments_ = make_instruments();
  MessageDecoder decoder_{instruments_, codec(), 1u << 20};
  DecodedMessage message_;
  Oracle oracle_{instruments_};
};

TEST_F(MessageCorpusTest, RecordedEventsReadAsTheOracleReadsThem) {
  const auto texts = recorded_reports();
  SKIP_WITHOUT(texts, "user-data/real_events.jsonl");
  for (const std::string& text : texts) {
    const auto expected = oracle_.execution_report(Json::parse(text)["event"]);
    ASSERT_TRUE(expected) << text;
    const auto& message = decode(text);
    ASSERT_EQ(message.kind, MessageKind::kOrderEvent) << text;
    ASSERT_EQ(message.reports.size(), 1u);
    EXPECT_TRUE(fields_of(message.reports[0]) == *expected) << text;
  }
}

TEST_F(MessageCorpusTest, EveryTruncationIsRefusedWhole) {
  const auto texts = recorded_reports();
  SKIP_WITHOUT(texts, "user-data/real_events.jsonl");
  for (const std::string& text : texts) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      const auto& message = decode(text.substr(0, size));
      ASSERT_TRUE(message.kind == MessageKind::kGarbage ||
                  message.kind == MessageKind::kMalformedEvent)
          << text.substr(0, size);
      ASSERT_TRUE(message.reports.empty());
    }
  }
}

TEST_F(MessageCorpusTest, DamagedEventsReadAsTheOracleReadsThemOrNotAtAll) {
  const auto texts = recorded_reports();
  SKIP_WITHOUT(texts, "user-data/real_events.jsonl");
  std::mt19937 random{20'260'904};
  constexpr std::string_view kAlphabet = "\"{}[]:,.-0123456789eEtTxXcCnullNEW \\\x01\xc3";
  int accepted = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string text = texts[random() % texts.size()];
    for (std::size_t damage = 1 + random() % 2; damage > 0; --damage) {
      text[random() % text.size()] = kAlphabet[random() % kAlphabet.size()];
    }
    const auto& message = decode(text);
    const auto json = parse_unambiguous(text);
    if (!json || !json->is_object() || !json->contains("event")) continue;
    const Json& event = (*json)["event"];
    if (!event.is_object() || event.value("e", Json{}) != "executionReport") continue;
    const auto expected = oracle_.execution_report(event);
    if (message.kind == MessageKind::kParkedEvent) {  // another symbol's, readable or not
      EXPECT_TRUE(!expected || expected->symbol == kNoSymbol.raw()) << text;
      EXPECT_EQ(message.parked.text.size(), text.size());
      continue;
    }
    ASSERT_EQ(message.kind == MessageKind::kOrderEvent, expected.has_value()) << text;
    if (!expected) continue;
    ASSERT_TRUE(fields_of(message.reports.at(0)) == *expected) << text;
    ++accepted;
  }
  EXPECT_GT(accepted, 300);
}

// Fixtures carry other people's request ids; ours take their place by the endpoint they answer.
std::optional<std::string> our_id(const std::string& endpoint) {
  const auto with = [](RequestTag tag) {
    std::string text(RequestId::kTextSize, ' ');
    write_request_id({tag, tag == RequestTag::kMassCancel ? 0 : kOrder.raw()}, text.data());
    return text;
  };
  if (endpoint == "/order.place") return with(RequestTag::kNewOrder);
  if (endpoint == "/order.cancel") return with(RequestTag::kCancel);
  if (endpoint == "/order.status") return with(RequestTag::kQuery);
  if (endpoint == "/openOrders.status") return with(RequestTag::kOpenOrders);
  if (endpoint == "/openOrders.cancelAll") return with(RequestTag::kMassCancel);
  if (endpoint == "/account.status") return with(RequestTag::kAccount);
  if (endpoint == "/myTrades") return with(RequestTag::kTrades);
  if (endpoint == "/session.logon") return with(RequestTag::kLogon);
  return std::nullopt;
}

TEST_F(MessageCorpusTest, ConnectorFixturesAreAnswersAndNeverGarbage) {
  const std::string name = "connector-fixtures/spot_wsapi.jsonl";
  const auto lines = read_lines(name);
  SKIP_WITHOUT(lines, name);
  std::set<std::string> answered;
  for (const Json& line : lines) {
    Json body = line["json"];
    EXPECT_NE(decode(body.dump()).kind, MessageKind::kMalformedEvent) << body;
    const auto endpoint = line["endpoint"].get<std::string>();
    const auto id = our_id(endpoint);
    if (!id) continue;
    body["id"] = *id;
    const auto& message = decode(body.dump());
    // The fixtures leave out every amount (price, qty, free): an outcome that is not stated is
    // open, and a missing amount must not pass for a zero.
    if (endpoint == "/session.logon") {
      EXPECT_EQ(message.kind, MessageKind::kResult) << body;
    } else {
      EXPECT_EQ(message.failure.failure, FailureClass::kUnknown) << body;
      EXPECT_EQ(message.kind, MessageKind::kFailure) << body;
    }
    answered.insert(endpoint);
  }
  EXPECT_EQ(answered.size(), 8u);
}

TEST_F(MessageCorpusTest, DocumentedAnswersAreRead) {
  const std::string name = "docs-examples/web-socket-api.jsonl";
  const auto lines = read_lines(name);
  SKIP_WITHOUT(lines, name);
  const std::vector<std::pair<std::string, std::string>> endpoints{
      {"Place new order (TRADE)", "/order.place"},
      {"Query order (USER_DATA)", "/order.status"},
      {"Current open orders (USER_DATA)", "/openOrders.status"},
      {"Cancel open orders (TRADE)", "/openOrders.cancelAll"},
      {"Account information (USER_DATA)", "/account.status"},
      {"Account trade history (USER_DATA)", "/myTrades"},
      {"Log in with API key (SIGNED)", "/session.logon"}};
  std::size_t entries = 0;
  int answers = 0;
  for (const Json& line : lines) {
    for (const auto& [section, endpoint] : endpoints) {
      Json body = line["json"];
      if (line["section"] != section || !body.is_object() || !body.contains("result")) continue;
      body["id"] = *our_id(endpoint);
      const auto& message = decode(body.dump());
      EXPECT_EQ(message.kind, MessageKind::kResult) << body;
      EXPECT_EQ(message.has_rate_budget, body.contains("rateLimits"));
      entries += message.reports.size() + message.balances.size();
      ++answers;
    }
  }
  EXPECT_EQ(answers, 9);
  // ACK 1, RESULT 1, FULL 1 + 2 fills, query 1, open 1, cancelled 1 + 2 legs, balances 3, trades 2.
  EXPECT_EQ(entries, 15u);
}

TEST_F(MessageCorpusTest, DocumentedEventsAreRead) {
  const std::string name = "docs-examples/user-data-stream.jsonl";
  const auto lines = read_lines(name);
  SKIP_WITHOUT(lines, name);
  std::vector<MessageKind> kinds;
  for (const Json& line : lines) kinds.push_back(decode(line["json"].dump()).kind);
  EXPECT_EQ(kinds, (std::vector{MessageKind::kBalanceEvent, MessageKind::kBalanceChange,
                                MessageKind::kOrderEvent, MessageKind::kListEvent,
                                MessageKind::kStreamTerminated, MessageKind::kParkedEvent}));
}

TEST_F(MessageCorpusTest, DamagedAnswersNeverCrashNorInventAnOrder) {
  const std::string name = "docs-examples/web-socket-api.jsonl";
  const auto lines = read_lines(name);
  SKIP_WITHOUT(lines, name);
  std::vector<std::string> texts;
  for (const Json& line : lines) {
    Json body = line["json"];
    if (!body.is_object() || !body.contains("status")) continue;
    for (const RequestTag tag : {RequestTag::kNewOrder, RequestTag::kOpenOrders,
                                 RequestTag::kAccount, RequestTag::kTrades}) {
      std::string id(RequestId::kTextSize, ' ');
      write_request_id({tag, kOrder.raw()}, id.data());
      body["id"] = id;
      if (body.dump().size() < 4096) texts.push_back(body.dump());
    }
  }
  std::mt19937 random{4};
  for (int i = 0; i < 10'000; ++i) {
    std::string text = texts[random() % texts.size()];
    text[random() % text.size()] = static_cast<char>(random());
    const auto& message = decode(text);
    const auto json = parse_unambiguous(text);
    if (!json || message.kind != MessageKind::kResult) continue;
    for (const VenueReport& report : message.reports) {
      if (message.request.tag != RequestTag::kNewOrder) continue;
      const Json& result = (*json)["result"];
      ASSERT_EQ(report.venue_order_id.raw(), result["orderId"].get<std::uint64_t>()) << text;
      ASSERT_EQ(report.px.raw(), parse_fixed8(result.value("price", "0")).value()) << text;
      ASSERT_EQ(report.qty.raw(), parse_fixed8(result.value("origQty", "0")).value()) << text;
    }
  }
}

}  // namespace
}  // namespace portcullis::oms::binance::test
