#include "sim/request/json_request.hpp"

#include <algorithm>

#include "sim/json/json_out.hpp"
#include "sim/request/json_scanner.hpp"

namespace portcullis::sim {

namespace {

using Kind = JsonRequestError::Kind;

bool is_id_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// The frame in one pass: a number keeps the text it was signed with, and a hostile depth costs
// nothing.
class RequestReader {
 public:
  explicit RequestReader(std::string_view text) : scanner_{text} {}

  std::expected<JsonRequest, JsonRequestError> read() {
    if (scanner_.peek() != '{') return no_object();
    scanner_.take('{');
    if (!scanner_.take('}')) {
      do {
        if (!read_member()) return failure();
      } while (scanner_.take(','));
      if (!scanner_.take('}')) return failure();
    }
    if (!scanner_.is_at_end()) return failure();
    return std::move(request_);
  }

 private:
  // Whether the JSON is sound decides what it is told.
  std::unexpected<JsonRequestError> no_object() {
    const bool is_json = scanner_.skip_value(kJsonDepthMax) && scanner_.is_at_end();
    if (is_json) problem_ = {Kind::kRequest, "Invalid request: request must be an object", {}};
    return failure();
  }

  std::unexpected<JsonRequestError> failure() {
    if (problem_.text.empty()) {
      problem_.text = "Invalid JSON: at byte " + std::to_string(scanner_.position());
    }
    problem_.id_json = request_.id_json;
    return std::unexpected{std::move(problem_)};
  }

  bool fail(Kind kind, const char* text) {
    problem_ = {kind, text, {}};
    return false;
  }

  bool read_member() {
    std::string name;
    if (!scanner_.read_string(name) || !scanner_.take(':')) return false;
    if (name == "id") return read_id();
    if (name == "method") return read_method();
    if (name == "params") return read_params();
    return scanner_.skip_value(kJsonDepthMax);
  }

  bool read_id() {
    constexpr const char* kWrong =
        "Invalid request: id must be an integer, a string of up to 36 characters or null";
    const char first = scanner_.peek();
    if (first == '"') {
      std::string text;
      if (!scanner_.read_string(text)) return false;
      const bool is_legal =
          !text.empty() && text.size() <= 36 && std::ranges::all_of(text, is_id_char);
      if (!is_legal) return fail(Kind::kId, kWrong);
      request_.id_json = '"' + text + '"';
      return true;
    }
    if (first == '{' || first == '[') return fail(Kind::kId, kWrong);
    std::string_view text;
    const bool is_number = first == '-' || (first >= '0' && first <= '9');
    if (is_number ? !scanner_.read_number(text) : !scanner_.read_word(text)) return false;
    const bool is_integer =
        is_number && text.size() < 20 && text.find_first_of(".eE") == std::string_view::npos;
    if (!is_integer && text != "null") return fail(Kind::kId, kWrong);
    request_.id_json = text;
    return true;
  }

  bool read_method() {
    if (scanner_.peek() != '"') {
      return fail(Kind::kMethod, "Invalid value type: method must be a string");
    }
    request_.method.clear();
    return scanner_.read_string(request_.method);
  }

  bool read_params() {
    const char first = scanner_.peek();
    if (first == '{') return read_object();
    if (first == '[') return read_list();
    std::string_view word;
    if (first == 'n' && scanner_.read_word(word)) return true;
    return fail(Kind::kParams, "Invalid value type: params must be an object or an array");
  }

  bool read_object() {
    scanner_.take('{');
    request_.params_kind = JsonRequest::ParamsKind::kObject;
    if (scanner_.take('}')) return true;
    do {
      name_.clear();
      value_.clear();
      if (!scanner_.read_string(name_) || !scanner_.take(':')) return false;
      if (scanner_.peek() == '[' ? !read_array_value() : !read_scalar(value_)) return false;
      request_.params.add(name_, value_);
    } while (scanner_.take(','));
    return scanner_.take('}');
  }

  bool read_list() {
    scanner_.take('[');
    request_.params_kind = JsonRequest::ParamsKind::kList;
    if (scanner_.take(']')) return true;
    do {
      value_.clear();
      if (!read_scalar(value_)) return false;
      request_.list.push_back(value_);
    } while (scanner_.take(','));
    return scanner_.take(']');
  }

  // An array of scalars as compact JSON, which is how a query has it.
  bool read_array_value() {
    scanner_.take('[');
    value_ = "[";
    if (!scanner_.take(']')) {
      do {
        if (value_.size() > 1) value_ += ',';
        const bool is_text = scanner_.peek() == '"';
        std::string each;
        if (!read_scalar(each)) return false;
        // Null is a member of a list: what reads the list says that it is a wrong one.
        value_ += is_text ? JsonOut{}.text(each).take() : each.empty() ? "null" : each;
      } while (scanner_.take(','));
      if (!scanner_.take(']')) return false;
    }
    value_ += ']';
    return true;
  }

  // Null is as good as nothing.
  bool read_scalar(std::string& out) {
    const char first = scanner_.peek();
    if (first == '"') return scanner_.read_string(out);
    if (first == '{' || first == '[') {
      return fail(Kind::kParams,
                  first == '{' ? "Invalid value type: object" : "Invalid value type: array");
    }
    std::string_view text;
    const bool is_number = first == '-' || (first >= '0' && first <= '9');
    if (is_number ? !scanner_.read_number(text) : !scanner_.read_word(text)) return false;
    if (text != "null") out += text;
    return true;
  }

  JsonScanner scanner_;
  JsonRequest request_;
  JsonRequestError problem_{Kind::kSyntax, {}, {}};
  std::string name_;
  std::string value_;
};

}  // namespace

std::expected<JsonRequest, JsonRequestError> parse_json_request(std::string_view text) {
  if (!is_utf8(text)) {
    return std::unexpected{JsonRequestError{Kind::kSyntax, "Invalid JSON: not UTF-8", "null"}};
  }
  return RequestReader{text}.read();
}

}  // namespace portcullis::sim
