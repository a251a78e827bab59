#include "feeds/binance/stream_decoder.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "feeds/replay/capture_reader.hpp"
#include "tests/feeds/decoder_check.hpp"
#include "tests/feeds/feed_world.hpp"
#include "tests/feeds/frames.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::feeds::binance {
namespace {

using test::level;
using test::Padded;
using test::px;
using test::qty;

class StreamDecoderTest : public testing::Test {
 protected:
  std::expected<EventKind, DecodeError> decode(const std::string& text) {
    frame_ = Padded{text};
    return decoder_.decode(frame_.view(), event_);
  }
  void expect_error(const std::string& text, DecodeError error) {
    const auto kind = decode(text);
    ASSERT_FALSE(kind) << text;
    EXPECT_EQ(kind.error(), error) << to_string(kind.error()) << ": " << text;
  }

  SymbolIndex symbols_{test::instruments_named({"BTCUSDT", "BNBBTC", "BNBUSDT"})};
  StreamDecoder decoder_{symbols_};
  Padded frame_{""};
  DecodedEvent event_;
};

TEST_F(StreamDecoderTest, ReadsTheDocumentedBookTicker) {
  const auto kind = decode(R"({"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000",)"
                           R"("a":"25.36520000","A":"40.66000000"})");
  ASSERT_EQ(kind, EventKind::kBookTicker);
  EXPECT_EQ(event_.symbol, SymbolId{2});
  EXPECT_EQ(event_.last_seq, SeqNum{400900217});
  EXPECT_EQ(event_.top, (TopOfBook{px("25.3519"), qty("31.21"), px("25.3652"), qty("40.66")}));
}

TEST_F(StreamDecoderTest, ReadsTheDocumentedDepthInTheCombinedWrapper) {
  const auto kind =
      decode(R"({"stream":"bnbbtc@depth","data":{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC",)"
             R"("U":157,"u":160,"b":[["0.0024","10"]],"a":[["0.0026","100"],["0.0027","0"]]}})");
  ASSERT_EQ(kind, EventKind::kDepth);
  EXPECT_EQ(event_.symbol, SymbolId{1});
  EXPECT_EQ(event_.first_seq, SeqNum{157});
  EXPECT_EQ(event_.last_seq, SeqNum{160});
  EXPECT_EQ(event_.event_time, wall_time(1672515782136'000'000));
  ASSERT_EQ(event_.bids.size(), 1U);
  ASSERT_EQ(event_.asks.size(), 2U);
  EXPECT_EQ(event_.bids[0], level("0.0024", "10"));
  EXPECT_EQ(event_.asks[1], level("0.0027", "0"));
}

TEST_F(StreamDecoderTest, BuyerAsMakerMeansThatTheSellerWasTheAggressor) {
  ASSERT_EQ(decode(test::trade_frame("BTCUSDT", 12345, "0.001", "100", true)), EventKind::kTrade);
  EXPECT_EQ(event_.trade.trade_id, TradeId{12345});
  EXPECT_EQ(event_.trade.px, px("0.001"));
  EXPECT_EQ(event_.trade.qty, qty("100"));
  EXPECT_EQ(event_.trade.aggressor, Side::kSell);
  ASSERT_EQ(decode(test::trade_frame("BTCUSDT", 1, "1", "1", false)), EventKind::kTrade);
  EXPECT_EQ(event_.trade.aggressor, Side::kBuy);
}

TEST_F(StreamDecoderTest, OldTradeEventsWithOrderIdsAreReadToo) {
  // "b" and "a" were the two orders' ids, as numbers, until 2024.
  ASSERT_EQ(decode(R"({"e":"trade","E":1,"s":"BTCUSDT","t":7,"p":"1","q":"2","b":88,"a":50,)"
                   R"("T":1,"m":true,"M":true})"),
            EventKind::kTrade);
}

TEST_F(StreamDecoderTest, FieldsMayComeInAnyOrderAndUnknownOnesAreSkipped) {
  ASSERT_EQ(
      decode(R"({"data":{"A":"4","new":{"x":[1,{"u":3}]},"a":"3","B":"2","b":"1",)"
             R"("s":"BTCUSDT","u":9,"zz":null},"extra":[1,2],"stream":"btcusdt@bookTicker"})"),
      EventKind::kBookTicker);
  EXPECT_EQ(event_.top, (TopOfBook{px("1"), qty("2"), px("3"), qty("4")}));
}

