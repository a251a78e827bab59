#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::journal {

// Files named by twelve digits and a suffix: `000000000001.journal`. Cold.

[[nodiscard]] std::string numbered_path(const std::string& directory, std::uint64_t number,
                                        std::string_view suffix);
// The numbers there are, in ascending order; files of other names are passed over.
[[nodiscard]] std::expected<std::vector<std::uint64_t>, std::string> list_numbered(
    const std::string& directory, std::string_view suffix);

}  // namespace portcullis::journal
