#include "sim/request/json_request.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

using Json = nlohmann::json;

// Event by event instead of a tree: a number keeps the text it was signed with, and a hostile depth
// costs nothing.
class RequestBuilder final : public nlohmann::json_sax<Json> {
 public:
  JsonRequest request;
  std::string problem;

  bool null() override { return scalar("", "null"); }
  bool boolean(bool value) override {
    const char* word = value ? "true" : "false";
    return scalar(word, word);
  }
  bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return number(text); }
  bool string(string_t& value) override {
    return scalar(value, JsonOut{}.text(value).take(), Kind::kText);
  }
  bool binary(binary_t&) override { return fail("Invalid JSON"); }

  bool start_object(std::size_t) override {
    if (depth_ == 1 && top_key_ != "params") return fail("Invalid value type: object");
    if (depth_ > 1) return fail("Invalid value type: object");
    ++depth_;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override {
    if (depth_ == 0 || ++depth_ > kJsonDepthMax) return fail("Invalid request");
    if (depth_ == 2 && top_key_ != "params") return fail("Invalid value type: array");
    if (depth_ == 2) is_list_ = true;
    if (depth_ == 3 && is_list_) return fail("Invalid value type: array");
    if (depth_ == 3) array_ = "[";
    return depth_ <= 3 || fail("Invalid value type: array");
  }
  bool end_array() override {
    if (depth_ == 3) request.params.add(key_, array_ + "]");
    if (depth_ == 2) is_list_ = false;
    --depth_;
    return true;
  }
  bool key(string_t& name) override {
    (depth_ == 1 ? top_key_ : key_) = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return fail("Invalid JSON: at byte " + std::to_string(position));
  }

 private:
  enum class Kind { kNumber, kText, kOther };

  bool number(const std::string& text) { return scalar(text, text, Kind::kNumber); }

  bool scalar(const std::string& text, const std::string& json, Kind kind = Kind::kOther) {
    if (depth_ == 0) return fail("Invalid request: request must be an object");
    if (depth_ == 3) {
      if (array_.size() > 1) array_ += ',';
      array_ += json;
    } else if (depth_ == 2 && is_list_) {
      request.list.push_back(text);
    } else if (depth_ == 2) {
      request.params.add(key_, text);
    } else if (top_key_ == "id") {
      return set_id(text, json, kind);
    } else if (top_key_ == "method") {
      if (kind != Kind::kText) return fail("Invalid value type: method must be a string");
      request.method = text;
    }
    return true;
  }

  bool set_id(const std::string& text, const std::string& json, Kind kind) {
    const bool is_number =
        kind == Kind::kNumber && text.find_first_of(".eE") == std::string::npos && text.size() < 20;
    const bool is_text = kind == Kind::kText && text.size() <= 36;
    if (!is_number && !is_text && json != "null") {
      return fail(
          "Invalid request: id must be an integer, a string of up to 36 characters or null");
    }
    request.id_json = json;
    return true;
  }

  bool fail(std::string why) {
    problem = std::move(why);
    return false;
  }

  int depth_{0};
  bool is_list_{false};
  std::string top_key_;
  std::string key_;
  std::string array_;
};

}  // namespace

std::expected<JsonRequest, std::string> parse_json_request(std::string_view text) {
  RequestBuilder builder;
  if (!Json::sax_parse(text, &builder)) return std::unexpected{builder.problem};
  return std::move(builder.request);
}

}  // namespace portcullis::sim
