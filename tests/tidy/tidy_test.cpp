// The house rules as tests. Each finding says what to do instead; a line that must break a rule
// says why in a trailing `// tidy-ok: <reason>`.
#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/paths.hpp"
#include "tests/tidy/source_tree.hpp"

namespace portcullis::tidy {
namespace {

constexpr int kFunctionLinesMax = 70;
constexpr std::size_t kFileLinesMax = 600;
constexpr std::size_t kLineLengthMax = 100;

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_source_tree(source_dir());
  return files;
}

std::string at(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line + 1) + ": ";
}

bool is_excused(const std::string& line) {
  const auto excuse = line.find("// tidy-ok: ");
  return excuse != std::string::npos && line.size() > excuse + 12;
}

// The product's rooms; tests and benchmarks may look at anything.
const std::map<std::string, std::set<std::string>>& may_include() {
  static const std::map<std::string, std::set<std::string>> rooms{
      {"core", {"core"}},
      {"feeds", {"core", "feeds"}},
      {"risk", {"core", "risk"}},
      {"oms", {"core", "risk", "oms"}},
      {"sim", {"core", "sim"}},
      {"watchdog", {"core", "watchdog"}},
      {"app", {"core", "feeds", "risk", "oms", "watchdog", "app"}},
  };
  return rooms;
}

TEST(HouseRules, TheTreeIsSeen) {
  EXPECT_GT(tree().size(), 50U) << "git ls-files found too little: run the tests in a git checkout";
}

TEST(HouseRules, RoomsIncludeOnlyWhatTheArchitectureAllows) {
  static const std::regex include{R"(^#include "([a-z_]+)/)"};
  for (const SourceFile& file : tree()) {
    const auto room = may_include().find(file.room());
    if (!file.is_cpp() || room == may_include().end()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(file.lines[i], match, include)) continue;
      EXPECT_TRUE(room->second.contains(match[1].str()))
          << at(file, i) << file.room() << " may not include " << match[1].str()
          << "; move the shared piece to core, or pass it in from app";
    }
  }
}

TEST(HouseRules, HeavyLibrariesStayOutOfHeaders) {
  static const std::regex heavy{R"(^#include <(boost|openssl|simdjson|toml|nlohmann|CLI)[/.+])"};
  for (const SourceFile& file : tree()) {
    if (!file.is_header() || !may_include().contains(file.room())) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      EXPECT_FALSE(std::regex_search(file.lines[i], heavy))
          << at(file, i) << "hide it behind a pimpl in the .cpp: it costs every includer seconds";
    }
  }
}

TEST(HouseRules, EveryIncludeIsFromTheRoot) {
  static const std::regex relative{R"(^#include "([^/"]+|\.\./.*)\")"};
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      EXPECT_FALSE(std::regex_search(file.lines[i], relative))
          << at(file, i) << "write the path from the root: \"core/decimal.hpp\"";
    }
  }
}

TEST(HouseRules, EverySourceIsListedInItsCMakeFile) {
  std::map<std::string, std::string> lists;  // folder -> text of its CMakeLists.txt
  for (const SourceFile& file : tree()) {
    if (!file.path.ends_with("CMakeLists.txt")) continue;
    std::string text;
    for (const std::string& line : file.lines) text += line + '\n';
    const auto slash = file.path.rfind('/');
    lists[slash == std::string::npos ? "" : file.path.substr(0, slash)] = text;
  }
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp()) continue;
    std::string folder = file.path.substr(0, file.path.rfind('/'));
    while (!lists.contains(folder) && folder.find('/') != std::string::npos) {
      folder = folder.substr(0, folder.rfind('/'));
    }
    const std::string name = file.path.substr(folder.size() + 1);
    const std::regex listed{"(^|[\\s/\"(])" + std::regex_replace(name, std::regex{"\\."}, "\\.") +
                            "([\\s\")]|$)"};
    EXPECT_TRUE(std::regex_search(lists[folder], listed))
        << file.path << " is in no CMakeLists.txt: list it in " << folder
        << "/CMakeLists.txt or delete it";
  }
}

struct Ban {
  std::regex word;
  std::string instead;
  std::set<std::string> rooms;  // empty: everywhere
};

