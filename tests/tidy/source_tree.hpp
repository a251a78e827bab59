#pragma once

#include <string>
#include <vector>

namespace portcullis::tidy {

// One tracked text file, read whole.
struct SourceFile {
  std::string path;  // from the repository's root
  std::vector<std::string> lines;

  [[nodiscard]] std::string room() const;  // first folder: "core"
  [[nodiscard]] bool is_header() const;    // *.hpp
  [[nodiscard]] bool is_cpp() const;       // *.hpp or *.cpp
  [[nodiscard]] bool is_cmake() const;
};

// The files git tracks or would add (untracked and not ignored), so that a rule sees a new file at
// once.
std::vector<SourceFile> read_source_tree(const std::string& root);

struct Function {
  int first_line;  // 1-based
  int length;
};
// Function bodies of clang-formatted code, found by their braces' indentation.
std::vector<Function> find_functions(const SourceFile& file);

}  // namespace portcullis::tidy
