#include "sim/market_options.hpp"

#include <algorithm>
#include <expected>
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "core/decimal.hpp"
#include "sim/latency/latency_source.hpp"
#include "sim/markets/capture_market.hpp"
#include "sim/markets/market_generator.hpp"
#include "sim/mirror/mirror_market.hpp"
#include "sim/mirror/venue_feed.hpp"

namespace portcullis::sim {

namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// SYMBOL=FILE[,FILE..], or a file of the first symbol.
std::expected<CaptureSource, std::string> capture_source(const Exchange& exchange,
                                                         const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const bool is_file = equals == std::string::npos || name.find_first_of("./") != std::string::npos;
  if (is_file) return CaptureSource{.symbol = 0, .files = {text}};
  const auto symbol = exchange.find_symbol(name);
  if (!symbol) return std::unexpected{"--capture: no symbol " + name + ": add it to --symbols"};
  return CaptureSource{.symbol = *symbol, .files = split(text.substr(equals + 1), ',')};
}

std::expected<std::vector<CaptureSource>, std::string> capture_sources(
    const Exchange& exchange, const std::vector<std::string>& texts) {
  std::vector<CaptureSource> sources;
  for (const std::string& text : texts) {
    auto source = capture_source(exchange, text);
    if (!source) return std::unexpected{source.error()};
    const auto known = std::ranges::find(sources, source->symbol, &CaptureSource::symbol);
    if (known == sources.end()) {
      sources.push_back(std::move(*source));
    } else {
      known->files.insert(known->files.end(), source->files.begin(), source->files.end());
    }
  }
  return sources;
}

std::optional<std::string> add_captures(Server& server, const MarketOptions& options) {
  if (options.captures.empty()) return "--market capture needs at least one --capture FILE";
  auto sources = capture_sources(server.exchange(), options.captures);
  if (!sources) return sources.error();
  auto market = CaptureMarket::open(server.exchange(),
                                    {.sources = std::move(*sources), .speed = options.speed});
  if (!market) return market.error();
  server.add_market(std::move(*market));
  return std::nullopt;
}

std::optional<std::string> add_mirror(Server& server, const MarketOptions& options) {
  VenueFeedConfig config{.ws_url = options.mirror_ws,
                         .rest_url = options.mirror_rest,
                         .ca_file = options.mirror_ca,
                         .symbols = {},
                         .seed = options.seed};
  for (const SymbolSpec& spec : server.exchange().symbols()) config.symbols.push_back(spec.symbol);
  auto feed = VenueFeed::open(config);
  if (!feed) return "--market mirror: " + feed.error();
  server.add_market(std::make_unique<MirrorMarket>(
      server.exchange(), std::move(*feed),
      [](const std::string& line) { std::cerr << "portcullis-sim: " << line << '\n'; }));
  return std::nullopt;
}

// "off" or a time above zero.
bool read_time_or_off(const std::string& text, Nanos& out) {
  if (text == "off") return true;
  const auto time = parse_time(text);
  if (!time || time->count() <= 0) return false;
  out = *time;
  return true;
}

std::optional<std::string> add_generator(Server& server, const MarketOptions& options) {
  MarketGeneratorConfig config;
  config.seed = options.seed;
  config.events_per_second = options.rate;
  config.regimes.wild_factor = options.wild_factor;
  config.regimes.trend_percent = options.trend_percent;
  config.regimes.burst_factor = options.burst_factor;
  if (!read_time_or_off(options.regimes, config.regimes.mean_length)) {
    return "--regimes: \"" + options.regimes + R"(" is neither "off" nor a time such as 10s)";
  }
  if (!read_time_or_off(options.bursts, config.regimes.mean_between_bursts)) {
    return "--bursts: \"" + options.bursts + R"(" is neither "off" nor a time such as 5s)";
  }
  server.add_market(std::make_unique<MarketGenerator>(server.exchange(), config));
  return std::nullopt;
}

// "update", "level" or a time in whole seconds or milliseconds: "500ms", "3s".
bool read_impact(const std::string& text, MirrorRules& rules) {
  using Impact = MirrorRules::Impact;
  if (text == "update" || text == "level") {
    rules.impact = text == "update" ? Impact::kUntilUpdate : Impact::kWhileLevelLives;
    return true;
  }
  const auto time = parse_time(text);
  if (!time) return false;
  rules.impact = Impact::kForAWhile;
  rules.impact_for = *time;
  return true;
}

