#include "sim/faults/falsehood.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace portcullis::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, static_cast<std::size_t>(Falsehood::kCount)> kNames{
    "crossed_book",  "zero_price",    "negative_price", "negative_qty",  "huge_number",
    "long_number",   "truncated",     "bad_utf8",       "nul_byte",      "deep_nesting",
    "duplicate_key", "unknown_event", "missing_field",  "retyped_field", "oversized",
};
constexpr std::size_t kNestingDepth = 10'000;

// The object that the lie is about: what an envelope carries, or the message itself.
Json& inner(Json& message) {
  for (const char* envelope : {"data", "event", "result"}) {
    const auto found = message.find(envelope);
    if (found != message.end() && found->is_object()) return inner(*found);
  }
  return message;
}

bool is_level_list(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array();
}

// Where bids and asks stand: "b" and "a" of an event, "bids" and "asks" of a snapshot.
std::optional<std::pair<const char*, const char*>> sides_of(const Json& object) {
  if (is_level_list(object, "b") && is_level_list(object, "a")) return std::pair{"b", "a"};
  if (is_level_list(object, "bids") && is_level_list(object, "asks")) {
    return std::pair{"bids", "asks"};
  }
  return std::nullopt;
}

// A price far above every level told: the first one found with a nine in front.
std::optional<std::string> price_above(const Json& object, const char* bids, const char* asks) {
  for (const char* side : {asks, bids}) {
    if (object[side].empty()) continue;
    const auto& px = object[side][0][0];
    if (px.is_string()) return "9" + px.get<std::string>();
  }
  return std::nullopt;
}

bool cross(Json& object) {
  if (const auto sides = sides_of(object)) {
    const auto [bids, asks] = *sides;
    if (std::string_view{bids} == "bids") {
      std::swap(object[bids], object[asks]);
      return !object[bids].empty() || !object[asks].empty();
    }
    const auto px = price_above(object, bids, asks);
    if (!px) return false;
    object[bids].insert(object[bids].begin(), Json::array({*px, "1.00000000"}));
    return true;
  }
  const bool is_ticker =
      object.contains("b") && object.contains("a") && object.contains("B") && object.contains("A");
  if (!is_ticker) return false;
  std::swap(object["b"], object["a"]);
  std::swap(object["B"], object["A"]);
  return object["b"] != object["a"];
}

enum class Amount : std::uint8_t { kPrice, kQty };

// The first price or quantity of the message, wherever its kind keeps it.
Json* amount_in(Json& object, Amount kind) {
  if (const auto sides = sides_of(object)) {
    for (const char* side : {sides->first, sides->second}) {
      if (!object[side].empty()) return &object[side][0][kind == Amount::kPrice ? 0 : 1];
    }
    return nullptr;
  }
  const std::array<const char*, 3> price_keys{"p", "b", "price"};
  const std::array<const char*, 3> qty_keys{"q", "B", "qty"};
  for (const char* key : kind == Amount::kPrice ? price_keys : qty_keys) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) return &*found;
  }
  return nullptr;
}

bool set_amount(Json& object, Amount kind, const char* text) {
  Json* amount = amount_in(object, kind);
  if (amount != nullptr) *amount = text;
  return amount != nullptr;
}

bool set_event_name(Json& object) {
  object["e"] = "noSuchEvent";
  return true;
}

bool change_second_member(Json& object, bool is_kept) {
  if (object.size() < 2) return false;
  const auto second = std::next(object.begin());
  if (is_kept) {
    *second = Json::object({{"was", *second}});
  } else {
    object.erase(second);
  }
  return true;
}

