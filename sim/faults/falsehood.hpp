#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::sim {

// A lie told in a message that is JSON otherwise.
enum class Falsehood : std::uint8_t {
  kCrossedBook,    // a bid far above the asks; of a ticker or a snapshot: the sides swapped
  kZeroPrice,      // "0.00000000"
  kNegativePrice,  // "-1.00000000"
  kNegativeQty,    // "-1.00000000"
  kHugeNumber,     // "1e400"
  kLongNumber,     // forty digits
  kTruncated,      // the last third is missing
  kBadUtf8,        // two bytes that no UTF-8 text has
  kNulByte,        // a zero byte inside a string
  kDeepNesting,    // ten thousand arrays in each other
  kDuplicateKey,   // a first member twice
  kUnknownEvent,   // "e" names an event that does not exist
  kMissingField,   // the second member is gone
  kRetypedField,   // the second member is an object
  kOversized,      // padded to `bytes`
  kCount,
};

[[nodiscard]] const char* name_of(Falsehood falsehood) noexcept;  // "crossed_book"
[[nodiscard]] std::optional<Falsehood> parse_falsehood(std::string_view name) noexcept;
[[nodiscard]] std::vector<std::string> falsehood_names();

// The message with the lie in it. A lie that has no place in the message (a price in one that has
// none) leaves it as it is: false then.
bool falsify(std::string& message, Falsehood falsehood, std::size_t bytes);

}  // namespace portcullis::sim
