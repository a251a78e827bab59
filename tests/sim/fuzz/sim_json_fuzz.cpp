// libFuzzer: the reader of request frames against nlohmann's: what the one takes is JSON for the
// other, with the same meaning; what is JSON is never called broken, unless it is nested too deep.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/check.hpp"
#include "sim/request/json_request.hpp"

namespace {

using Json = nlohmann::json;
using portcullis::sim::JsonRequest;
using portcullis::sim::JsonRequestError;

// What one reading says besides the value, of which nlohmann keeps the last of equal names.
struct Reading {
  Json value;
  int depth{0};
  bool has_doubles{false};
  bool is_beyond_range{false};  // 1e999 is JSON, but no double
};

Reading read(std::string_view text) {
  Reading reading;
  std::vector<std::vector<std::string>> names;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    reading.depth = std::max(reading.depth, depth + 1);
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto name = parsed.get<std::string>();
      reading.has_doubles |= std::ranges::count(names.back(), name) > 0;
      names.back().push_back(name);
    }
    return true;
  };
  try {
    reading.value = Json::parse(text, watch);
  } catch (const Json::out_of_range&) {
    reading.value = Json(Json::value_t::discarded);
    reading.is_beyond_range = true;
  } catch (const Json::exception&) {
    reading.value = Json(Json::value_t::discarded);
  }
  return reading;
}

// A parameter's text against its JSON: text as it is, anything else as it was written.
bool is_same(std::string_view text, const Json& value) {
  if (value.is_null()) return text.empty();
  if (value.is_string()) return text == value.get_ref<const std::string&>();
  return Json::parse(text, nullptr, false) == value;
}

void check_same(const JsonRequest& request, const Json& json) {
  const auto is_at = [&json](const char* name, const auto& holds) {
    return !json.contains(name) || holds(json[name]);
  };
  PORTCULLIS_CHECK(is_at("id", [&](const Json& id) { return Json::parse(request.id_json) == id; }),
                   "another id");
  PORTCULLIS_CHECK(is_at("method", [&](const Json& name) { return Json(request.method) == name; }),
                   "another method");
  const Json params = json.value("params", Json{});
  if (params.is_object()) {
    PORTCULLIS_CHECK(request.params.size() == params.size(), "parameters lost, or invented");
    for (const auto& [name, value] : params.items()) {
      PORTCULLIS_CHECK(is_same(request.params.find(name).value_or(""), value), "another value");
    }
  }
  if (params.is_array()) {
    PORTCULLIS_CHECK(request.list.size() == params.size(), "members lost, or invented");
    for (std::size_t i = 0; i < params.size(); ++i) {
      PORTCULLIS_CHECK(is_same(request.list[i], params[i]), "another member");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (text.starts_with("\xEF\xBB\xBF")) return 0;  // which nlohmann skips, and RFC 8259 lets it
  if (text.find('\0') != std::string_view::npos) return 0;  // which nlohmann takes for the end
  const auto request = portcullis::sim::parse_json_request(text);
  const Reading reading = read(text);
  if (reading.is_beyond_range || reading.has_doubles) return 0;
  const bool is_json = !reading.value.is_discarded();
  if (request) {
    PORTCULLIS_CHECK(is_json && reading.value.is_object(), "what is no JSON object was taken");
    check_same(*request, reading.value);
    return 0;
  }
  PORTCULLIS_CHECK(Json::accept(request.error().id_json), "an id that cannot be echoed");
  const bool is_called_broken = request.error().kind == JsonRequestError::Kind::kSyntax;
  PORTCULLIS_CHECK(!is_called_broken || !is_json || reading.depth > portcullis::sim::kJsonDepthMax,
                   "what is JSON was called broken");
  return 0;
}
