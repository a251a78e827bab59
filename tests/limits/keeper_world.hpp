#pragma once

#include <expected>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "app/audit_trail.hpp"
#include "app/limits_keeper.hpp"
#include "core/audit/audit_scan.hpp"
#include "core/config_reader.hpp"
#include "tests/system/process.hpp"

namespace portcullis::app {

inline constexpr uid_t kAnn = 1001;   // may request and approve
inline constexpr uid_t kBen = 1002;   // the same
inline constexpr uid_t kCarl = 1003;  // may request
inline constexpr const char* kScope = R"(max_order_value = "off"
max_open_orders = 100
max_open_value = "off"
max_daily_value = "off"
order_rate_max = 100
order_rate_window = "1s"
order_window_max = "off"
amend_rate_max = "off"
amend_window_max = "off"
)";

// One key of [symbols.BTCUSDT] and of [limits.account], the rest as it always is.
inline std::string limits_text(const std::string& btc = "max_order_qty = \"1\"\n",
                               const std::string& account_gross = "\"1000\"") {
  const std::string scope = kScope;
  return "[limits]\nreference_currency = \"USDT\"\nmark_age_max = \"60s\"\n[limits.account]\n" +
         scope + "max_gross_exposure = " + account_gross +
         "\nmax_net_exposure = \"off\"\n[limits.global]\nmax_order_value = \"off\"\n"
         "max_gross_exposure = \"off\"\nmax_net_exposure = \"off\"\n[limits.default]\n"
         "collar_width_bps = 500\nbook_age_max = \"2s\"\nspread_max_bps = \"off\"\n"
         "last_collar_width_bps = \"off\"\nvenue_collar_width_bps = \"off\"\n"
         "max_daily_qty = \"off\"\nmax_order_qty = \"3\"\nmax_order_notional = \"100000\"\n"
         "max_long_position = \"5\"\nmax_short_position = \"5\"\n" +
         scope +
         "[limits.strategy_default]\nsignal_age_max = \"off\"\nmin_confidence_ppm = \"off\"\n"
         "untold_confidence = true\nduplicates_max = \"off\"\n" +
         scope +
         "[limits.strategy.quoter]\nsymbols = [\"BTCUSDT\", \"ETHUSDT\"]\n[symbols.BTCUSDT]\n" +
         btc + "[symbols.ETHUSDT]\n";
}

inline LimitSettings settings_of(const std::string& text) {
  ConfigDocument document = ConfigDocument::parse(text, "test.toml", {});
  LimitSettings settings = read_limits(document.root());
  for (const ConfigProblem& problem : document.problems()) ADD_FAILURE() << problem.str();
  return settings;
}

inline std::string value_of(const LimitSettings& settings, const std::string& key) {
  for (const LimitField& field : fields_of(settings)) {
    if (field.key == key) return field.text();
  }
  return "no such limit";
}

inline constexpr const char* kQty = "symbols.BTCUSDT.max_order_qty";
inline constexpr const char* kPairQty = "limits.strategy.quoter.BTCUSDT.max_order_qty";

// A keeper on real files, with a clock that the test turns. The trading thread takes what is
// offered when take() says so.
struct KeeperWorld {
  test::TemporaryFolder folder;
  InstrumentTable instruments;
  Operators operators{{{.name = "ann", .user = kAnn, .may_request = true, .may_approve = true},
                       {.name = "ben", .user = kBen, .may_request = true, .may_approve = true},
                       {.name = "carl", .user = kCarl, .may_request = true}}};
  std::optional<AuditTrail> audit;
  LogRing log;
  std::optional<CounterFile> counters;
  std::unique_ptr<risk::LimitsMailbox> mailbox;
  std::optional<LimitsKeeper> keeper;
  Now now{.mono = mono_time(1'000'000'000'000), .wall = wall_time(1'800'000'000'000'000'000)};

  explicit KeeperWorld(const std::string& text = limits_text()) {
    for (const char* name : {"BTCUSDT", "ETHUSDT"}) {
      Instrument instrument{.symbol = name,
                            .base_asset_name = std::string{name}.substr(0, 3),
                            .quote_asset_name = "USDT"};
      instruments.add(instrument);
    }
    write(text);
    start();
  }
  void write(const std::string& text) { test::write_file(file(), text); }
  [[nodiscard]] std::string file() const { return folder / "portcullis.toml"; }

  // As a process does; again: after the one before has ended.
  void start() {
    keeper.reset();
    audit.reset();
    auto opened = AuditTrail::open(folder.path(), {}, now.wall);
    ASSERT_TRUE(opened) << opened.error().text;
    audit.emplace(std::move(*opened));
    auto made = CounterFile::create("");
    ASSERT_TRUE(made);
    counters.emplace(std::move(*made));
    const LimitSettings settings = settings_of(test::read_file(file()));
    auto overrides = load_overrides(overrides_file(folder.path()), settings, now.wall);
    ASSERT_TRUE(overrides) << overrides.error();
    mailbox = std::make_unique<risk::LimitsMailbox>(std::make_unique<risk::Limits>(
        make_limits(with_overrides(settings, *overrides), instruments)));
    keeper.emplace(LimitsContext{.file = file(),
                                 .state_dir = folder.path(),
                                 .instruments = instruments,
                                 .operators = operators,
                                 .mailbox = *mailbox,
                                 .audit = *audit,
                                 .log = log,
                                 .counters = *counters},
                   settings, *overrides);
  }
  void take() {
    if (const risk::Limits* next = mailbox->incoming()) mailbox->acknowledge(next);
    EXPECT_TRUE(keeper->is_settled());
  }
  void pass(Nanos time) {
    now.mono += time;
    now.wall += time;
    keeper->turn(now);
    take();
  }
  auto ask(uid_t user, const std::string& key, const std::string& value,
           const LimitsKeeper::End& end = {}) {
    auto asked = keeper->request(user, {{key, value}}, end, "a test", now);
    take();
    return asked;
  }
  auto approve(uid_t user, std::uint64_t id) {
    auto approved = keeper->approve(user, id, now);
    take();
    return approved;
  }
  [[nodiscard]] std::string value(const std::string& key) const {
    return value_of(keeper->in_force(), key);
  }
  // What the trading thread judges by.
  [[nodiscard]] Qty judged_qty() const { return mailbox->in_force().of(SymbolId{0}).max_order_qty; }
  // The acts of the log, in order, which must be sound.
  [[nodiscard]] std::vector<audit::Record> records() const {
    std::vector<audit::Record> all;
    const auto scan = audit::scan(audit_file(folder.path()), {}, 0,
                                  [&all](const audit::Record& record) { all.push_back(record); });
    EXPECT_TRUE(scan && scan->is_sound());
    return all;
  }
  [[nodiscard]] std::vector<audit::Act> acts() const {
    std::vector<audit::Act> acts;
    for (const audit::Record& record : records()) acts.push_back(record.entry.act);
    return acts;
  }
};

}  // namespace portcullis::app
