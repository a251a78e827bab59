#include "core/journal/numbered_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <filesystem>

#include <system_error>

namespace portcullis::journal {

namespace {

constexpr std::size_t kDigits = 12;

}  // namespace

std::string numbered_path(const std::string& directory, std::uint64_t number,
                          std::string_view suffix) {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%0*llu", static_cast<int>(kDigits),
                static_cast<unsigned long long>(number));
  return directory + "/" + digits.data() + std::string{suffix};
}

std::expected<std::vector<std::uint64_t>, std::string> list_numbered(const std::string& directory,
                                                                     std::string_view suffix) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  std::filesystem::directory_iterator entries{directory, error};
  for (; !error && entries != std::filesystem::directory_iterator{}; entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (name.size() != kDigits + suffix.size() || !name.ends_with(suffix)) continue;
    std::uint64_t number = 0;
    const char* end = name.data() + kDigits;
    const auto parsed = std::from_chars(name.data(), end, number);
    if (parsed.ec == std::errc{} && parsed.ptr == end) numbers.push_back(number);
  }
  if (error) {
    return std::unexpected{directory + ": cannot be listed: " + error.message() +
                           "; check that it is there and its permissions"};
  }
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace portcullis::journal
