#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/request/params.hpp"

namespace portcullis::sim {

// One request frame of a WebSocket: {"id":..,"method":"..","params":{..} or [..]}.
struct JsonRequest {
  enum class ParamsKind : std::uint8_t { kNone, kObject, kList };

  std::string id_json{"null"};  // as JSON, so that a reply echoes its type
  std::string method;           // empty when the frame had none
  ParamsKind params_kind{ParamsKind::kNone};
  Params params;                  // an object's members; numbers as they were written
  std::vector<std::string> list;  // an array's members, scalars as text
};

struct JsonRequestError {
  enum class Kind : std::uint8_t {
    kSyntax,   // no JSON, or nested beyond what any request needs
    kRequest,  // JSON, but no object
    kId,
    kMethod,  // no string
    kParams,  // neither object nor array, or what is in them is nested
  } kind;
  std::string text;     // what is wrong, in a few words
  std::string id_json;  // of the request, if it was read before
};

inline constexpr int kJsonDepthMax = 4;
[[nodiscard]] std::expected<JsonRequest, JsonRequestError> parse_json_request(
    std::string_view text);

}  // namespace portcullis::sim
