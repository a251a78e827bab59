#include "app/settings.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <pwd.h>
#include <utility>

#include "app/breaker_settings.hpp"
#include "core/cl_ord_id.hpp"
#include "core/journal/file_segments.hpp"

namespace portcullis::app {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos kMinute = std::chrono::minutes{1};
constexpr Qty kQtyMax = Qty::max();

milliseconds to_ms(Nanos duration) {
  return duration_cast<milliseconds>(duration);
}

const std::vector<std::string>& agent_roles() {
  static const std::vector<std::string> roles{"feed.binance", "feed.replay", "strategy", "oms",
                                              "venue.binance"};
  return roles;
}

std::optional<uid_t> user_of(const std::string& name) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return entry.pw_uid;
}

void read_gateway(ConfigSection section, Settings& settings) {
  settings.gateway_id = section.required_string("id");
  if (!settings.gateway_id.empty() && !ClOrdIdCodec::is_valid_gateway_id(settings.gateway_id)) {
    section.report("id", "'" + settings.gateway_id + "' cannot begin a client order id",
                   "use 1 to 8 characters of a-z and 0-9");
  }
  settings.state_dir = section.required_string("state_dir");
  for (const std::string& name : section.optional_string_list("control_users", {})) {
    if (const auto user = user_of(name)) {
      settings.control_users.push_back(*user);
    } else {
      section.report("control_users", "there is no user '" + name + "' on this machine",
                     "name a user of the system, or remove the entry");
    }
  }
  settings.lock_memory = section.optional_boolean("lock_memory", true);
  settings.use_tsc = section.optional_boolean("use_tsc", true);
  settings.histogram_interval = to_ms(section.optional_duration(
      "histogram_interval", seconds{1}, milliseconds{100}, std::chrono::hours{1}));
  settings.drain_timeout =
      to_ms(section.optional_duration("drain_timeout", seconds{8}, milliseconds{100}, kMinute));
}

void read_url(ConfigSection& section, const char* key, std::string& url, bool is_ws) {
  url = section.required_string(key);
  if (url.empty()) return;
  const auto endpoint = is_ws ? net::parse_ws_url(url) : net::parse_http_url(url);
  if (!endpoint) {
    section.report(key, endpoint.error(),
                   is_ws ? "write wss://host:port/path" : "write https://host:port");
  }
}

void read_feed(ConfigSection section, Settings& settings) {
  feeds::FeedSettings& feed = settings.feed;
  const std::string source = section.optional_choice("source", "binance", {"binance", "replay"});
  read_url(section, "ws_url", feed.ws_base_url, true);
  read_url(section, "rest_url", feed.rest_base_url, false);
  feed.ca_file = section.optional_string("ca_file", "");
  feed.depth_snapshot_limit =
      static_cast<int>(section.optional_integer("depth_snapshot_limit", 5000, 100, 5000));
  feed.liveness_timeout = to_ms(
      section.optional_duration("liveness_timeout", seconds{30}, milliseconds{500}, 10 * kMinute));
  feed.resnapshot_backoff =
      to_ms(section.optional_duration("resnapshot_backoff", seconds{1}, milliseconds{50}, kMinute));
  settings.snapshot_share = section.optional_integer("snapshot_share", 50, 1, 90);
  if (source == "replay") {
    settings.feed_source.kind = FeedSourceSettings::Kind::kReplay;
    settings.feed_source.captures = section.required_string_list("captures");
    settings.feed_source.speed = section.optional_integer("speed", 1, 0, 1'000'000);
  }
}

// How much of the venue's limits may be used, and how well its clock has to be known.
void read_manners(ConfigSection& section, oms::binance::BinanceVenueSettings& venue) {
  oms::binance::MannersSettings& manners = venue.manners;
  manners.shares.order =
      static_cast<std::int32_t>(section.optional_integer("order_share", 80, 1, 98));
  manners.shares.cancel =
      static_cast<std::int32_t>(section.optional_integer("cancel_share", 95, 2, 99));
  if (manners.shares.cancel <= manners.shares.order) {
    section.report("cancel_share", "it is not above order_share: cancels would have no reserve",
                   "leave some percent between order_share, cancel_share and the kill's 100");
  }
  const Nanos error_max = std::min<Nanos>(milliseconds{200}, venue.recv_window_new_order / 2);
  manners.clock.error_max =
      section.optional_duration("clock_error_max", error_max, milliseconds{1}, milliseconds{500});
  if (2 * manners.clock.error_max > Nanos{venue.recv_window_new_order}) {
    section.report("clock_error_max",
                   "an order could leave outside of recv_window because of the clock alone",
                   "keep it to half of recv_window");
  }
  manners.clock.step_max =
      section.optional_duration("clock_step_max", milliseconds{250}, milliseconds{1}, seconds{1});
  manners.clock_interval =
      to_ms(section.optional_duration("clock_interval", seconds{10}, milliseconds{100}, kMinute));
}

