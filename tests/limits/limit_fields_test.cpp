// The limits by name: read, written, compared, and which of two values lets more through.
#include "app/limit_fields.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "tests/limits/keeper_world.hpp"

namespace portcullis::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

LimitField field_of(const LimitSettings& settings, const std::string& key) {
  for (const LimitField& field : fields_of(settings)) {
    if (field.key == key) return field;
  }
  ADD_FAILURE() << "there is no " << key;
  return {};
}

TEST(LimitFields, EveryOneHasANameOfItsOwnAndComesBackAsItWas) {
  const LimitSettings settings = settings_of(limits_text());
  const std::vector<LimitField> fields = fields_of(settings);
  std::set<std::string> keys;
  for (const LimitField& field : fields) {
    EXPECT_TRUE(keys.insert(field.key).second) << field.key << " twice";
  }
  LimitSettings other = settings_of(limits_text("max_order_qty = \"9\"\n", "\"77\""));
  put_fields(other, fields);
  EXPECT_THAT(changes_between(fields, fields_of(other)), IsEmpty());
}

// Each limit alone, moved by one: one direction is a raise and the other is not, or a limit could
// be loosened by one person.
TEST(LimitFields, OfEachLimitExactlyOneDirectionRaises) {
  const LimitSettings settings = settings_of(limits_text());
  std::vector<LimitField> before = fields_of(settings);
  for (std::size_t i = 0; i < before.size(); ++i) {
    // Nothing is off and nothing at the end of its range, so that both ways are open.
    before[i].value = before[i].unit == LimitUnit::kFlag ? 0 : 100;
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    std::vector<LimitField> after = before;
    after[i].value = before[i].unit == LimitUnit::kFlag ? 1 : 101;
    const auto up = changes_between(before, after);
    const auto down = changes_between(after, before);
    ASSERT_EQ(up.size(), 1U);
    ASSERT_EQ(down.size(), 1U);
    EXPECT_NE(up[0].is_raise, down[0].is_raise) << before[i].key;
    const bool is_raise_expected = !before[i].key.ends_with("reduce_only") &&
                                   !before[i].key.ends_with("_window") &&
                                   !before[i].key.ends_with("min_confidence_ppm");
    EXPECT_EQ(up[0].is_raise, is_raise_expected) << before[i].key;
  }
}

TEST(LimitFields, SwitchingACheckOffRaisesAndSwitchingItOnDoesNot) {
  const auto off = fields_of(settings_of(limits_text("order_rate_max = \"off\"\n")));
  const auto on =
      fields_of(settings_of(limits_text("order_rate_max = 5\norder_rate_window = \"100ms\"\n")));
  for (const LimitChange& change : changes_between(off, on)) {
    EXPECT_FALSE(change.is_raise) << change.key << " " << change.before << " " << change.after;
  }
  const auto back = changes_between(on, off);
  EXPECT_TRUE(std::ranges::any_of(back, &LimitChange::is_raise));
}

// A window belongs to its count: half of a new rule is no rule that anybody wrote.
TEST(LimitFields, WhatBelongsTogetherIsHeldTogether) {
  const auto before =
      fields_of(settings_of(limits_text("order_rate_max = 5\norder_rate_window = \"1s\"\n")));
  auto after =
      fields_of(settings_of(limits_text("order_rate_max = 9\norder_rate_window = \"10s\"\n"
                                        "max_order_qty = \"0.5\"\n")));
  hold_raises(before, after);
  LimitSettings held = settings_of(limits_text());
  put_fields(held, after);
  EXPECT_EQ(value_of(held, "symbols.BTCUSDT.order_rate_max"), "5");
  EXPECT_EQ(value_of(held, "symbols.BTCUSDT.order_rate_window"), "1s");
  EXPECT_EQ(value_of(held, kQty), "0.5");
  EXPECT_FALSE(std::ranges::any_of(changes_between(before, after), &LimitChange::is_raise));
}

TEST(LimitFields, ReadsAValueAsTheConfigurationDoesOrSaysWhatToWrite) {
  const LimitSettings settings = settings_of(limits_text());
  const auto parse = [&](const std::string& key, const char* text) {
    return parse_limit(field_of(settings, key), text);
  };
  EXPECT_EQ(parse(kQty, "0.5"), Qty::parse("0.5")->raw());
  EXPECT_EQ(parse(kQty, "off"), Qty::max().raw());
  EXPECT_EQ(parse("symbols.BTCUSDT.book_age_max", "250ms"), 250'000'000);
  EXPECT_EQ(parse("symbols.BTCUSDT.collar_width_bps", "30"), 3'000);
  EXPECT_EQ(parse("symbols.BTCUSDT.enabled", "false"), 0);
  for (const auto& [key, text] : std::vector<std::pair<std::string, const char*>>{
           {kQty, "-1"},
           {kQty, "1e3"},
           {kQty, ""},
           {kQty, "1\"\nmax_order_notional = \"off"},
           {"symbols.BTCUSDT.book_age_max", "250"},
           {"symbols.BTCUSDT.enabled", "off"},
           {"symbols.BTCUSDT.max_open_orders", "2.5"},
           {"symbols.BTCUSDT.max_open_orders", "-1"}}) {
    const auto refused = parse(key, text);
    ASSERT_FALSE(refused) << key << " " << text;
    EXPECT_THAT(refused.error(), HasSubstr(key));
  }
}

TEST(LimitFields, WhatOnlyARestartChangesIsNamed) {
  const LimitSettings settings = settings_of(limits_text());
  EXPECT_THAT(shape_differences(settings, settings), IsEmpty());
  const auto differences = [&](const std::string& text) {
    std::string all;
    for (const std::string& one : shape_differences(settings, settings_of(text))) all += one + "\n";
    return all;
  };
  EXPECT_THAT(differences(limits_text() + "[symbols.BNBUSDT]\n"), HasSubstr("[symbols]"));
  EXPECT_THAT(differences(limits_text() + "[limits.strategy.two]\nsymbols = [\"BTCUSDT\"]\n"),
              HasSubstr("[limits.strategy]"));
  EXPECT_THAT(differences(limits_text("position_baseline = \"1\"\n")),
              HasSubstr("symbols.BTCUSDT.position_baseline"));
}

}  // namespace
}  // namespace portcullis::app
