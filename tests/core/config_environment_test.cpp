#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config_reader.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;

ConfigDocument parse(std::string_view text, const ConfigDocument::Environment& environment) {
  return ConfigDocument::parse(text, "gateway.toml", environment);
}

std::vector<std::string> problem_lines(const ConfigDocument& document) {
  std::vector<std::string> lines;
  for (const ConfigProblem& problem : document.problems()) lines.push_back(problem.str());
  return lines;
}

TEST(ConfigEnvironment, LiesOverTheFileWhateverItsCase) {
  auto document = parse("[risk.symbols.BTCUSDT]\nmax_qty = \"1\"\n[oms]\nack_timeout = \"3s\"\n",
                        {{"PORTCULLIS__RISK__SYMBOLS__BTCUSDT__MAX_QTY", "0.5"},
                         {"portcullis__oms__ack_timeout", "250ms"},
                         {"PORTCULLIS__OMS__RETRIES", "4"},
                         {"PORTCULLIS__OMS__DRY_RUN", "true"},
                         {"PORTCULLIS__OMS__GATEWAY_ID", "123"},
                         {"PORTCULLIS__OMS__NAME", "\"quoted\""},
                         {"PORTCULLIS__OMS__AGENTS", "[\"a\", \"b\"]"},
                         {"PATH", "/bin"}});
  ConfigSection root = document.root();
  ConfigSection symbol = root.subsection("risk").subsection("symbols").subsection("BTCUSDT");
  EXPECT_EQ(symbol.required_decimal<Qty>("max_qty", Qty{}, Qty::max()).str(), "0.5");
  ConfigSection oms = root.subsection("oms");
  EXPECT_EQ(oms.required_duration("ack_timeout", Nanos{0}, Nanos::max()).count(), 250'000'000);
  EXPECT_EQ(oms.required_integer("retries", 0, 9), 4);
  EXPECT_TRUE(oms.required_boolean("dry_run"));
  EXPECT_EQ(oms.required_string("gateway_id"), "123");
  EXPECT_EQ(oms.required_string("name"), "quoted");
  EXPECT_THAT(oms.required_string_list("agents"), ElementsAre("a", "b"));
  root.finish();
  EXPECT_THAT(problem_lines(document), IsEmpty());
  EXPECT_EQ(document.effective()[0].origin, ConfigOrigin::kEnvironment);
}

TEST(ConfigEnvironment, AnOverrideOfNothingNamesItsVariable) {
  auto document = parse("[oms]\nack_timeout = \"3s\"\n",
                        {{"PORTCULLIS__OMS__ACK_TIMOUT", "1s"}, {"PORTCULLIS__NOWHERE__X", "1"}});
  ConfigSection root = document.root();
  (void)root.subsection("oms").required_duration("ack_timeout", Nanos{0}, Nanos::max());
  root.finish();
  EXPECT_THAT(
      problem_lines(document),
      ElementsAre(HasSubstr("environment variable PORTCULLIS__NOWHERE__X: nowhere: unknown"),
                  AllOf(HasSubstr("environment variable PORTCULLIS__OMS__ACK_TIMOUT"),
                        HasSubstr("did you mean \"ack_timeout\"?"))));
}

TEST(ConfigEnvironment, BadValuesNameTheirVariable) {
  auto document =
      parse("[oms]\n", {{"PORTCULLIS__OMS__ACK_TIMEOUT", "5"}, {"PORTCULLIS__OMS__PX", "1e5"}});
  ConfigSection oms = document.root().subsection("oms");
  (void)oms.required_duration("ack_timeout", Nanos{0}, Nanos::max());
  (void)oms.required_decimal<Price>("px", Price{}, Price::max());
  EXPECT_THAT(problem_lines(document),
              ElementsAre(AllOf(HasSubstr("environment variable PORTCULLIS__OMS__ACK_TIMEOUT"),
                                HasSubstr("\"5\" is not a duration")),
                          HasSubstr("\"1e5\": not a plain decimal number")));
}

TEST(ConfigEnvironment, CannotAddATableOfTables) {
  auto document = parse("[symbols.BTCUSDT]\nq = \"1\"\n", {{"PORTCULLIS__SYMBOLS__EVIL__Q", "9"}});
  ConfigSection root = document.root();
  ConfigSection symbols = root.subsection("symbols");
  EXPECT_THAT(symbols.table_names(), ElementsAre("BTCUSDT"));
  (void)symbols.subsection("BTCUSDT").required_string("q");
  root.finish();
  EXPECT_THAT(problem_lines(document), ElementsAre(HasSubstr("PORTCULLIS__SYMBOLS__EVIL__Q")));
}