// How many ways there are to the venue, and which request goes by which.
void read_ways(ConfigSection& section, oms::binance::BinanceVenueSettings& venue) {
  using oms::binance::Spread;
  venue.connections = static_cast<std::size_t>(section.optional_integer(
      "connections", 1, 1,
      static_cast<std::int64_t>(oms::binance::BinanceVenueSettings::kConnectionsMax)));
  const std::string spread =
      section.optional_choice("spread", "best", {"best", "symbol", "round_robin"});
  venue.spread = spread == "symbol"        ? Spread::kSymbol
                 : spread == "round_robin" ? Spread::kRoundRobin
                                           : Spread::kBest;
  venue.warm_interval =
      to_ms(section.optional_duration("warm_interval", seconds{1}, milliseconds{100}, kMinute));
  venue.replace_after = to_ms(section.optional_duration("replace_after", std::chrono::hours{23},
                                                        seconds{1}, std::chrono::hours{24}));
  venue.drain_max =
      to_ms(section.optional_duration("replaced_drain_max", seconds{10}, seconds{1}, kMinute));
  venue.rest_url = section.optional_string("rest_url", "");
  if (!venue.rest_url.empty()) {
    if (const auto endpoint = net::parse_http_url(venue.rest_url); !endpoint) {
      section.report("rest_url", endpoint.error(), "write https://host:port");
    }
  }
  venue.rest_after =
      to_ms(section.optional_duration("rest_after", milliseconds{500}, milliseconds{0}, kMinute));
  venue.rest_timeout =
      to_ms(section.optional_duration("rest_timeout", seconds{10}, milliseconds{100}, kMinute));
  venue.rest_orders = section.optional_boolean("rest_orders", false);
}

void read_venue(ConfigSection section, Settings& settings) {
  oms::binance::BinanceVenueSettings& venue = settings.venue;
  read_url(section, "ws_api_url", venue.ws_api_url, true);
  venue.ca_file = section.optional_string("ca_file", "");
  const std::string key_type = section.required_choice("key_type", {"ed25519", "hmac"});
  venue.key_kind =
      key_type == "hmac" ? oms::binance::KeyKind::kHmacSha256 : oms::binance::KeyKind::kEd25519;
  venue.api_key = section.required_secret_file("api_key_file");
  venue.secret = oms::binance::Secret{section.required_secret_file("secret_file")};
  venue.recv_window_new_order = to_ms(
      section.optional_duration("recv_window", milliseconds{1500}, milliseconds{100}, seconds{60}));
  venue.strategy.id =
      section.optional_integer("strategy_id", 0, 0, std::numeric_limits<std::int64_t>::max());
  if (section.has("strategy_type")) {
    venue.strategy.type = static_cast<std::int32_t>(
        section.required_integer("strategy_type", oms::binance::StrategyMark::kTypeMin,
                                 std::numeric_limits<std::int32_t>::max()));
  }
  read_manners(section, venue);
  read_ways(section, venue);
  venue.liveness_timeout = to_ms(
      section.optional_duration("liveness_timeout", seconds{15}, milliseconds{500}, 10 * kMinute));
  venue.ping_interval = std::min(venue.ping_interval, venue.liveness_timeout / 3);
  settings.orders.recv_window = venue.recv_window_new_order;
  settings.orders.ack_timeout =
      section.optional_duration("ack_timeout", seconds{3}, milliseconds{10}, seconds{60});
  settings.orders.venue_processing_max =
      section.optional_duration("processing_max", seconds{10}, milliseconds{0}, kMinute);
  settings.orders.absence_margin =
      section.optional_duration("absence_margin", seconds{1}, milliseconds{0}, kMinute);
}

