#include "sim/net/utf8.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::sim::test {
namespace {

using namespace std::string_literals;  // tidy-ok: texts with zero bytes in them

const std::vector<std::string>& valid_texts() {
  static const std::vector<std::string> texts{
      "",
      "plain ASCII, longer than eight bytes",
      "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5",                  // Greek
      "\xE8\xBF\x99\xE6\x98\xAF\xE6\xB5\x8B\xE8\xAF\x95\xE5\xB8\x81",  // a testnet symbol
      "\xC2\x80",
      "\xDF\xBF",
      "\xE0\xA0\x80",
      "\xED\x9F\xBF",  // just below the surrogates
      "\xEE\x80\x80",  // just above
      "\xEF\xBF\xBF",
      "\xF0\x90\x80\x80",
      "\xF4\x8F\xBF\xBF",  // U+10FFFF
      "\0"s,
  };
  return texts;
}

const std::vector<std::string>& broken_texts() {
  static const std::vector<std::string> texts{
      "\x80",              // a continuation of nothing
      "\xC0\x80",          // overlong zero
      "\xC1\xBF",          // overlong
      "\xE0\x80\x80",      // overlong
      "\xE0\x9F\xBF",      // overlong
      "\xED\xA0\x80",      // a surrogate
      "\xED\xBF\xBF",      // a surrogate
      "\xF0\x80\x80\x80",  // overlong
      "\xF0\x8F\xBF\xBF",  // overlong
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xF5\x80\x80\x80",
      "\xFE",
      "\xFF",
      "\xC2 ",  // a character broken off
      "eight by\xFFtes",
  };
  return texts;
}

bool is_valid_in_pieces(const std::string& text, std::size_t cut) {
  Utf8Check check;
  return check.add(text.substr(0, cut)) && check.add(text.substr(cut)) && check.is_whole();
}

TEST(Utf8, TakesWhatIsUtf8HoweverItIsCut) {
  for (const std::string& text : valid_texts()) {
    EXPECT_TRUE(is_utf8(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      EXPECT_TRUE(is_valid_in_pieces("before " + text + " and behind", 7 + cut)) << text << cut;
    }
  }
}

TEST(Utf8, RefusesWhatIsNotHoweverItIsCut) {
  for (const std::string& text : broken_texts()) {
    EXPECT_FALSE(is_utf8(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      EXPECT_FALSE(is_valid_in_pieces("before " + text + " and behind", 7 + cut)) << text << cut;
    }
  }
}

TEST(Utf8, ATextThatEndsInsideACharacterIsNotWhole) {
  for (const std::string text : {"\xC3", "\xE2\x82", "\xF0\x9F\x92"}) {
    Utf8Check check;
    EXPECT_TRUE(check.add("fine so far " + text));
    EXPECT_FALSE(check.is_whole());
  }
}

TEST(Utf8, IsRefusedAtTheFirstByteThatCannotBe) {
  Utf8Check check;
  EXPECT_TRUE(check.add("\xF4"));
  EXPECT_FALSE(check.add("\x90"));
}

}  // namespace
}  // namespace portcullis::sim::test
