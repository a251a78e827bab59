#include "sim/net/ws_reader.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/random.hpp"
#include "tests/sim_net/raw_client.hpp"

namespace portcullis::sim::test {
namespace {

// Writes down what it is told.
class Listing final : public WsReader::Handler {
 public:
  bool on_frame() override {
    ++frames;
    return true;
  }
  bool on_message(std::string_view text) override { return note("message", text); }
  bool on_ping(std::string_view payload) override { return note("ping", payload); }
  bool on_pong(std::string_view payload) override { return note("pong", payload); }
  void on_close(std::uint16_t code) override { note("close", std::to_string(code)); }

  std::vector<std::string> heard;
  int frames{0};

 private:
  bool note(const char* what, std::string_view text) {
    heard.push_back(std::string{what} + " " + std::string{text});
    return true;
  }
};

constexpr std::size_t kMessageMax = 100'000;
constexpr unsigned kFinalText = 0x81;
constexpr unsigned kFirstText = 0x01;
constexpr unsigned kContinuation = 0x00;
constexpr unsigned kFinalContinuation = 0x80;
constexpr unsigned kFinalPing = 0x89;
constexpr unsigned kFinalPong = 0x8A;

std::optional<WsReader::Violation> read_all(WsReader& reader, std::string bytes, Listing& listing) {
  return reader.read(bytes, listing);
}

std::size_t pick(Random& random, std::size_t bound) {
  return static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bound)));
}

// A run of messages, some in fragments with pings between them.
std::string random_run(Random& random, int messages) {
  std::string run;
  for (int i = 0; i < messages; ++i) {
    std::string text(pick(random, 400), static_cast<char>('a' + i % 26));
    if (random.below(3) != 0) {
      run += client_frame(text, kFinalText);
      continue;
    }
    const std::size_t cut = pick(random, text.size() + 1);
    run += client_frame(text.substr(0, cut), kFirstText);
    if (random.below(2) == 0) run += client_frame("between", kFinalPing);
    run += client_frame("", kContinuation);
    run += client_frame(text.substr(cut), kFinalContinuation);
  }
  return run;
}

TEST(WsReader, HearsTheSameHoweverTheBytesAreCut) {
  constexpr std::uint64_t kSeed = 20261126;
  RecordProperty("seed", std::to_string(kSeed));
  Random random{kSeed};
  for (int round = 0; round < 200; ++round) {
    const std::string run = random_run(random, 12);
    WsReader whole{kMessageMax};
    Listing expected;
    ASSERT_FALSE(read_all(whole, run, expected));
    WsReader pieces{kMessageMax};
    Listing heard;
    for (std::size_t at = 0; at < run.size();) {
      const std::size_t piece = 1 + pick(random, random.chance(50) ? 3 : 700);
      ASSERT_FALSE(read_all(pieces, run.substr(at, piece), heard));
      at += piece;
    }
    ASSERT_EQ(heard.heard, expected.heard);
    ASSERT_EQ(heard.frames, expected.frames);
  }
}

TEST(WsReader, PutsFragmentsTogetherAndTellsPingsInBetweenAtOnce) {
  WsReader reader{kMessageMax};
  Listing listing;
  EXPECT_FALSE(read_all(reader, client_frame("one ", kFirstText), listing));
  EXPECT_FALSE(read_all(reader, client_frame("now", kFinalPing), listing));
  EXPECT_FALSE(read_all(reader, client_frame("two ", kContinuation), listing));
  EXPECT_FALSE(read_all(reader, client_frame("", kFinalPong), listing));
  EXPECT_FALSE(read_all(reader, client_frame("three", kFinalContinuation), listing));
  const std::vector<std::string> expected{"ping now", "pong ", "message one two three"};
  EXPECT_EQ(listing.heard, expected);
}

TEST(WsReader, ALengthThatIsTooMuchIsRefusedBeforeAnyOfItHasCome) {
  for (const std::size_t size : {std::size_t{101}, std::size_t{70'000}, std::size_t{1} << 40}) {
    WsReader reader{100};
    Listing listing;
    std::string header = client_frame(std::string(std::min<std::size_t>(size, 70'000), 'x'));
    header.resize(14);
    if (size > 70'000) header = std::string{"\x81\xFF\0\0\1\0\0\0\0\0\1\2\3\4", 14};
    const auto violation = read_all(reader, header, listing);
    ASSERT_TRUE(violation) << size;
    EXPECT_EQ(violation->code, ws_close::kTooBig);
  }
}

TEST(WsReader, FragmentsTogetherMayNotBeMoreThanAMessage) {
  WsReader reader{100};
  Listing listing;
  EXPECT_FALSE(read_all(reader, client_frame(std::string(60, 'x'), kFirstText), listing));
  const auto violation =
      read_all(reader, client_frame(std::string(41, 'x'), kFinalContinuation), listing);
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->code, ws_close::kTooBig);
  EXPECT_TRUE(listing.heard.empty());
}

TEST(WsReader, ACharacterMayBeCutByFragmentsButNotLeftUnfinished) {
  WsReader good{kMessageMax};
  Listing listing;
  EXPECT_FALSE(read_all(good, client_frame("\xE2\x82", kFirstText), listing));
  EXPECT_FALSE(read_all(good, client_frame("\xAC", kFinalContinuation), listing));
  EXPECT_EQ(listing.heard.back(), "message \xE2\x82\xAC");
  EXPECT_FALSE(read_all(good, client_frame("\xE2\x82", kFirstText), listing));
  const auto violation = read_all(good, client_frame("", kFinalContinuation), listing);
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->code, ws_close::kBadPayload);
}

TEST(WsReader, StopsWhereItsHandlerSaysSo) {
  class Stopping final : public WsReader::Handler {
   public:
    bool on_frame() override { return ++frames < 3; }
    bool on_message(std::string_view) override { return ++messages > 0; }
    bool on_ping(std::string_view) override { return true; }
    bool on_pong(std::string_view) override { return true; }
    void on_close(std::uint16_t) override {}
    int frames{0};
    int messages{0};
  } stopping;
  WsReader reader{kMessageMax};
  std::string run;
  for (int i = 0; i < 5; ++i) run += client_frame("x");
  EXPECT_FALSE(reader.read(run, stopping));
  EXPECT_EQ(stopping.messages, 2);
  EXPECT_EQ(stopping.frames, 3);
}

}  // namespace
}  // namespace portcullis::sim::test