TEST_F(StreamDecoderTest, ReadsTimesInMicrosecondsWhenAskedTo) {
  StreamDecoder decoder{symbols_, {}, StreamDecoder::TimeUnit::kMicros};
  const Padded frame{
      R"({"e":"depthUpdate","E":1672515782136555,"s":"BNBBTC","U":1,"u":1,"b":[],"a":[]})"};
  ASSERT_EQ(decoder.decode(frame.view(), event_), EventKind::kDepth);
  EXPECT_EQ(event_.event_time, wall_time(1672515782136555'000));
}

TEST_F(StreamDecoderTest, ReadsControlRepliesGoodAndBad) {
  ASSERT_EQ(decode(R"({"result":null,"id":3})"), EventKind::kControlReply);
  EXPECT_FALSE(event_.is_error);
  EXPECT_EQ(event_.reply_id, 3U);
  ASSERT_EQ(decode(R"({"result":["btcusdt@aggTrade"],"id":4})"), EventKind::kControlReply);
  EXPECT_FALSE(event_.is_error);
  ASSERT_EQ(decode(R"({"error":{"code":2,"msg":"Invalid request: x"},"id":5})"),
            EventKind::kControlReply);
  EXPECT_TRUE(event_.is_error);
  EXPECT_EQ(event_.reply_id, 5U);
  EXPECT_EQ(event_.reply_code, 2);
  EXPECT_EQ(event_.reply_text, "Invalid request: x");
  ASSERT_EQ(decode(R"({"code":3,"msg":"Invalid JSON: \"x\"","id":"a"})"), EventKind::kControlReply);
  EXPECT_TRUE(event_.is_error);
  EXPECT_EQ(event_.reply_code, 3);
  EXPECT_EQ(event_.reply_text, R"(Invalid JSON: \"x\")");
}

TEST_F(StreamDecoderTest, AnErrorObjectCannotSmuggleAnEvent) {
  ASSERT_EQ(decode(R"({"error":{"e":"bookTicker","u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2",)"
                   R"("A":"1"}})"),
            EventKind::kControlReply);
}

TEST_F(StreamDecoderTest, ReadsServerShutdownRawAndWrapped) {
  EXPECT_EQ(decode(R"({"e":"serverShutdown","E":1770123456789})"), EventKind::kServerShutdown);
  EXPECT_EQ(decode(R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}})"),
            EventKind::kServerShutdown);
}

TEST_F(StreamDecoderTest, ReadsASnapshot) {
  frame_ = Padded{test::snapshot_body(1027024, {{"4.00", "431"}}, {{"4.02", "12"}})};
  ASSERT_EQ(decoder_.decode_snapshot(frame_.view(), SymbolId{1}, event_), EventKind::kSnapshot);
  EXPECT_EQ(event_.symbol, SymbolId{1});
  EXPECT_EQ(event_.last_seq, SeqNum{1027024});
  EXPECT_EQ(event_.bids[0], level("4", "431"));
  EXPECT_EQ(event_.asks[0], level("4.02", "12"));
  EXPECT_FALSE(decoder_.decode(frame_.view(), event_));  // names no symbol: not a stream event
}

TEST_F(StreamDecoderTest, NamesWhatIsWrong) {
  using enum DecodeError;
  expect_error("", kMalformedJson);
  expect_error("[]", kMalformedJson);
  expect_error("nonsense", kMalformedJson);
  expect_error(R"({"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"} x)", kMalformedJson);
  expect_error(R"({"u":1 "s":"BTCUSDT"})", kMalformedJson);
  expect_error("{\"s\":\"\xff\"}", kMalformedJson);
  expect_error(R"({"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2"})", kMissingField);
  expect_error(R"({"u":1,"s":"BTCUSDT","b":1,"B":"1","a":"2","A":"1"})", kMissingField);
  expect_error(R"({"u":1,"u":2,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"})", kDuplicateField);
  expect_error(R"({"data":{"u":1},"data":{"u":2}})", kDuplicateField);
  expect_error(test::ticker_frame("BTCUSDT", 1, "1e5", "1", "2", "1"), kBadNumber);
  expect_error(test::ticker_frame("BTCUSDT", 1, "1.123456789", "1", "2", "1"), kBadNumber);
  expect_error(test::ticker_frame("BTCUSDT", 1, "99999999999999", "1", "2", "1"), kBadNumber);
  expect_error(test::ticker_frame("BTCUSDT", 1, "", "1", "2", "1"), kBadNumber);
  expect_error(test::ticker_frame("BTCUSDT", 1, "1", "-0.5", "2", "1"), kNegativeNumber);
  expect_error(R"({"u":-1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"})", kNegativeNumber);
  expect_error(R"({"u":1.5,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"})", kBadNumber);
  expect_error(test::depth_frame("BTCUSDT", 1, 2, {{"0.0", "1"}}, {}), kZeroPrice);
  expect_error(test::trade_frame("BTCUSDT", 1, "0", "1", true), kZeroPrice);
  expect_error(test::depth_frame("BTCUSDT", 3, 2, {}, {}), kBadSequence);
  expect_error(R"({"e":"kline","E":1,"s":"BTCUSDT","k":{}})", kUnknownEvent);
  expect_error(R"({"e":"depthUpdateX","E":1,"s":"BTCUSDT"})", kUnknownEvent);
  expect_error(R"({"stream":"!miniTicker@arr","data":[{}]})", kUnknownEvent);
  expect_error("{}", kUnknownEvent);
  expect_error(test::ticker_frame("DOGEUSDT", 1, "1", "1", "2", "1"), kUnknownSymbol);
  expect_error(test::ticker_frame(std::string(500, 'A'), 1, "1", "1", "2", "1"), kUnknownSymbol);
  expect_error(
      R"({"e":"depthUpdate","E":18446744073709551615,"s":"BTCUSDT","U":1,"u":1,"b":[],"a":[]})",
      kBadNumber);
}

