#include <algorithm>
#include <set>
#include <string>

#include "tests/sim/shape_answers.hpp"
#include "tests/sim/shapes.hpp"
#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim::test {
namespace {

constexpr const char* kFiles[] = {
    "docs-examples/rest-api.jsonl",
    "docs-examples/web-socket-api.jsonl",
    "docs-examples/user-data-stream.jsonl",
    "docs-examples/enums.jsonl",
    "docs-examples/filters.jsonl",
    "docs-examples/errors.jsonl",
    "docs-examples/faqs_commission_faq.jsonl",
    "docs-examples/faqs_pegged_orders.jsonl",
    "docs-examples/faqs_sor_faq.jsonl",
    "docs-examples/faqs_sbe_faq.jsonl",
    "docs-examples/faqs_stp_faq.jsonl",
    "docs-examples/faqs_market_orders_faq.jsonl",
    "connector-fixtures/spot_rest.jsonl",
    "connector-fixtures/spot_wsapi.jsonl",
};

class ShapeTest : public SimFixture, public ShapeVenue {
 protected:
  ShapeTest() {
    ServerConfig config = usual_config();
    config.venue_limits.is_enforced = false;
    config.rules.filters = {.orders_max = 1'000,
                            .algo_orders_max = 200,
                            .iceberg_orders_max = 10'000,
                            .order_lists_max = 20};
    fill_filters(config.symbols[0].filters);
    config.symbols[1].price_range = {
        .bid_up = 2'000'000, .bid_down = 500'000, .ask_up = 2'000'000, .ask_down = 500'000};
    start(std::move(config));
    on_server([this](Exchange& exchange) {
      for (const char* name : {"main", "other"}) {
        AccountSettings settings = exchange.settings(server_->account(name));
        settings.trade_group_id = 1;
        settings.asset_limits = {{"JPY", Qty::from_units(1'000'000)}};
        exchange.set_settings(server_->account(name), settings);
      }
    });
    fill_book();
    for (const char* px : {"59999", "59998"}) crowd_order("BTCUSDT", Side::kBuy, px, "1");
    for (const char* px : {"60002", "60003"}) crowd_order("BTCUSDT", Side::kSell, px, "1");
    mine_ = logged_on("main");
    other_ = logged_on("other");
  }

