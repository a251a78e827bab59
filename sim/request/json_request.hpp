#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/request/params.hpp"

namespace portcullis::sim {

// One request frame of a WebSocket: {"id":..,"method":"..","params":{..} or [..]}.
struct JsonRequest {
  std::string id_json{"null"};    // as JSON, so that a reply echoes its type
  std::string method;             // empty when the frame had none
  Params params;                  // an object's members; numbers as they were written
  std::vector<std::string> list;  // an array's members, scalars as text
};

// Nesting beyond kJsonDepthMax, a wrong type or broken JSON: what is wrong, in a few words.
inline constexpr int kJsonDepthMax = 4;
[[nodiscard]] std::expected<JsonRequest, std::string> parse_json_request(std::string_view text);

}  // namespace portcullis::sim
