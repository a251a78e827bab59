#include "core/log.hpp"

#include "core/decimal.hpp"

namespace portcullis {

namespace {

// The text may hold what a venue sent: nothing in it may end a line or move a terminal's cursor.
void append_printable(std::string& out, std::string_view text) {
  for (const char c : text) out.push_back(c >= ' ' && c < 0x7F ? c : '?');
}

}  // namespace

std::string format_log_message(const LogRecord& record) {
  std::string out;
  std::string_view rest = record.message != nullptr ? record.message : "(no message)";
  std::size_t next_number = 0;
  const auto take_number = [&]() -> std::int64_t {
    return next_number < record.numbers.size() ? record.numbers[next_number++] : 0;
  };
  while (!rest.empty()) {
    if (rest.starts_with("{}")) {
      out += std::to_string(take_number());
      rest.remove_prefix(2);
    } else if (rest.starts_with("{d}")) {
      std::array<char, kDecimalTextMax> digits{};
      out.append(digits.data(), format_fixed8(take_number(), digits.data()));
      rest.remove_prefix(3);
    } else if (rest.starts_with("{s}")) {
      append_printable(out, record.text.data());
      rest.remove_prefix(3);
    } else {
      out.push_back(rest.front());
      rest.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace portcullis
