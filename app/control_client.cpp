#include "app/control_client.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "app/load_settings.hpp"

namespace portcullis::app {

std::optional<std::string> state_dir_of(const StatePlace& place) {
  if (!place.state_dir.empty()) return place.state_dir;
  const auto settings = load_settings(place.config);
  if (!settings) return std::nullopt;
  return settings->state_dir;
}

std::expected<std::string, ControlFailure> ask_gateway(const std::string& state_dir,
                                                       const std::string& line) {
  constexpr std::chrono::milliseconds kPatience{2'000};
  auto answer = ask_control(state_dir + "/control.sock", line, kPatience);
  if (!answer) return answer;
  const auto json = nlohmann::json::parse(*answer, nullptr, false);
  if (json.is_object() && json.contains("ok")) return answer;
  return std::unexpected{ControlFailure{false, "what answers is not a gateway: " + *answer}};
}

std::string one_line(std::string text) {
  constexpr std::size_t kTextMax = 1'000;
  text.resize(std::min(text.size(), kTextMax));
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

}  // namespace portcullis::app
