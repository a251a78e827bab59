#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config_reader.hpp"
#include "core/signing/secret.hpp"
#include "core/signing/signer.hpp"
#include "core/time.hpp"

namespace portcullis::watchdog {

// When the gateway counts as lost. docs/watchdog.md tells the whole.
struct WatchSettings {
  Nanos hang_after{std::chrono::seconds{2}};           // a hot thread stands still
  Nanos cold_hang_after{std::chrono::seconds{30}};     // the journal's or the control thread does
  Nanos start_timeout{std::chrono::minutes{2}};        // any thread does during the start
  Nanos dead_after{};                                  // it died, and no other has taken its place
  Nanos disconnected_after{std::chrono::seconds{10}};  // no venue session while orders may be open
};

// How it is cleared up after.
struct EmergencySettings {
  // Nothing open must have been seen for so long: what was on its way to the venue may still become
  // an order (the order's recvWindow and the venue's ten seconds of processing).
  Nanos settle{std::chrono::seconds{12}};
  // Of the venue's request weight. The gateway leaves a part of the limit to others (order_share).
  std::int64_t weight_per_minute{600};
};

struct WatchdogSettings {
  WatchSettings watch;
  EmergencySettings emergency;
  bool is_hung_killed{true};        // a gateway that hangs gets a SIGKILL, so that it cannot wake
  bool is_disconnect_a_kill{true};  // false: orders are cancelled, and the gateway may go on

  signing::KeyKind key_kind{signing::KeyKind::kEd25519};
  std::string api_key;
  signing::Secret secret;
  std::string rest_url;
  std::string ca_file;

  std::string state_dir;             // the gateway's
  std::vector<std::string> symbols;  // those configured; the heartbeat page may name more
};

// The gateway checks the section with all others and has no business with the key in it.
enum class Secrets : std::uint8_t { kRead, kLeftAlone };

// The section [watchdog]; `rest_url` and `ca_file` are empty when it does not say.
[[nodiscard]] WatchdogSettings read_settings(ConfigSection& section, Secrets secrets);

// The program's own reading of the gateway's file: the section, and what it needs of the others.
// Nothing when there is a problem; all of them are on stderr then.
[[nodiscard]] std::optional<WatchdogSettings> load_settings(const std::string& file);

}  // namespace portcullis::watchdog