TEST(ConfigEnvironment, AValueCannotSmuggleInASecondKey) {
  auto document = parse("a = \"x\"\nb = 1\n", {{"PORTCULLIS__A", "\"y\"\nb = 2"}});
  ConfigSection root = document.root();
  EXPECT_EQ(root.required_string("a"), "\"y\"\nb = 2");
  EXPECT_EQ(root.required_integer("b", 0, 9), 1);
}

TEST(ConfigEnvironment, MisshapenNamesAreProblems) {
  auto document = parse("[oms]\nx = 1\n", {{"PORTCULLIS__OMS", "1"},
                                           {"PORTCULLIS__OMS__X__Y", "1"},
                                           {"PORTCULLIS__", "1"},
                                           {"PORTCULLIS_OMS__X", "1"}});
  EXPECT_EQ(document.problems().size(), 4U) << ::testing::PrintToString(problem_lines(document));
}

TEST(ConfigEnvironment, SecretsAreRefusedAndNeverRepeated) {
  auto document = parse(
      "", {{"PORTCULLIS_API_SECRET", "hunter2"}, {"PORTCULLIS__VENUE__SECRET_KEY", "hunter2"}});
  ASSERT_EQ(document.problems().size(), 2U);
  for (const std::string& text : problem_lines(document)) {
    EXPECT_THAT(text, HasSubstr("secrets are not taken from the environment"));
    EXPECT_THAT(text, HasSubstr("chmod 600"));
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  }
}

TEST(ConfigEnvironment, ReadsThisProcess) {
  ASSERT_EQ(::setenv("PORTCULLIS__TEST__VALUE", "a=b", 1), 0);
  const auto environment = ConfigDocument::process_environment();
  ASSERT_THAT(environment, Contains(Key("PORTCULLIS__TEST__VALUE")));
  EXPECT_EQ(environment.at("PORTCULLIS__TEST__VALUE"), "a=b");
  EXPECT_THAT(environment, Not(Contains(Key("PATH"))));
  ::unsetenv("PORTCULLIS__TEST__VALUE");
}

struct SecretCase {
  std::string secret;
  std::vector<std::string> problems;
  std::vector<ConfigEntry> effective;
};

SecretCase read_secret(const std::string& value) {
  auto document = parse("secret_file = \"" + value + "\"\n", {});
  std::string secret = document.root().required_secret_file("secret_file");
  return {secret, problem_lines(document), document.effective()};
}

TEST(ConfigSecret, ComesFromAPrivateFileAndIsRedacted) {
  const test::TempDirectory directory;
  const auto found = read_secret(directory.write("key", "s3cret\r\n\n", 0600));
  EXPECT_EQ(found.secret, "s3cret");
  EXPECT_THAT(found.problems, IsEmpty());
  ASSERT_EQ(found.effective.size(), 1U);
  EXPECT_EQ(found.effective[0].value, "<redacted>");
}

TEST(ConfigSecret, MissingEmptyOrOpenFilesAreProblems) {
  const test::TempDirectory directory;
  EXPECT_THAT(read_secret(directory.file("none")).problems,
              ElementsAre(AllOf(HasSubstr("No such file"), HasSubstr("chmod 600"))));
  EXPECT_THAT(read_secret(directory.write("empty", "\n", 0600)).problems,
              ElementsAre(HasSubstr("is empty")));
  for (const unsigned mode : {0644U, 0640U, 0604U, 0620U, 0601U}) {
    const std::string path = directory.write("open", "s3cret", mode);
    const auto found = read_secret(path);
    EXPECT_EQ(found.secret, "");
    EXPECT_THAT(found.problems, ElementsAre(HasSubstr("run: chmod 600 " + path))) << mode;
  }
  EXPECT_THAT(read_secret(directory.path()).problems, ElementsAre(HasSubstr("not a regular file")));
}

TEST(ConfigSecret, ASecretPastedInsteadOfAPathIsNotRepeated) {
  const std::string pasted = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
  const auto found = read_secret(pasted);
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_THAT(found.problems[0], Not(HasSubstr(pasted)));
}

TEST(ConfigEffective, ShowsValueAndOrigin) {
  auto document = parse("a = \"1500ms\"\n", {{"PORTCULLIS__B", "2"}});
  ConfigSection root = document.root();
  (void)root.required_duration("a", Nanos{0}, Nanos::max());
  (void)root.optional_integer("b", 1, 0, 9);
  (void)root.optional_string("c", "x");
  (void)root.optional_decimal<Qty>("d", Qty::from_raw(1), Qty{}, Qty::max());
  std::vector<std::string> lines;
  for (const ConfigEntry& entry : document.effective()) {
    lines.push_back(entry.key + " " + entry.value + " " + to_string(entry.origin));
  }
  EXPECT_THAT(lines,
              ElementsAre("a 1500ms file", "b 2 env", "c \"x\" default", "d 0.00000001 default"));
}

}  // namespace
}  // namespace portcullis
