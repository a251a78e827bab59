#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "app/audit_trail.hpp"
#include "app/limit_settings.hpp"
#include "app/operators.hpp"
#include "core/config_reader.hpp"
#include "core/decimal.hpp"
#include "core/idle_strategy.hpp"
#include "core/journal/journal.hpp"
#include "core/time.hpp"
#include "feeds/feed_settings.hpp"
#include "oms/binance/binance_venue_settings.hpp"
#include "oms/oms_settings.hpp"
#include "oms/snapshot_maker.hpp"
#include "risk/breakers/breaker_limits.hpp"
#include "watchdog/watchdog_settings.hpp"

namespace portcullis::app {

struct ThreadSettings {
  std::string name;
  std::vector<std::string> agents;  // role names, turned in this order
  std::optional<int> cpu;
  IdleKind idle{IdleKind::kBackoff};
  bool is_watched{true};  // the watchdog acts when it stands still
};

struct StrategySymbolSettings {
  Qty quote_qty{};
  std::int64_t half_spread_ticks{1};
  std::int64_t requote_ticks{1};
  std::int64_t take_ticks{0};
  Qty inventory_max{};
  Nanos requote_interval{};
};

struct FeedSourceSettings {
  enum class Kind : std::uint8_t { kBinance, kReplay } kind{Kind::kBinance};
  std::vector<std::string> captures;  // kReplay: files, in order
  std::int64_t speed{1};              // kReplay: times the recorded pace; 0: as fast as it can
};

// How the gateway is guarded by a watchdog (watchdog/watchdog_settings.hpp is what that is told).
struct GuardSettings {
  bool is_configured{false};
  bool is_started{true};    // as a child of this process, unless one is watching already
  bool is_required{false};  // no new order while none is watching
};

// Everything the gateway may be told, read once at start. docs/configuration.md explains each key.
struct Settings {
  std::string file;    // where all of it stands; empty: nowhere that another program could read
  std::string digest;  // SHA-256 of all values in force, as `portcullis check --effective` has it
  std::string gateway_id;
  std::string state_dir;
  std::vector<uid_t> control_users;  // beside our own, may use the control socket
  bool lock_memory{true};
  bool use_tsc{true};
  std::chrono::milliseconds histogram_interval{1000};
  std::chrono::milliseconds drain_timeout{8000};

  FeedSourceSettings feed_source;
  feeds::FeedSettings feed;
  // Percent of the venue's request weight that depth snapshots may use.
  std::int64_t snapshot_share{50};
  oms::binance::BinanceVenueSettings venue;
  oms::OmsSettings orders;
  journal::JournalSettings journal;
  std::string journal_memory_dir;
  AuditSettings audit;
  Operators operators;
  GuardSettings guard;
  oms::KeepSegments keep_segments{oms::KeepSegments::kAll};
  LimitSettings limits;  // of the symbols, too, in the file's order: the order of SymbolIds
  risk::BreakerLimits breakers;
  std::vector<ThreadSettings> threads;
  std::map<std::string, StrategySymbolSettings> strategy;
};

// Reads the whole document; use the result only when `document` has no problems afterwards.
[[nodiscard]] Settings read_settings(ConfigDocument& document);

}  // namespace portcullis::app
