#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace portcullis::sim {

// Writes a file that only its owner may read, replacing one that is there as a whole.
[[nodiscard]] std::expected<void, std::string> write_secret_file(const std::string& path,
                                                                 std::string_view text);
// The file's text without a trailing newline.
[[nodiscard]] std::expected<std::string, std::string> read_text_file(const std::string& path);

}  // namespace portcullis::sim