TEST_F(StreamDecoderTest, RefusesWhatExceedsItsCapacity) {
  StreamDecoder small{symbols_, {.frame_bytes_max = 400, .levels_max = 2}};
  const Padded full{test::depth_frame("BTCUSDT", 1, 2, {{"1", "1"}, {"2", "1"}}, {})};
  EXPECT_EQ(small.decode(full.view(), event_), EventKind::kDepth);
  const Padded many{test::depth_frame("BTCUSDT", 1, 2, {{"1", "1"}, {"2", "1"}, {"3", "1"}}, {})};
  EXPECT_EQ(small.decode(many.view(), event_).error(), DecodeError::kTooManyLevels);
  const Padded large{"{\"e\":\"" + std::string(400, 'x') + "\"}"};
  EXPECT_EQ(small.decode(large.view(), event_).error(), DecodeError::kTooLarge);
  EXPECT_EQ(small.decode(full.view(), event_), EventKind::kDepth);  // none the worse for it
}

TEST_F(StreamDecoderTest, TakesAFullSizeSnapshot) {
  std::string side = "[";
  for (int i = 1; i <= 5000; ++i) side += "[\"" + std::to_string(i) + ".00000000\",\"1.0\"],";
  side.back() = ']';
  frame_ = Padded{R"({"lastUpdateId":1,"bids":)" + side + R"(,"asks":)" + side + "}"};
  ASSERT_EQ(decoder_.decode_snapshot(frame_.view(), SymbolId{0}, event_), EventKind::kSnapshot);
  EXPECT_EQ(event_.bids.size(), 5000U);
  EXPECT_EQ(event_.asks.size(), 5000U);
}

TEST_F(StreamDecoderTest, DecodesEveryDocumentedExampleOrSaysWhyNot) {
  const std::string path = shared_data("docs-examples/web-socket-streams.jsonl");
  std::ifstream file{path};
  if (!file) GTEST_SKIP() << "recorded data is absent: " << path;
  const std::set<std::string> foreign{"aggTrade",   "blockTrade", "kline",    "24hrMiniTicker",
                                      "24hrTicker", "1hTicker",   "avgPrice", "referencePrice"};
  std::string line;
  int seen = 0;
  while (std::getline(file, line)) {
    const auto example = nlohmann::json::parse(line)["json"];
    const auto kind = decode(example.dump());
    ++seen;
    const std::string name = example.is_object() && example.contains("e")
                                 ? example["e"].get<std::string>()
                                 : std::string{};
    if (example.is_array()) {
      EXPECT_EQ(kind.error(), DecodeError::kMalformedJson);
    } else if (foreign.contains(name)) {
      EXPECT_EQ(kind.error(), DecodeError::kUnknownEvent) << line;
    } else if (example.contains("method") || example.contains("lastUpdateId")) {
      // A request of ours; a partial book, which we do not subscribe.
      EXPECT_FALSE(kind) << line;
    } else {
      EXPECT_TRUE(kind) << line;
    }
  }
  EXPECT_GE(seen, 20);
}

// ---- against the DOM reading -------------------------------------------------------------------

