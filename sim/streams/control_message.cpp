#include "sim/streams/control_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "sim/json/json_out.hpp"
#include "sim/request/json_scanner.hpp"

namespace portcullis::sim {

namespace {

using Method = ControlMessage::Method;
using Value = ControlMessage::Value;

constexpr int kDepthMax = 4;

constexpr std::array<std::pair<std::string_view, Method>, 5> kMethods{{
    {"SUBSCRIBE", Method::kSubscribe},
    {"UNSUBSCRIBE", Method::kUnsubscribe},
    {"LIST_SUBSCRIPTIONS", Method::kListSubscriptions},
    {"SET_PROPERTY", Method::kSetProperty},
    {"GET_PROPERTY", Method::kGetProperty},
}};

// "at line 1 column 28": where the reader stands, as the venue's own parser counts.
std::string place(std::string_view text, std::size_t read) {
  const std::string_view before = text.substr(0, std::min(read, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t column =
      newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return " at line " + std::to_string(line) + " column " + std::to_string(column);
}

bool is_int64(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

class ControlReader {
 public:
  explicit ControlReader(std::string_view text) : text_{text}, scanner_{text} {}

  std::expected<ControlMessage, ControlError> read() {
    if (!read_json()) return std::unexpected{syntax_error()};
    if (problem_) return std::unexpected{std::move(*problem_)};
    if (!is_id_legal_) return refuse("request ID must be an unsigned integer");
    if (!has_method_) return refuse("missing field `method`" + place(text_, text_.size()));
    const auto* known =
        std::ranges::find(kMethods, method_, &std::pair<std::string_view, Method>::first);
    if (known == kMethods.end()) {
      return refuse("unknown variant `" + method_ +
                    "`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, "
                    "`SET_PROPERTY`, `GET_PROPERTY`" +
                    place(text_, method_end_));
    }
    message_.method = known->second;
    return std::move(message_);
  }

 private:
  [[nodiscard]] std::unexpected<ControlError> refuse(const std::string& why) const {
    return std::unexpected{ControlError{ControlError::kInvalidRequest, "Invalid request: " + why,
                                        is_id_legal_ ? message_.id_json : std::string{}}};
  }

  ControlError syntax_error() {
    const std::size_t at = scanner_.position();
    const bool is_short = at >= text_.size();
    const std::string what = is_short ? "EOF while parsing a value" : "expected value";
    return {ControlError::kInvalidJson,
            "Invalid JSON: " + what + place(text_, is_short ? at : at + 1),
            {}};
  }

  bool read_json() {
    if (scanner_.peek() != '{') {
      if (!scanner_.skip_value(kDepthMax) || !scanner_.is_at_end()) return false;
      problem_ = {ControlError::kInvalidRequest, "Invalid request: request must be an object", {}};
      return true;
    }
    scanner_.take('{');
    if (!scanner_.take('}')) {
      do {
        if (!read_member()) return false;
      } while (scanner_.take(','));
      if (!scanner_.take('}')) return false;
    }
    return scanner_.is_at_end();
  }

  bool read_member() {
    std::string name;
    if (!scanner_.read_string(name) || !scanner_.take(':')) return false;
    if (name == "id") return read_id();
    if (name == "method" && scanner_.peek() == '"') {
      method_.clear();
      has_method_ = scanner_.read_string(method_);
      method_end_ = scanner_.position();
      return has_method_;
    }
    if (name == "params" && scanner_.peek() == '[') return read_params();
    return scanner_.skip_value(kDepthMax);
  }

  bool read_id() {
    const char first = scanner_.peek();
    std::string_view text;
    if (first == '"') {
      std::string id;
      if (!scanner_.read_string(id)) return false;
      is_id_legal_ = id.size() <= 36;
      message_.id_json = JsonOut{}.text(id).take();
      return true;
    }
    if (first == '-' || (first >= '0' && first <= '9')) {
      if (!scanner_.read_number(text)) return false;
      is_id_legal_ = is_int64(text);
      message_.id_json = text;
      return true;
    }
    if (first == 'n') return scanner_.read_word(text);
    is_id_legal_ = false;
    return scanner_.skip_value(kDepthMax);
  }

  bool read_params() {
    scanner_.take('[');
    message_.has_params = true;
    if (scanner_.take(']')) return true;
    do {
      Value value;
      const char first = scanner_.peek();
      if (first == '"') {
        value.kind = Value::Kind::kText;
        if (!scanner_.read_string(value.text)) return false;
      } else if (first == 't' || first == 'f') {
        std::string_view word;
        if (!scanner_.read_word(word)) return false;
        value = {.kind = Value::Kind::kBoolean, .boolean = word == "true"};
      } else if (!scanner_.skip_value(kDepthMax)) {
        return false;
      }
      message_.params.push_back(std::move(value));
    } while (scanner_.take(','));
    return scanner_.take(']');
  }

  std::string_view text_;
  JsonScanner scanner_;
  ControlMessage message_;
  std::optional<ControlError> problem_;
  std::string method_;
  std::size_t method_end_{0};
  bool has_method_{false};
  bool is_id_legal_{true};
};

}  // namespace

std::expected<ControlMessage, ControlError> parse_control_message(std::string_view text) {
  return ControlReader{text}.read();
}

}  // namespace portcullis::sim
