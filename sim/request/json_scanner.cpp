#include "sim/request/json_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace portcullis::sim {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_plain(char c) {
  return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
}

void append_utf8(std::string& out, unsigned point) {
  const auto byte = [&out](unsigned value) { out += static_cast<char>(value); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xC0U | point >> 6U);
    return byte(0x80U | (point & 0x3FU));
  }
  if (point < 0x10000) {
    byte(0xE0U | point >> 12U);
  } else {
    byte(0xF0U | point >> 18U);
    byte(0x80U | (point >> 12U & 0x3FU));
  }
  byte(0x80U | (point >> 6U & 0x3FU));
  byte(0x80U | (point & 0x3FU));
}

// The length of the well-formed character that `text` begins with; 0: none (Unicode, table 3-7).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto is_next = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_next(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return byte(1) >= low && byte(1) <= high && is_next(2) ? 3 : 0;
  }
  if (first < 0xF0 || first > 0xF4) return 0;
  const unsigned low = first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
  return byte(1) >= low && byte(1) <= high && is_next(2) && is_next(3) ? 4 : 0;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    std::uint64_t block = kHighBits;
    if (text.size() >= sizeof block) std::memcpy(&block, text.data(), sizeof block);
    const std::size_t length = (block & kHighBits) == 0 ? sizeof block : utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void JsonScanner::skip_space() noexcept {
  while (position_ < text_.size() && is_space(text_[position_])) ++position_;
}

char JsonScanner::peek() noexcept {
  skip_space();
  return position_ < text_.size() ? text_[position_] : '\0';
}

bool JsonScanner::take(char character) noexcept {
  if (peek() != character || position_ >= text_.size()) return false;
  ++position_;
  return true;
}

bool JsonScanner::read_string(std::string& out) {
  if (!take('"')) return false;
  for (;;) {
    const std::string_view rest = text_.substr(position_);
    const auto* const end = std::ranges::find_if_not(rest, is_plain);
    out.append(rest.begin(), end);
    position_ += static_cast<std::size_t>(end - rest.begin()) + 1;
    if (end == rest.end() || (*end != '"' && *end != '\\')) return false;
    if (*end == '"') return true;
    if (!read_escape(out)) return false;
  }
}

bool JsonScanner::read_escape(std::string& out) {
  if (position_ >= text_.size()) return false;
  const char kind = text_[position_++];
  switch (kind) {
    case '"':
    case '\\':
    case '/': out += kind; return true;
    case 'b': out += '\b'; return true;
    case 'f': out += '\f'; return true;
    case 'n': out += '\n'; return true;
    case 'r': out += '\r'; return true;
    case 't': out += '\t'; return true;
    case 'u': break;
    default: return false;
  }
  unsigned point = 0;
  if (!read_hex4(point)) return false;
  if (point >= 0xDC00 && point <= 0xDFFF) return false;  // the second half of a pair, alone
  if (point >= 0xD800 && point <= 0xDBFF) {
    unsigned low = 0;
    if (!text_.substr(position_).starts_with("\\u")) return false;
    position_ += 2;
    if (!read_hex4(low) || low < 0xDC00 || low > 0xDFFF) return false;
    point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
  }
  append_utf8(out, point);
  return true;
}

bool JsonScanner::read_hex4(unsigned& value) noexcept {
  const std::string_view digits = text_.substr(position_, 4);
  if (digits.size() < 4) return false;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 4, value, 16);
  position_ += 4;
  return error == std::errc{} && end == digits.data() + 4;
}

bool JsonScanner::read_number(std::string_view& text) noexcept {
  skip_space();
  const std::size_t start = position_;
  const auto take_digits = [this] {
    const std::size_t first = position_;
    while (position_ < text_.size() && is_digit(text_[position_])) ++position_;
    return position_ > first;
  };
  const auto take_one_of = [this](std::string_view characters) {
    const bool is_there =
        position_ < text_.size() && characters.find(text_[position_]) != std::string_view::npos;
    if (is_there) ++position_;
    return is_there;
  };
  take_one_of("-");
  if (!take_one_of("0") && !take_digits()) return false;
  if (take_one_of(".") && !take_digits()) return false;
  if (take_one_of("eE")) {
    take_one_of("+-");
    if (!take_digits()) return false;
  }
  text = text_.substr(start, position_ - start);
  return true;
}

bool JsonScanner::read_word(std::string_view& word) noexcept {
  skip_space();
  for (const std::string_view known : {"true", "false", "null"}) {
    if (!text_.substr(position_).starts_with(known)) continue;
    word = known;
    position_ += known.size();
    return true;
  }
  return false;
}

bool JsonScanner::skip_value(int depth_max) {
  const char first = peek();
  if (first == '{' || first == '[') {
    if (depth_max == 0) return false;
    ++position_;
    return skip_members(first == '{' ? '}' : ']', depth_max - 1);
  }
  std::string_view ignored;
  std::string unread;
  if (first == '"') return read_string(unread);
  return first == '-' || is_digit(first) ? read_number(ignored) : read_word(ignored);
}

bool JsonScanner::skip_members(char close, int depth_max) {
  if (take(close)) return true;
  std::string unread;
  do {
    if (close == '}' && (!read_string(unread) || !take(':'))) return false;
    if (!skip_value(depth_max)) return false;
  } while (take(','));
  return take(close);
}

}  // namespace portcullis::sim