void read_orders(ConfigSection section, Settings& settings) {
  settings.orders.order_capacity =
      static_cast<std::size_t>(section.optional_integer("capacity", 65'536, 64, 16'777'216));
  settings.orders.fill_window =
      static_cast<std::size_t>(section.optional_integer("fill_window", 262'144, 1'024, 16'777'216));
  settings.orders.mark_age_max =
      section.optional_duration("mark_age_max", seconds{5}, milliseconds{1}, 10 * kMinute);
  settings.orders.stall_max =
      section.optional_duration("stall_max", seconds{1}, milliseconds{10}, kMinute);
}

oms::FixedFeeRate read_fee_rate(ConfigSection section) {
  return {.asset = section.required_string("asset"),
          .quote_asset = section.required_string("quote_asset"),
          .px = section.required_decimal<Price>("price", Price::from_raw(1), Price::max())};
}

void read_account(ConfigSection section, Settings& settings) {
  const std::string policy =
      section.optional_choice("external_orders", "flag", {"flag", "adopt", "cancel"});
  settings.orders.external_orders = policy == "adopt"    ? oms::ExternalOrderPolicy::kAdopt
                                    : policy == "cancel" ? oms::ExternalOrderPolicy::kCancel
                                                         : oms::ExternalOrderPolicy::kFlag;
  settings.orders.external_order_max =
      static_cast<std::size_t>(section.optional_integer("external_orders_max", 1'024, 1, 65'536));
}

void read_journal(ConfigSection section, Settings& settings) {
  constexpr std::int64_t kMegabyte = std::int64_t{1} << 20;
  settings.journal.segment_bytes =
      static_cast<std::size_t>(section.optional_integer("segment_mb", 8, 1, 1'024) * kMegabyte);
  const std::string durability =
      section.optional_choice("durability", "async", {"async", "group", "sync"});
  settings.journal.durability = durability == "group"  ? journal::Durability::kGroup
                                : durability == "sync" ? journal::Durability::kSync
                                                       : journal::Durability::kAsync;
  const std::string keep = section.optional_choice("keep", "all", {"all", "archive", "recent"});
  settings.keep_segments = keep == "archive"  ? oms::KeepSegments::kArchive
                           : keep == "recent" ? oms::KeepSegments::kRecent
                                              : oms::KeepSegments::kAll;
  settings.journal_memory_dir =
      section.optional_string("memory_dir", journal::FileSegments::kMemoryFolder);
  settings.journal.stall_max =
      section.optional_duration("stall_max", seconds{1}, milliseconds{10}, kMinute);
}

void read_audit(ConfigSection section, AuditSettings& audit) {
  audit.anchor_file = section.optional_string("anchor_file", "");
  audit.anchor_interval =
      section.optional_duration("anchor_interval", seconds{10}, milliseconds{100}, 60 * kMinute);
}

void read_guard(ConfigSection section, Settings& settings) {
  GuardSettings& guard = settings.guard;
  guard.is_configured = true;
  guard.is_started = section.optional_boolean("start", true);
  guard.is_required = section.optional_boolean("required", false);
  // What the watchdog itself is told; its key is its own, and not read here.
  (void)watchdog::read_settings(section, watchdog::Secrets::kLeftAlone);
}

void read_strategy_sessions(ConfigSection section, Settings& settings) {
  oms::StrategySessionSettings& sessions = settings.orders.strategy_sessions;
  sessions.heartbeat_timeout =
      section.optional_duration("heartbeat_timeout", seconds{5}, milliseconds{50}, 10 * kMinute);
  sessions.is_required = section.optional_boolean("required", false);
  sessions.is_return_by_human =
      section.optional_choice("return", "automatic", {"automatic", "human"}) == "human";
}

StrategySymbolSettings read_strategy(ConfigSection section) {
  StrategySymbolSettings strategy;
  strategy.quote_qty = section.required_decimal<Qty>("quote_qty", Qty::from_raw(1), kQtyMax);
  strategy.half_spread_ticks = section.optional_integer("half_spread_ticks", 1, 0, 1'000'000);
  strategy.requote_ticks = section.optional_integer("requote_ticks", 1, 1, 1'000'000);
  strategy.take_ticks = section.optional_integer("take_ticks", 0, 0, 1'000'000);
  strategy.inventory_max = section.required_decimal<Qty>("inventory_max", Qty{}, kQtyMax);
  strategy.requote_interval =
      section.optional_duration("requote_interval", milliseconds{100}, Nanos{0}, kMinute);
  return strategy;
}

ThreadSettings read_thread(ConfigSection section, const std::string& name) {
  ThreadSettings thread;
  thread.name = name;
  thread.agents = section.required_string_list("agents");
  if (section.has("cpu")) {
    thread.cpu = static_cast<int>(section.required_integer("cpu", 0, 4095));
  }
  thread.is_watched = section.optional_boolean("watched", true);
  const std::string idle =
      section.optional_choice("idle", "backoff", {"busy_spin", "yield", "backoff"});
  thread.idle = parse_idle_kind(idle).value_or(IdleKind::kBackoff);
  for (const std::string& role : thread.agents) {
    if (std::ranges::find(agent_roles(), role) != agent_roles().end()) continue;
    const std::string nearest = nearest_word(role, agent_roles());
    section.report("agents", "there is no agent '" + role + "'",
                   nearest.empty() ? "use feed.binance, strategy, oms, venue.binance"
                                   : "did you mean '" + nearest + "'?");
  }
  return thread;
}

const ThreadSettings* thread_of(const Settings& settings, const std::string& role) {
  for (const ThreadSettings& thread : settings.threads) {
    if (std::ranges::find(thread.agents, role) != thread.agents.end()) return &thread;
  }
  return nullptr;
}

void check_threads(ConfigSection section, const Settings& settings) {
  const std::string feed = settings.feed_source.kind == FeedSourceSettings::Kind::kReplay
                               ? "feed.replay"
                               : "feed.binance";
  for (const std::string& role : {feed, std::string{"oms"}, std::string{"venue.binance"}}) {
    if (thread_of(settings, role) == nullptr) {
      section.report("", "no thread runs the agent '" + role + "'",
                     "add it to the agents of one [threads.NAME]");
    }
  }
  if (!settings.strategy.empty() && thread_of(settings, "strategy") == nullptr) {
    section.report("", "no thread runs the agent 'strategy'",
                   "add it to one [threads.NAME], or remove the [strategy.*] tables");
  }
  if (thread_of(settings, "oms") != thread_of(settings, "venue.binance")) {
    section.report("", "oms and venue.binance are on different threads, and both write the orders",
                   "put them on one [threads.NAME]");
  }
  for (const std::string& role : agent_roles()) {
    const auto count =
        std::ranges::count_if(settings.threads, [&role](const ThreadSettings& thread) {
          return std::ranges::find(thread.agents, role) != thread.agents.end();
        });
    if (count > 1) {
      section.report("", "the agent '" + role + "' is on " + std::to_string(count) + " threads",
                     "leave it on one");
    }
  }
}

}  // namespace

Settings read_settings(ConfigDocument& document) {
  Settings settings;
  ConfigSection root = document.root();
  read_gateway(root.subsection("gateway"), settings);
  read_feed(root.subsection("feed"), settings);
  read_venue(root.subsection("venue"), settings);
  read_orders(root.subsection("orders"), settings);
  read_account(root.subsection("account"), settings);
  ConfigSection fee_rates = root.subsection("fee_rates");
  for (const std::string& name : fee_rates.table_names()) {
    settings.orders.fixed_fee_rates.push_back(read_fee_rate(fee_rates.subsection(name)));
  }
  read_journal(root.subsection("journal"), settings);
  read_audit(root.subsection("audit"), settings.audit);
  settings.operators = read_operators(root.subsection("operators"));
  if (root.has("watchdog")) read_guard(root.subsection("watchdog"), settings);
  read_strategy_sessions(root.subsection("strategy_sessions"), settings);
  settings.limits = read_limits(root);
  settings.breakers = read_breakers(root, settings.limits);
  ConfigSection strategies = root.subsection("strategy");
  for (const std::string& name : strategies.table_names()) {
    const auto known = std::ranges::find(settings.limits.symbols, name,
                                         [](const auto& symbol) { return symbol.first; });
    if (known == settings.limits.symbols.end()) {
      strategies.report(name, "the strategy trades " + name + ", which is not in [symbols]",
                        "add [symbols." + name + "] with its limits");
    }
    settings.strategy.emplace(name, read_strategy(strategies.subsection(name)));
  }
  ConfigSection threads = root.subsection("threads");
  for (const std::string& name : threads.table_names()) {
    settings.threads.push_back(read_thread(threads.subsection(name), name));
  }
  check_threads(threads, settings);
  root.finish();
  return settings;
}

}  // namespace portcullis::app
