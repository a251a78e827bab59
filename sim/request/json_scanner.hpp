#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace portcullis::sim {

// Reads JSON text (RFC 8259) token by token, in place. Every reader skips white space first, and
// says false when what stands there is not what it reads; the scanner is of no more use then.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) noexcept : text_{text} {}

  // The next significant character, which stays; '\0' at the end.
  [[nodiscard]] char peek() noexcept;
  // Takes `character` if it is next.
  bool take(char character) noexcept;
  [[nodiscard]] bool is_at_end() noexcept { return peek() == '\0' && position_ >= text_.size(); }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }

  // Appends the string's characters, escapes undone.
  bool read_string(std::string& out);
  // The number's text as it was written.
  bool read_number(std::string_view& text) noexcept;
  // true, false or null.
  bool read_word(std::string_view& word) noexcept;
  // Any value, unread, no deeper than `depth_max`.
  bool skip_value(int depth_max);

 private:
  void skip_space() noexcept;
  bool read_escape(std::string& out);
  bool read_hex4(unsigned& value) noexcept;
  bool skip_members(char close, int depth_max);

  std::string_view text_;
  std::size_t position_{0};
};

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace portcullis::sim