  // All the kinds there are, wide enough for every order.
  static void fill_filters(SymbolFilters& filters) {
    filters.percent_price = {.up = 100'000'000, .down = 10, .avg_price_mins = 5};
    filters.percent_price_by_side = {.bid_up = 100'000'000,
                                     .bid_down = 10,
                                     .ask_up = 100'000'000,
                                     .ask_down = 10,
                                     .avg_price_mins = 5};
    filters.min_notional = {
        .notional_min = Notional::from_units(1), .applies_to_market = true, .avg_price_mins = 5};
    filters.iceberg_orders_max = 100;
    filters.algo_orders_max = 100;
    filters.position_max = Qty::from_units(1'000);
  }

  static Json result_of(const Json& reply) {
    return reply.at("status") == 200 ? reply.at("result") : reply.at("error");
  }
  Json ask(const std::string& method, Json params) override {
    return result_of(mine_->call(request_for(method, std::move(params))));
  }
  Json ask_as_other(const std::string& method, Json params) override {
    return result_of(other_->call(request_for(method, std::move(params))));
  }
  Json next_event() override { return mine_->next_event(); }
  void on_exchange(std::move_only_function<void(Exchange&)> task) override {
    on_server(std::move(task));
  }
  Json admin_call(const std::string& path, Json body) override {
    return admin("POST", path, body).json();
  }
  static Json request_for(const std::string& method, Json params) {
    const bool is_signed = method.starts_with("order") || method.starts_with("openOrder") ||
                           method.starts_with("account") || method.starts_with("my") ||
                           method.starts_with("all") || method.starts_with("sor");
    if (is_signed) return request(method, std::move(params));
    return {{"id", 1}, {"method", method}, {"params", std::move(params)}};
  }

  std::unique_ptr<WsClient> mine_;
  std::unique_ptr<WsClient> other_;
};

void append(std::vector<Json>& to, const std::vector<Json>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// Parts of answers, and answers that one example file mixes.
void derive(Answers& answers) {
  const Json& info = answers.at("exchangeInfo").front();
  for (const Json& limit : info.at("rateLimits")) answers["rateLimit"].push_back(limit);
  for (const Json& filter : info.at("symbols")[0].at("filters")) {
    answers["filter"].push_back(filter);
  }
  const Json& filters = answers.at("myFilters").front();
  for (const char* part : {"exchangeFilters", "assetFilters"}) {
    for (const Json& filter : filters.at(part)) answers["filter"].push_back(filter);
  }
  append(answers["commission"], answers.at("account.commission"));
  append(answers["commission"], answers.at("order.test"));
  append(answers["stp"], answers.at("order.place"));
  append(answers["stp"], answers.at("order.status"));
  append(answers["stp"], answers.at("myPreventedMatches"));
  append(answers["stp"], answers.at("error"));
  append(answers["stp"], answers.at("bare"));
  const Json& symbol = info.at("symbols")[0];
  answers["stp"].push_back(
      {{"defaultSelfTradePreventionMode", symbol.at("defaultSelfTradePreventionMode")},
       {"allowedSelfTradePreventionModes", symbol.at("allowedSelfTradePreventionModes")}});
  answers["stp"].push_back({{"balances", answers.at("account.status").front().at("balances")}});
  for (const Json& event : answers.at("bare")) {
    if (event.contains("A") && event.contains("B"))
      answers["stp"].push_back({{"A", event.at("A")}, {"B", event.at("B")}});
  }
  append(answers["market"], answers.at("bare"));
  append(answers["openOrders.status+cancelAll"], answers.at("openOrders.status"));
  append(answers["openOrders.status+cancelAll"], answers.at("openOrders.cancelAll"));
  for (const char* method : {"order.status", "order.cancel", "order.place"}) {
    append(answers["order.status+cancel+place"], answers.at(method));
  }
  append(answers["orderList.status+cancel"], answers.at("orderList.status"));
  append(answers["orderList.status+cancel"], answers.at("orderList.cancel"));
  append(answers["session.logout+status"], answers.at("session.logout"));
  append(answers["session.logout+status"], answers.at("session.status"));
  for (const char* method : {"order.place", "order.cancel", "order.cancelReplace"}) {
    append(answers[method], answers.at("error"));
  }
}

const ShapeRow* row_of(const Example& example) {
  const auto& rows = trading_rows();
  const auto found = std::ranges::find_if(rows, [&example](const ShapeRow& row) {
    return row.file == example.file && (row.key == "*" || row.key == example.key);
  });
  return found == rows.end() ? nullptr : &*found;
}

TEST_F(ShapeTest, EveryRecordedBodyHasTheFieldsAndTypesOfOurAnswer) {
  if (load_examples(kFiles[0]).empty()) GTEST_SKIP() << "docs-examples are not there";
  Answers answers;
  collect_order_answers(*this, answers);
  collect_list_answers(*this, answers);
  collect_account_answers(*this, answers);
  collect_event_answers(*this, answers);
  derive(answers);
  std::set<const ShapeExcuse*> used;
  int compared = 0;
  for (const char* file : kFiles) {
    const bool is_fixture = std::string_view{file}.starts_with("connector");
    for (const Example& example : load_examples(file)) {
      const ShapeRow* row = row_of(example);
      if (row == nullptr || row->answer.empty()) continue;
      ++compared;
      for (const std::string& line :
           compare_shapes(example, answers[std::string{row->answer}],
                          is_fixture ? ShapeRule::kUnionOfAll : ShapeRule::kSameAsOne, row->answer,
                          trading_excuses(), used)) {
        ADD_FAILURE() << line;
      }
    }
  }
  EXPECT_GT(compared, 200);
  for (const ShapeExcuse& excuse : trading_excuses()) {
    EXPECT_TRUE(used.contains(&excuse))
        << "an excuse that nothing needs: " << excuse.answer << " " << excuse.path;
  }
}

}  // namespace
}  // namespace portcullis::sim::test
