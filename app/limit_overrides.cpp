#include "app/limit_overrides.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/durable_file.hpp"

namespace portcullis::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kFileMax = std::size_t{1} << 20;

const LimitField* find(const std::vector<LimitField>& fields, std::string_view key) {
  const auto found = std::ranges::find(fields, key, &LimitField::key);
  return found == fields.end() ? nullptr : &*found;
}

// "symbols.BTCUSDT.max_order_qty" and "limits.strategy.quoter.BTCUSDT.max_order_qty".
bool is_pair_of(std::string_view pair_key, std::string_view symbol_key) {
  constexpr std::string_view kSymbols = "symbols.";
  constexpr std::string_view kStrategies = "limits.strategy.";
  if (!symbol_key.starts_with(kSymbols) || !pair_key.starts_with(kStrategies)) return false;
  const std::string_view rest = symbol_key.substr(kSymbols.size());
  if (rest.ends_with(".enabled") || rest.ends_with(".reduce_only")) return false;
  const std::string_view tail = pair_key.substr(kStrategies.size());
  return tail.size() > rest.size() && tail.ends_with(rest) &&
         tail[tail.size() - rest.size() - 1] == '.';
}

void put_one(std::vector<LimitField>& fields, std::size_t place, const LimitOverride& override) {
  std::vector<LimitField> wanted = fields;
  const std::int64_t before = fields[place].value;
  wanted[place].value = override.value;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool follows = is_pair_of(wanted[i].key, override.key) && wanted[i].value == before;
    if (follows) wanted[i].value = override.value;
  }
  if (!override.is_raise) hold_raises(fields, wanted);
  fields = std::move(wanted);
}

}  // namespace

LimitSettings with_overrides(const LimitSettings& base,
                             const std::vector<LimitOverride>& overrides) {
  std::vector<LimitField> fields = fields_of(base);
  for (const LimitOverride& override : overrides) {
    const auto found = std::ranges::find(fields, override.key, &LimitField::key);
    if (found == fields.end()) continue;
    put_one(fields, static_cast<std::size_t>(found - fields.begin()), override);
  }
  LimitSettings result = base;
  put_fields(result, fields);
  return result;
}

std::string overrides_file(const std::string& state_dir) {
  return state_dir + "/limits.overrides";
}

std::expected<void, std::string> save_overrides(const std::string& path,
                                                const std::vector<LimitOverride>& overrides,
                                                const LimitSettings& settings) {
  const std::vector<LimitField> fields = fields_of(settings);
  Json all = Json::array();
  for (const LimitOverride& override : overrides) {
    const LimitField* const known = find(fields, override.key);
    if (override.is_raise || known == nullptr) continue;
    LimitField field = *known;
    field.value = override.value;
    Json json{{"key", override.key},
              {"value", field.text()},
              {"requester", override.requester},
              {"reason", override.reason}};
    if (override.until) json["until_ns"] = override.until->time_since_epoch().count();
    all.push_back(std::move(json));
  }
  if (all.empty()) return remove_file_durably(path);
  return replace_file_durably(path, all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::expected<std::vector<LimitOverride>, std::string> load_overrides(const std::string& path,
                                                                      const LimitSettings& settings,
                                                                      WallTime now) {
  const auto refuse = [&path](const std::string& why) {
    return std::unexpected{path + ": " + why +
                           "; it lowers limits: put the lower values into the configuration, then "
                           "remove the file"};
  };
  const auto text = read_small_file(path, kFileMax);
  if (!text && text.error() == ReadFailure::kMissing) return std::vector<LimitOverride>{};
  if (!text) return refuse("cannot be read");
  const Json all = Json::parse(*text, nullptr, false);
  if (!all.is_array()) return refuse("is not what the gateway has written");
  const std::vector<LimitField> fields = fields_of(settings);
  std::vector<LimitOverride> overrides;
  for (const Json& json : all) {
    const bool is_whole = json.is_object() && json.contains("key") && json["key"].is_string() &&
                          json.contains("value") && json["value"].is_string();
    if (!is_whole) return refuse("is not what the gateway has written");
    LimitOverride override{.key = json["key"].get<std::string>(),
                           .requester = json.value("requester", ""),
                           .approver = {},
                           .reason = json.value("reason", "")};
    const LimitField* const field = find(fields, override.key);
    if (field == nullptr) return refuse("there is no limit " + override.key + " any more");
    const auto value = parse_limit(*field, json["value"].get<std::string>());
    if (!value) return refuse(value.error());
    override.value = *value;
    if (json.contains("until_ns")) {
      if (!json["until_ns"].is_number_integer()) return refuse("has an end that is no time");
      override.until = WallTime{Nanos{json["until_ns"].get<std::int64_t>()}};
      if (*override.until <= now) continue;
    }
    overrides.push_back(std::move(override));
  }
  return overrides;
}

}  // namespace portcullis::app