const std::vector<Ban>& bans() {
  static const std::set<std::string> hot{"core", "feeds", "risk", "oms"};
  static const std::vector<Ban> list{
      {std::regex{R"(\bstd::function\b)"}, "a template parameter, or std::move_only_function", {}},
      {std::regex{R"(\b(double|float)\b)"}, "Price, Qty, Notional or an integer with a unit", hot},
      {std::regex{R"(\b(system_clock|steady_clock|high_resolution_clock)::now\b)"},
       "the `now` argument, or MonoClock in cold code",
       {"feeds", "risk", "oms"}},
      {std::regex{R"(\bstd::(recursive_)?mutex\b)"},
       "a ring or an atomic",
       {"feeds", "risk", "oms"}},
      {std::regex{R"(\bthrow\b)"}, "std::expected", {"feeds", "risk", "oms"}},
      {std::regex{R"(\b(rand|srand|strtok|gets|sprintf|strcpy|strcat)\()"}, "its bounded twin", {}},
      {std::regex{R"(\b(TO)"
                  R"(DO|FIX)"
                  R"(ME|XX)"
                  R"(X|HA)"
                  R"(CK)\b)"},
       "the fix",
       {}},
      {std::regex{R"(\b(class|struct) \w*(Manager|Helper|Util|Utils)\b)"},
       "a noun from the dictionary: Agent, Session, Store, Table, Gate",
       {}},
      {std::regex{R"(\busing namespace\b)"},
       "the names themselves",
       {"core", "feeds", "risk", "oms", "sim", "watchdog", "app"}},
      {std::regex{R"(^\s*assert\()"}, "PORTCULLIS_CHECK, which release keeps", {}},
  };
  return list;
}

TEST(HouseRules, NoBannedWord) {
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp() || file.path == "tests/tidy/tidy_test.cpp") continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      if (is_excused(line)) continue;
      const std::string code = line.substr(0, line.find("//"));
      for (const Ban& ban : bans()) {
        if (!ban.rooms.empty() && !ban.rooms.contains(file.room())) continue;
        EXPECT_FALSE(std::regex_search(code, ban.word))
            << at(file, i) << line << "\n  write instead: " << ban.instead;
      }
    }
  }
}

// Ratchet: these were longer when the rule came. Their number may only shrink; nothing may be
// added.
const std::map<std::string, int>& longest_function_excused() {
  static const std::map<std::string, int> excused{};
  return excused;
}

TEST(HouseRules, FunctionsFitOnAScreen) {
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp()) continue;
    const auto excused = longest_function_excused().find(file.path);
    const int limit =
        excused == longest_function_excused().end() ? kFunctionLinesMax : excused->second;
    for (const Function& function : find_functions(file)) {
      EXPECT_LE(function.length, limit)
          << file.path << ":" << function.first_line << ": split it: ifs up, pure leaves down";
    }
  }
}

TEST(HouseRules, FilesHoldOneThing) {
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp()) continue;
    EXPECT_LE(file.lines.size(), kFileLinesMax)
        << file.path << ": give the second thing its own file";
  }
}

TEST(HouseRules, LinesAreShortAndClean) {
  for (const SourceFile& file : tree()) {
    if (!file.is_cpp()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      const auto width = static_cast<std::size_t>(std::ranges::count_if(
          line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
      EXPECT_LE(width, kLineLengthMax) << at(file, i) << "./dev fmt";
      EXPECT_FALSE(line.ends_with(' ')) << at(file, i) << "./dev fmt";
      EXPECT_EQ(line.find('\t'), std::string::npos) << at(file, i) << "./dev fmt";
    }
  }
}

TEST(HouseRules, HeadersAreGuarded) {
  for (const SourceFile& file : tree()) {
    if (!file.is_header()) continue;
    EXPECT_TRUE(std::ranges::find(file.lines, "#pragma once") != file.lines.end())
        << file.path << ": begin with #pragma once";
  }
}

TEST(HouseRules, NoSecretAndNoGeneratedFileIsTracked) {
  static const std::regex generated{
      R"((\.(o|a|so|pyc|log|pem|key|hlog)$)|(^|/)(build|run|node_modules)/)"};
  for (const SourceFile& file : tree()) {
    EXPECT_FALSE(std::regex_search(file.path, generated))
        << file.path << ": add it to .gitignore and untrack it";
  }
}

TEST(FunctionFinder, MeasuresBodiesAndSkipsOtherBlocks) {
  const SourceFile file{.path = "x.cpp",
                        .lines = {"namespace a {", "int f(int x) {", "  if (x) {", "    return 1;",
                                  "  }", "  return 2;", "}", "struct S {", "  void g(",
                                  "      int y) {", "    y++;", "  }", "};", "}"}};
  const std::vector<Function> functions = find_functions(file);
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_EQ(functions[0].first_line, 2);
  EXPECT_EQ(functions[0].length, 6);
  EXPECT_EQ(functions[1].first_line, 9);
  EXPECT_EQ(functions[1].length, 4);
}

}  // namespace
}  // namespace portcullis::tidy
