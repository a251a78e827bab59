#include "core/config_reader.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Nanos kMilli{1'000'000};

ConfigDocument parse(std::string_view text) {
  return ConfigDocument::parse(text, "gateway.toml", {});
}

std::vector<std::string> texts(const ConfigDocument& document) {
  std::vector<std::string> lines;
  for (const ConfigProblem& problem : document.problems()) lines.push_back(problem.str());
  return lines;
}

TEST(ConfigReader, ReadsEveryKindOfValue) {
  auto document = parse(R"(
gateway_id = "pc1"
[oms]
ack_timeout = "3s"
retries = 5
dry_run = true
[risk.symbols.BTCUSDT]
max_order_qty = "0.01"
[threads]
agents = ["risk", "oms"]
idle = "backoff"
)");
  ConfigSection root = document.root();
  EXPECT_EQ(root.required_string("gateway_id"), "pc1");
  ConfigSection oms = root.subsection("oms");
  EXPECT_EQ(oms.required_duration("ack_timeout", kMilli, 60'000 * kMilli), 3'000 * kMilli);
  EXPECT_EQ(oms.required_integer("retries", 0, 10), 5);
  EXPECT_TRUE(oms.required_boolean("dry_run"));
  ConfigSection symbol = root.subsection("risk").subsection("symbols").subsection("BTCUSDT");
  EXPECT_EQ(symbol.required_decimal<Qty>("max_order_qty", Qty{}, Qty::max()),
            Qty::from_raw(1'000'000));
  ConfigSection threads = root.subsection("threads");
  EXPECT_THAT(threads.required_string_list("agents"), ElementsAre("risk", "oms"));
  EXPECT_EQ(threads.required_choice("idle", {"busy_spin", "backoff"}), "backoff");
  root.finish();
  EXPECT_THAT(texts(document), IsEmpty());
}

TEST(ConfigReader, OptionalValuesFallBack) {
  auto document = parse("");
  ConfigSection root = document.root();
  EXPECT_EQ(root.optional_duration("a", 5 * kMilli, Nanos{0}, 10 * kMilli), 5 * kMilli);
  EXPECT_EQ(root.optional_integer("b", 7, 0, 10), 7);
  EXPECT_TRUE(root.optional_boolean("c", true));
  EXPECT_EQ(root.optional_string("d", "x"), "x");
  EXPECT_EQ(root.optional_choice("e", "y", {"x", "y"}), "y");
  EXPECT_THAT(root.optional_string_list("f", {"p"}), ElementsAre("p"));
  EXPECT_EQ(root.optional_decimal<Price>("g", Price::from_units(3), Price{}, Price::max()),
            Price::from_units(3));
  EXPECT_FALSE(root.has("a"));
  root.finish();
  EXPECT_THAT(texts(document), IsEmpty());
  for (const ConfigEntry& entry : document.effective()) {
    EXPECT_EQ(entry.origin, ConfigOrigin::kDefault) << entry.key;
  }
}

TEST(ConfigReader, DurationsHaveExactlyTheseUnits) {
  const auto read = [](const std::string& value) {
    auto document = parse("d = " + value);
    const Nanos found = document.root().required_duration("d", Nanos{0}, Nanos::max());
    return document.problems().empty() ? found : Nanos{-1};
  };
  EXPECT_EQ(read("\"7ns\"").count(), 7);
  EXPECT_EQ(read("\"250us\"").count(), 250'000);
  EXPECT_EQ(read("\"5ms\"").count(), 5'000'000);
  EXPECT_EQ(read("\"2s\"").count(), 2'000'000'000);
  EXPECT_EQ(read("\"3m\"").count(), 180'000'000'000);
  EXPECT_EQ(read("\"1h\"").count(), 3'600'000'000'000);
  for (const char* bad :
       {"5", "5.0", "\"5\"", "\"5 ms\"", "\"5sec\"", "\"ms\"", "\"1.5s\"", "\"-5ms\"", "\"\"",
        "\"5MS\"", "true", "\"99999999999999h\"", "[\"5ms\"]"}) {
    EXPECT_EQ(read(bad).count(), -1) << bad;
  }
}

TEST(ConfigReader, CollectsEveryProblemWithPlaceCauseAndNextStep) {
  auto document = parse(R"([oms]
ack_timeout = 3
retries = 50
max_order = 0.1
dry_run = "yes"
idle = "bakoff"
names = ["a", 1]
recv_windw = "5s"
)");
  ConfigSection root = document.root();
  ConfigSection oms = root.subsection("oms");
  EXPECT_EQ(oms.required_duration("ack_timeout", kMilli, 10'000 * kMilli), Nanos{0});
  (void)oms.required_integer("retries", 0, 10);
  (void)oms.required_decimal<Qty>("max_order", Qty{}, Qty::max());
  (void)oms.required_boolean("dry_run");
  (void)oms.required_choice("idle", {"busy_spin", "yield", "backoff"});
  (void)oms.required_string_list("names");
  (void)oms.optional_duration("recv_window", 5'000 * kMilli, kMilli, 60'000 * kMilli);
  (void)oms.required_string("missing_one");
  root.finish();
  EXPECT_THAT(
      texts(document),
      ElementsAre(
          "gateway.toml:2: oms.ack_timeout: expected a duration string such as \"5ms\", found the "
          "integer 3; write a duration string such as \"5ms\"",
          "gateway.toml:3: oms.retries: 50 is out of range; choose a value from 0 to 10",
          "gateway.toml:4: oms.max_order: expected a decimal string such as \"0.01\", found a "
          "floating-point; write it in quotes, so that no digit is lost",
          "gateway.toml:5: oms.dry_run: expected true or false, found the string \"yes\"; write "
          "true or false",
          "gateway.toml:6: oms.idle: \"bakoff\" is not one of the choices, did you mean "
          "\"backoff\"?; choose one of: busy_spin, yield, backoff",
          "gateway.toml:7: oms.names: expected a list of strings, found a list with something "
          "other than strings; write a list of strings",
          "gateway.toml:1: oms.missing_one: is missing; add missing_one (a string) to [oms]",
          AllOf(HasSubstr("gateway.toml:8: oms.recv_windw: unknown key, did you mean "
                          "\"recv_window\"?"),
                HasSubstr("ack_timeout, retries"))));
}

TEST(ConfigReader, DecimalsAreExactOrRefused) {
  const auto problem_of = [](const std::string& value) {
    auto document = parse("px = " + value);
    (void)document.root().required_decimal<Price>("px", Price{}, Price::from_units(1'000));
    return document.problems().empty() ? std::string{} : document.problems()[0].str();
  };
  EXPECT_EQ(problem_of("\"1000\""), "");
  EXPECT_THAT(problem_of("\"1000.00000001\""), HasSubstr("out of range"));
  EXPECT_THAT(problem_of("\"1000.00000001\""), HasSubstr("from 0 to 1000"));
  EXPECT_THAT(problem_of("\"0.000000001\""), HasSubstr("more than eight decimal places"));
  EXPECT_THAT(problem_of("\"1e3\""), HasSubstr("not a plain decimal"));
  EXPECT_THAT(problem_of("5"), HasSubstr("found the integer 5"));
}

TEST(ConfigReader, TablesOfTablesKeepTheFilesOrder) {
  auto document = parse("[symbols.ETHUSDT]\nq = \"1\"\n[symbols.BTCUSDT]\nq = \"2\"\n");
  ConfigSection symbols = document.root().subsection("symbols");
  EXPECT_THAT(symbols.table_names(), ElementsAre("ETHUSDT", "BTCUSDT"));
  document.root().finish();
  EXPECT_EQ(document.problems().size(), 2U) << "a table nobody asked for is unknown";
}

TEST(ConfigReader, AMissingTableReportsItsRequiredKeys) {
  auto document = parse("[riks]\n");
  ConfigSection root = document.root();
  ConfigSection risk = root.subsection("risk");
  (void)risk.required_string("venue");
  (void)risk.subsection("limits").required_integer("n", 0, 1);
  root.finish();
  const auto problems = texts(document);
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_THAT(problems[0], HasSubstr("risk.venue: is missing"));
  EXPECT_THAT(problems[1], HasSubstr("risk.limits.n: is missing"));
  EXPECT_THAT(problems[2], HasSubstr("riks: unknown key, did you mean \"risk\"?"));
}

TEST(ConfigReader, AValueWhereATableBelongsIsAProblem) {
  auto document = parse("oms = 5\n");
  (void)document.root().subsection("oms").optional_integer("x", 1, 0, 2);
  EXPECT_THAT(texts(document), ElementsAre(HasSubstr("expected a table, found the integer 5")));
}

TEST(ConfigReader, BadTomlNamesTheLine) {
  auto document = parse("a = 1\nb = = 2\n");
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_THAT(document.problems()[0].str(), HasSubstr("gateway.toml:2: not valid TOML"));
}

TEST(ConfigReader, ReportsWhatTheCallerFinds) {
  auto document = parse("[a]\nmin = 5\n");
  ConfigSection a = document.root().subsection("a");
  a.report("min", "is above max", "lower it");
  a.report("max", "is missing beside min", "add it");
  EXPECT_THAT(texts(document), ElementsAre("gateway.toml:2: a.min: is above max; lower it",
                                           "gateway.toml:1: a.max: is missing beside min; add it"));
}

TEST(ConfigDocument, LoadsAFileOrSaysWhyNot) {
  const test::TempDirectory directory;
  const std::string path = directory.write("gateway.toml", "a = 1\n");
  auto document = ConfigDocument::load(path, {});
  EXPECT_EQ(document.root().required_integer("a", 0, 9), 1);
  EXPECT_THAT(document.problems(), IsEmpty());
  const auto missing = ConfigDocument::load("/nonexistent/gateway.toml", {});
  EXPECT_THAT(texts(missing), ElementsAre("/nonexistent/gateway.toml: does not exist; name a "
                                          "readable TOML file with --config"));
  EXPECT_FALSE(ConfigDocument::load(directory.path(), {}).problems().empty()) << "a directory";
}

TEST(NearestWord, FindsTyposAndNothingElse) {
  const std::vector<std::string> words{"ack_timeout", "recv_window", "idle"};
  EXPECT_EQ(nearest_word("ack_timout", words), "ack_timeout");
  EXPECT_EQ(nearest_word("RECV_WINDOW", words), "recv_window");
  EXPECT_EQ(nearest_word("idel", words), "idle");
  EXPECT_EQ(nearest_word("price_collar", words), "");
  EXPECT_EQ(nearest_word("x", {}), "");
}

}  // namespace
}  // namespace portcullis