std::vector<std::string> corpus() {
  return {
      test::depth_frame("BTCUSDT", 157, 160, {{"0.0024", "10"}, {"0.0023", "0"}},
                        {{"0.0026", "100.5"}}),
      test::ticker_frame("BTCUSDT", 400900217, "25.35190000", "31.21", "25.36520000", "40.66"),
      test::trade_frame("ETHUSDT", 12345, "61602.01000000", "0.00012000", true),
      test::snapshot_body(160, {{"4.00000000", "431.00000000"}}, {{"4.00000200", "12.0"}}),
      R"({"result":null,"id":1})",
      R"({"error":{"code":2,"msg":"Invalid request"},"id":5})",
      R"({"e":"serverShutdown","E":1770123456789})",
      R"({"u":18446744073709551615,"s":"BTCUSDT","b":"92233720368.54775807",)"
      R"("B":"0","a":"1","A":"1"})",
      R"({ "u" : 1 , "s" : "BTCUSDT" , "b" : "1" , "B" : "1" , "a" : "2" , "A" : "1" ,)"
      R"( "x" : [ ] })",
      R"({"data":{"data":{"u":1}},"u":1,"s":"BTCUSDT"})",
      R"({"b":[["1","1",[]],["2","2"]],"a":[],"e":"depthUpdate","E":0,"s":"BTCUSDT","U":0,"u":0})",
      R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":1,"b":[["1"]],"a":[]})",
      R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":1,"b":[{"p":"1"}],"a":[]})",
      R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":1,"b":[["1","1"]],"a":[],"bids":[]})",
      R"({"e":null,"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"})",
      R"({"lastUpdateId":1,"bids":[],"asks":[],"b":[]})",
      "[[[[[[[[[[",
      "{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}",
      "null",
      "\"text\"",
      "{",
      "{\"u\":",
  };
}

class DecoderDifferentialTest : public testing::Test {
 protected:
  void expect_agreement(const std::string& text) {
    const Padded frame{text};
    const std::string difference = check_.compare(frame.view());
    ASSERT_EQ(difference, "") << text;
  }
  SymbolIndex symbols_{test::instruments_named({"BTCUSDT", "ETHUSDT"})};
  test::DecoderCheck check_{symbols_};
};

TEST_F(DecoderDifferentialTest, AgreesOnTheCorpus) {
  for (const std::string& frame : corpus()) expect_agreement(frame);
}

TEST_F(DecoderDifferentialTest, NoProperPrefixOfAFrameIsAccepted) {
  for (const std::string& frame : corpus()) {
    for (std::size_t length = 0; length < frame.size(); ++length) {
      // The rest of the frame stands where the slack is: it must not be read as part of it.
      const Padded whole{frame};
      const std::string_view prefix = whole.view().substr(0, length);
      ASSERT_EQ(check_.compare(prefix), "") << prefix;
      ASSERT_FALSE(check_.was_accepted()) << prefix;
    }
  }
}

TEST_F(DecoderDifferentialTest, AgreesOnRandomMutations) {
  const std::vector<std::string> seeds = corpus();
  const std::string alphabet = "{}[]:,\"0123456789.-eEuUsbBaAtpqm tfn\\\x01\xc3";
  std::mt19937_64 random{8};
  int accepted = 0;
  for (int i = 0; i < 40'000; ++i) {
    std::string text = seeds[random() % seeds.size()];
    const auto edits = 1 + random() % 3;
    for (std::uint64_t edit = 0; edit < edits && !text.empty(); ++edit) {
      const std::size_t at = random() % text.size();
      const char letter = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0: text[at] = letter; break;
        case 1: text.insert(at, 1, letter); break;
        case 2: text.erase(at, 1 + random() % 4); break;
        default: text += text.substr(at, random() % 40); break;
      }
    }
    expect_agreement(text);
    if (HasFatalFailure()) return;
    accepted += check_.was_accepted() ? 1 : 0;
  }
  EXPECT_GT(accepted, 1000);  // the mutations are not all nonsense
}

TEST_F(DecoderDifferentialTest, AgreesOnRealFramesAndTheirPrefixes) {
  const std::string path = shared_data("spot/btcusdt_20240808.gz");
  auto reader = replay::CaptureReader::open(path);
  if (!reader) GTEST_SKIP() << "recorded data is absent: " << path;
  replay::CaptureLine line;
  int frames = 0;
  while (frames < 2000 && reader->next(line).value()) {
    if (line.payload.size() > 4096) continue;  // the check's decoder is small
    ++frames;
    const std::string text{line.payload};
    expect_agreement(text);
    if (HasFatalFailure()) return;
    if (frames % 100 != 0) continue;
    for (std::size_t length = 0; length < text.size(); ++length) {
      const Padded cut{std::string_view{text}.substr(0, length)};
      ASSERT_EQ(check_.compare(cut.view()), "");
      ASSERT_FALSE(check_.was_accepted());
    }
  }
  EXPECT_EQ(frames, 2000);
}

}  // namespace
}  // namespace portcullis::feeds::binance