bool falsify_json(Json& object, Falsehood falsehood) {
  switch (falsehood) {
    case Falsehood::kCrossedBook: return cross(object);
    case Falsehood::kZeroPrice: return set_amount(object, Amount::kPrice, "0.00000000");
    case Falsehood::kNegativePrice: return set_amount(object, Amount::kPrice, "-1.00000000");
    case Falsehood::kNegativeQty: return set_amount(object, Amount::kQty, "-1.00000000");
    case Falsehood::kHugeNumber: return set_amount(object, Amount::kPrice, "1e400");
    case Falsehood::kLongNumber:
      return set_amount(object, Amount::kPrice, "1234567890123456789012345678901234567890");
    case Falsehood::kUnknownEvent: return set_event_name(object);
    case Falsehood::kMissingField: return change_second_member(object, false);
    case Falsehood::kRetypedField: return change_second_member(object, true);
    case Falsehood::kTruncated:
    case Falsehood::kBadUtf8:
    case Falsehood::kNulByte:
    case Falsehood::kDeepNesting:
    case Falsehood::kDuplicateKey:
    case Falsehood::kOversized:
    case Falsehood::kCount: break;
  }
  return false;
}

// Behind the opening quote of the first string value.
std::size_t inside_first_string(const std::string& message) {
  const std::size_t value = message.find(":\"");
  return value == std::string::npos ? std::string::npos : value + 2;
}

bool insert_bytes(std::string& message, std::string_view bytes) {
  const std::size_t at = inside_first_string(message);
  if (at == std::string::npos) return false;
  message.insert(at, bytes);
  return true;
}

// `member` is a whole member with its trailing comma.
bool insert_member(std::string& message, const std::string& member) {
  const std::size_t open = message.find('{');
  if (open == std::string::npos || message.find('"', open) == std::string::npos) return false;
  message.insert(open + 1, member);
  return true;
}

bool duplicate_first_key(std::string& message) {
  const std::size_t open = message.find('"');
  const std::size_t close = open == std::string::npos ? open : message.find('"', open + 1);
  if (close == std::string::npos) return false;
  return insert_member(message, message.substr(open, close - open + 1) + ":null,");
}

bool pad(std::string& message, std::size_t bytes) {
  constexpr std::string_view kFrame = R"("padding":"",)";
  const std::size_t missing =
      bytes > message.size() + kFrame.size() ? bytes - message.size() - kFrame.size() : 1;
  return insert_member(message, R"("padding":")" + std::string(missing, 'x') + "\",");
}

}  // namespace

const char* name_of(Falsehood falsehood) noexcept {
  return kNames[static_cast<std::size_t>(falsehood)];
}

std::optional<Falsehood> parse_falsehood(std::string_view name) noexcept {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Falsehood>(found - kNames.begin());
}

std::vector<std::string> falsehood_names() {
  return {kNames.begin(), kNames.end()};
}

bool falsify(std::string& message, Falsehood falsehood, std::size_t bytes) {
  switch (falsehood) {
    case Falsehood::kTruncated: message.resize(message.size() - message.size() / 3); return true;
    case Falsehood::kBadUtf8: return insert_bytes(message, "\xC3\x28");
    case Falsehood::kNulByte: return insert_bytes(message, std::string_view{"\0", 1});
    case Falsehood::kDeepNesting:
      return insert_member(message, R"("deep":)" + std::string(kNestingDepth, '[') +
                                        std::string(kNestingDepth, ']') + ",");
    case Falsehood::kDuplicateKey: return duplicate_first_key(message);
    case Falsehood::kOversized: return pad(message, bytes);
    case Falsehood::kCrossedBook:
    case Falsehood::kZeroPrice:
    case Falsehood::kNegativePrice:
    case Falsehood::kNegativeQty:
    case Falsehood::kHugeNumber:
    case Falsehood::kLongNumber:
    case Falsehood::kUnknownEvent:
    case Falsehood::kMissingField:
    case Falsehood::kRetypedField:
    case Falsehood::kCount: break;
  }
  auto json = Json::parse(message, nullptr, false);
  if (!json.is_object() || !falsify_json(inner(json), falsehood)) return false;
  message = json.dump();
  return true;
}

}  // namespace portcullis::sim
