#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace portcullis::tidy {

namespace {

struct PipeClose {
  void operator()(std::FILE* pipe) const { pclose(pipe); }
};

std::vector<std::string> run_lines(const std::string& command) {
  const std::unique_ptr<std::FILE, PipeClose> pipe{popen(command.c_str(), "r")};
  if (pipe == nullptr) throw std::runtime_error{"cannot run: " + command};
  std::string output;
  std::array<char, 4096> chunk{};
  while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), pipe.get())) {
    output.append(chunk.data(), count);
  }
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < output.size()) {
    const std::size_t end = std::min(output.find('\n', begin), output.size());
    lines.push_back(output.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool starts_block_that_is_no_function(std::string_view text) {
  constexpr std::array<std::string_view, 16> kOthers{
      "if ",    "for ",   "while ",  "switch ", "else",  "do ",    "namespace", "struct ",
      "class ", "union ", "extern ", "enum ",   "catch", "} else", "} while",   "case "};
  return std::ranges::any_of(kOthers, [text](auto other) { return text.starts_with(other); });
}

// Opening less closing braces of a line, those in literals and comments left out.
int brace_balance(const std::string& line) {
  static const std::regex ignored{R"rx(R"\(.*?\)"|"(\\.|[^"\\])*"|'(\\.|[^'\\])'|//.*)rx"};
  const std::string code = std::regex_replace(line, ignored, "");
  return static_cast<int>(std::ranges::count(code, '{') - std::ranges::count(code, '}'));
}

}  // namespace

std::string SourceFile::room() const {
  return path.substr(0, path.find('/'));
}
bool SourceFile::is_header() const {
  return path.ends_with(".hpp");
}
bool SourceFile::is_cpp() const {
  return is_header() || path.ends_with(".cpp");
}
bool SourceFile::is_cmake() const {
  return path.ends_with("CMakeLists.txt") || path.ends_with(".cmake");
}

std::vector<SourceFile> read_source_tree(const std::string& root) {
  std::vector<SourceFile> files;
  for (const std::string& path :
       run_lines("git -C '" + root + "' ls-files --cached --others --exclude-standard")) {
    std::ifstream in{root + "/" + path};
    if (!in) continue;  // deleted in the work tree, not yet in the index
    SourceFile file{.path = path, .lines = {}};
    for (std::string line; std::getline(in, line);) file.lines.push_back(line);
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<Function> find_functions(const SourceFile& file) {
  std::vector<Function> functions;
  std::size_t statement_begin = 0;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    const std::string_view text = std::string_view{line}.substr(indent_of(line));
    const bool continues = !text.empty() && !text.ends_with(';') && !text.ends_with('{') &&
                           !text.ends_with('}') && !text.starts_with("//") &&
                           !text.starts_with("#") && !text.ends_with(':');
    if (!text.ends_with('{')) {
      if (!continues) statement_begin = i + 1;
      continue;
    }
    std::string head;
    for (std::size_t k = statement_begin; k <= i; ++k) head += file.lines[k] + ' ';
    const std::size_t indent = indent_of(file.lines[statement_begin]);
    const std::string_view head_text = std::string_view{head}.substr(indent);
    const std::size_t first = statement_begin;
    statement_begin = i + 1;
    if (head_text.find('(') == std::string_view::npos) continue;
    if (starts_block_that_is_no_function(head_text)) continue;
    std::size_t end = i + 1;
    int depth = brace_balance(line);
    while (end < file.lines.size() && (depth += brace_balance(file.lines[end])) > 0) ++end;
    functions.push_back({static_cast<int>(first + 1), static_cast<int>(end - first + 1)});
  }
  return functions;
}

}  // namespace portcullis::tidy