bool read_cancel_share(const std::string& text, MirrorRules& rules) {
  rules.are_cancels_proportional = text == "proportional";
  if (rules.are_cancels_proportional) return true;
  const auto percent = parse_fixed8(text);
  if (!percent || *percent < 0 || *percent > 100 * kDecimalScale) return false;
  rules.cancel_ahead_ppm = *percent / (kDecimalScale / 10'000);
  return true;
}

std::expected<MirrorRules, std::string> mirror_rules(const MarketOptions& options) {
  MirrorRules rules;
  rules.are_passed_orders_filled = options.passed_orders == "all";
  if (!read_cancel_share(options.queue_cancel_share, rules)) {
    return std::unexpected{"--queue-cancel-share: \"" + options.queue_cancel_share +
                           R"(" is neither a percentage nor "proportional")"};
  }
  if (!read_impact(options.own_impact, rules)) {
    return std::unexpected{"--own-impact: \"" + options.own_impact +
                           R"(" is neither "update", "level" nor a time such as 500ms)"};
  }
  return rules;
}

}  // namespace

void declare_market_options(CLI::App& cli, MarketOptions& options) {
  cli.add_option("--market", options.market, "Who trades against the accounts")
      ->check(CLI::IsMember({"generator", "capture", "mirror", "none"}))
      ->capture_default_str();
  cli.add_option("--seed", options.seed, "Generator and latencies: the seed")
      ->capture_default_str();
  cli.add_option("--rate", options.rate, "Generator: events a second for each symbol")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  cli.add_option(
         "--regimes", options.regimes,
         "Generator: calm, wild, rising and falling times of about this length, such as 10s")
      ->capture_default_str();
  cli.add_option("--wild-factor", options.wild_factor,
                 "Generator: in wild times the price moves this many times as far")
      ->check(CLI::Range(std::int64_t{1}, RegimeConfig::kFactorMax))
      ->capture_default_str();
  cli.add_option("--trend", options.trend_percent,
                 "Generator: percent of the moves that go with a rising or falling time")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  cli.add_option("--bursts", options.bursts,
                 "Generator: half a second of much more, about as often as this, such as 5s")
      ->capture_default_str();
  cli.add_option("--burst-factor", options.burst_factor,
                 "Generator: in a burst this many times as much happens")
      ->check(CLI::Range(std::int64_t{1}, RegimeConfig::kFactorMax))
      ->capture_default_str();
  cli.add_option("--capture", options.captures,
                 "Capture: SYMBOL=FILE[,FILE..], replayed in this order as one; again for more "
                 "symbols. A file without a symbol is the first symbol's");
  cli.add_option("--speed", options.speed, "Capture: times the recorded pace; 0: unlimited")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  cli.add_option("--mirror-ws", options.mirror_ws, "Mirror: where the venue's streams are")
      ->capture_default_str();
  cli.add_option("--mirror-rest", options.mirror_rest,
                 "Mirror: where its snapshots and its exchangeInfo are")
      ->capture_default_str();
  cli.add_option("--mirror-ca", options.mirror_ca,
                 "Mirror: a file of who signs for it; default whom the system trusts");
  cli.add_option("--queue-cancel-share", options.queue_cancel_share,
                 "Capture and mirror: how much of what a level loses without a trade stood ahead "
                 "of a resting order, in percent, or \"proportional\"")
      ->capture_default_str();
  cli.add_option("--own-impact", options.own_impact,
                 "Capture and mirror: what an account has taken is missing until the level's next "
                 "\"update\", while the \"level\" lives, or for a time such as 500ms")
      ->capture_default_str();
  cli.add_option("--passed-orders", options.passed_orders,
                 "Capture and mirror: a trade beyond an order's price fills \"all\" of it, or as "
                 "much as the \"print\"")
      ->check(CLI::IsMember({"all", "print"}))
      ->capture_default_str();
}

std::optional<std::string> fetch_mirrored_symbols(const MarketOptions& options,
                                                  SymbolOptions& symbols) {
  if (options.market != "mirror" || !symbols.exchange_info.empty()) return std::nullopt;
  if (symbols.symbols.empty()) symbols.symbols = {"BTCUSDT", "ETHUSDT"};
  std::string names;
  for (const std::string& name : symbols.symbols) {
    names += (names.empty() ? "%22" : ",%22") + name + "%22";
  }
  auto info = fetch_text(options.mirror_rest, options.mirror_ca,
                         "/api/v3/exchangeInfo?symbols=%5B" + names + "%5D");
  if (!info) return "--market mirror: " + info.error();
  symbols.exchange_info = options.mirror_rest;
  symbols.exchange_info_json = std::move(*info);
  return std::nullopt;
}

std::optional<std::string> add_market(Server& server, const MarketOptions& options) {
  const auto rules = mirror_rules(options);
  if (!rules) return rules.error();
  server.exchange().set_mirror_rules(*rules);
  if (options.market == "none") return std::nullopt;
  if (options.market == "capture") return add_captures(server, options);
  if (options.market == "mirror") return add_mirror(server, options);
  return add_generator(server, options);
}

}  // namespace portcullis::sim
