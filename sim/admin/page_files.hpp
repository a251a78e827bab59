#pragma once

#include <string>
#include <string_view>

namespace portcullis::sim {

// The page's files (sim/admin/page), built into the program.
struct PageFile {
  std::string_view path;  // "/", "/app.js"
  std::string content_type;
  std::string_view text;
};

// Null when there is none.
[[nodiscard]] const PageFile* find_page_file(std::string_view path);

}  // namespace portcullis::sim
