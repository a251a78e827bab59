#include "watchdog/watchdog_settings.hpp"

#include <algorithm>
#include <cstdio>

#include "core/net/endpoint.hpp"

namespace portcullis::watchdog {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

void read_watch(ConfigSection& section, WatchSettings& watch) {
  const auto duration = [&section](const char* key, Nanos fallback, Nanos min, Nanos max) {
    return section.optional_duration(key, fallback, min, max);
  };
  watch.hang_after = duration("hang_after", watch.hang_after, milliseconds{200}, minutes{1});
  watch.cold_hang_after =
      duration("cold_hang_after", watch.cold_hang_after, seconds{1}, minutes{10});
  watch.start_timeout =
      duration("start_timeout", watch.start_timeout, seconds{1}, std::chrono::hours{1});
  watch.dead_after = duration("dead_after", watch.dead_after, Nanos{0}, minutes{10});
  watch.disconnected_after =
      duration("disconnected_after", watch.disconnected_after, milliseconds{200}, minutes{10});
}

void read_key(ConfigSection& section, Secrets secrets, WatchdogSettings& settings) {
  const std::string key_type = section.required_choice("key_type", {"ed25519", "hmac"});
  settings.key_kind =
      key_type == "hmac" ? signing::KeyKind::kHmacSha256 : signing::KeyKind::kEd25519;
  if (secrets == Secrets::kLeftAlone) {
    (void)section.required_string("api_key_file");
    (void)section.required_string("secret_file");
    return;
  }
  settings.api_key = section.required_secret_file("api_key_file");
  settings.secret = signing::Secret{section.required_secret_file("secret_file")};
}

}  // namespace

WatchdogSettings read_settings(ConfigSection& section, Secrets secrets) {
  WatchdogSettings settings;
  read_watch(section, settings.watch);
  settings.emergency.settle =
      section.optional_duration("settle", settings.emergency.settle, Nanos{0}, minutes{10});
  settings.emergency.weight_per_minute = section.optional_integer(
      "weight_per_minute", settings.emergency.weight_per_minute, 100, 6'000);
  settings.is_hung_killed = section.optional_boolean("kill_hung", true);
  settings.is_disconnect_a_kill =
      section.optional_choice("on_disconnect", "kill", {"kill", "cancel"}) == "kill";
  settings.rest_url = section.optional_string("rest_url", "");
  settings.ca_file = section.optional_string("ca_file", "");
  if (!settings.rest_url.empty()) {
    if (const auto endpoint = net::parse_http_url(settings.rest_url); !endpoint) {
      section.report("rest_url", endpoint.error(), "write https://host:port");
    }
  }
  read_key(section, secrets, settings);
  return settings;
}

std::optional<WatchdogSettings> load_settings(const std::string& file) {
  ConfigDocument document = ConfigDocument::load(file, ConfigDocument::process_environment());
  const bool is_readable = std::ranges::none_of(
      document.problems(), [](const ConfigProblem& problem) { return problem.key.empty(); });
  WatchdogSettings settings;
  if (is_readable) {
    ConfigSection root = document.root();
    ConfigSection section = root.subsection("watchdog");
    settings = read_settings(section, Secrets::kRead);
    // Of the gateway's own start; asked for, so that they are not unknown here.
    (void)section.optional_boolean("start", true);
    (void)section.optional_boolean("required", false);
    section.finish();
    settings.state_dir = root.subsection("gateway").required_string("state_dir");
    ConfigSection feed = root.subsection("feed");
    if (settings.rest_url.empty()) settings.rest_url = feed.required_string("rest_url");
    if (settings.ca_file.empty()) settings.ca_file = feed.optional_string("ca_file", "");
    settings.symbols = root.subsection("symbols").table_names();
  }
  if (document.problems().empty()) return settings;
  for (const ConfigProblem& problem : document.problems()) {
    std::fprintf(stderr, "%s\n", problem.str().c_str());
  }
  return std::nullopt;
}

}  // namespace portcullis::watchdog
