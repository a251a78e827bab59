#include "app/journal_replay.hpp"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/journal_records_text.hpp"
#include "core/journal/hash_chain.hpp"
#include "oms/order_recovery.hpp"

namespace portcullis::app {

namespace {

using Json = nlohmann::ordered_json;

// A replay by hand must hold what any gateway's store could.
constexpr std::size_t kReplayOrders = std::size_t{1} << 20;

void put(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fputc('\n', stdout);
}

// Null for what is not known.
Json text_of(oms::FineNotional amount, bool is_known) {
  return is_known ? Json(amount.str()) : Json();
}

void add_position(Json& row, const oms::PositionAccount& account,
                  const InstrumentTable& instruments) {
  const oms::PositionSnapshot position = account.snapshot();
  const bool is_known = position.is_fee_complete;
  row["bought"] = position.bought.str();
  row["sold"] = position.sold.str();
  row["qty"] = position.qty.str();
  row["cost"] = position.cost.str();
  row["realized"] = text_of(position.realized, is_known);
  row["fifo_cost"] = position.fifo_cost.str();
  row["fifo_realized"] = text_of(position.fifo_realized, is_known);
  row["fee_in_quote"] = position.fee_in_quote.str();
  row["fee_in_base"] = position.fee_in_base.str();
  row["fee_in_third"] = position.fee_in_third.str();
  if (position.merged_lots > 0) row["merged_lots"] = position.merged_lots;
  if (account.waiting_asset() == kNoAsset) return;
  row["fee_waiting"] = account.waiting_fee().str();
  row["fee_waiting_asset"] = instruments.asset_name(account.waiting_asset());
}

Json positions_of(oms::RecoveredOrders& recovered) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < recovered.instruments().size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    Json row{{"symbol", recovered.instruments().at(symbol).symbol}};
    add_position(row, recovered.accounting().positions().account(symbol), recovered.instruments());
    row["held"] = recovered.exposure().at(symbol).position.str();
    rows.push_back(std::move(row));
  }
  return rows;
}

Json strategies_of(oms::RecoveredOrders& recovered) {
  const oms::PositionKeeper& positions = recovered.accounting().positions();
  std::vector<StrategyId> strategies;
  for (std::size_t i = 0; i < positions.strategy_count(); ++i) {
    strategies.emplace_back(static_cast<StrategyId::rep>(i));
  }
  strategies.push_back(kNoStrategy);
  Json rows = Json::array();
  for (const StrategyId strategy : strategies) {
    for (std::size_t i = 0; i < recovered.instruments().size(); ++i) {
      const SymbolId symbol{static_cast<SymbolId::rep>(i)};
      const oms::PositionAccount& account = positions.account(strategy, symbol);
      if (account.position().bought().is_zero() && account.position().sold().is_zero()) continue;
      Json row{{"strategy", strategy == kNoStrategy ? Json() : Json(strategy.raw())},
               {"symbol", recovered.instruments().at(symbol).symbol}};
      add_position(row, account, recovered.instruments());
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Json accounts_of(oms::RecoveredOrders& recovered) {
  const InstrumentTable& instruments = recovered.instruments();
  Json rows = Json::array();
  for (std::size_t a = 0; a < instruments.asset_count(); ++a) {
    const AssetId quote_asset{static_cast<AssetId::rep>(a)};
    oms::FineNotional realized;
    oms::FineNotional fifo_realized;
    bool is_known = true;
    bool is_quote = false;
    for (std::size_t i = 0; i < instruments.size(); ++i) {
      const SymbolId symbol{static_cast<SymbolId::rep>(i)};
      if (instruments.at(symbol).quote_asset != quote_asset) continue;
      const auto position = recovered.accounting().positions().account(symbol).snapshot();
      realized.raw += position.realized.raw;
      fifo_realized.raw += position.fifo_realized.raw;
      is_known = is_known && position.is_fee_complete;
      is_quote = true;
    }
    if (!is_quote) continue;
    rows.push_back({{"quote_asset", instruments.asset_name(quote_asset)},
                    {"realized", text_of(realized, is_known)},
                    {"fifo_realized", text_of(fifo_realized, is_known)}});
  }
  return rows;
}

void add_results(Json& state, oms::RecoveredOrders& recovered) {
  state["positions"] = positions_of(recovered);
  state["by_strategy"] = strategies_of(recovered);
  state["accounts"] = accounts_of(recovered);
}

Json json_of_order(const oms::Order& order, const InstrumentTable& instruments) {
  return {{"order", order.id.raw()},        {"symbol", instruments.at(order.symbol).symbol},
          {"side", to_string(order.side)},  {"px", order.px.str()},
          {"qty", order.qty.str()},         {"cum_qty", order.cum_qty.str()},
          {"state", to_string(order.state)}};
}

// The same for the same journal, whoever replays it.
std::string digest_of(const Json& state) {
  const std::string text = state.dump();
  journal::HashChain chain{journal::Seal{}};
  chain.take(std::as_bytes(std::span{text}));
  return hex_of(chain.seal().hash);
}

Json state_of(oms::RecoveredOrders& found) {
  std::map<std::uint64_t, Json> open;  // by id: the same order whatever the replay's slots
  oms::OrderStore& orders = found.accounting().store();
  for (std::size_t i = 0; i < orders.open_count(); ++i) {
    const oms::Order& order = orders.open_at(i);
    open[order.id.raw()] = json_of_order(order, found.instruments());
  }
  Json state{{"runs", found.run_count()},
             {"orders", found.order_count()},
             {"fills", found.accounting().ledger().size()},
             {"open", Json::array()}};
  for (const auto& [id, order] : open) state["open"].push_back(order);
  add_results(state, found);
  state["digest"] = digest_of(state);
  return state;
}

void put_rows(const char* title, const Json& rows) {
  for (const Json& row : rows) {
    std::string line = title;
    for (const auto& [name, value] : row.items()) {
      line += " " + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
    }
    put(line);
  }
}

}  // namespace

ExitCode replay_journal(journal::SegmentStore& store, const journal::Snapshot* from, bool is_json) {
  oms::OmsSettings settings;
  settings.order_capacity = kReplayOrders;
  settings.fill_window = kReplayOrders;
  const auto recovered = oms::RecoveredOrders::read(store, settings, {.from = from});
  if (!recovered) {
    std::fprintf(stderr, "portcullis: %s\n", recovered.error().c_str());
    return ExitCode::kDataError;
  }
  const Json state = state_of(**recovered);
  if (is_json) {
    put(state.dump());
    return ExitCode::kOk;
  }
  std::printf("%llu runs, %llu orders, %zu fills; digest %s\n",
              static_cast<unsigned long long>((*recovered)->run_count()),
              static_cast<unsigned long long>((*recovered)->order_count()),
              (*recovered)->accounting().ledger().size(),
              state["digest"].get<std::string>().c_str());
  put_rows("open", state["open"]);
  put_rows("position", state["positions"]);
  put_rows("strategy", state["by_strategy"]);
  put_rows("account", state["accounts"]);
  return ExitCode::kOk;
}

}  // namespace portcullis::app
