#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "oms/order_recovery.hpp"
#include "oms/state_archive.hpp"

// What a snapshot holds of the orders, and how it comes back. Everything that reading on depends on
// is in it, and nothing else: the same journal gives the same bytes, wherever reading began.

namespace portcullis::oms {

namespace {

// All but the trace, which no replay has. A field more does not compile: then it belongs here, and
// kStateVersion goes up.
template <class Archive, class AnOrder>
void transfer_order(Archive& archive, AnOrder& order) {
  auto& [id, venue_order_id, ref, trace, px, qty, cum_qty, venue_cum_qty, reserved, held_px,
         cum_quote, sent_at, unknown_since, query_next, query_asked, absent_asked, trades_next,
         cancel_next, cancel_sent, amend_sent, amend_qty, replaces, list_id, query_backoff,
         trades_backoff, symbol, strategy, side, type, tif, terms, state, replace_mode, list_kind,
         list_leg, absent_answers, cancel_attempts, has_reserve, is_cancel_pending,
         is_cancel_wanted, is_cancel_written, is_amended, is_amend_pending, is_query_wanted,
         is_reconciling, has_venue_word, is_unknown_alerted, is_told, is_held, is_inferred,
         is_restate_due, is_live, listing_seen, amend_count] = order;
  auto& [stop_px, iceberg_qty, quote_qty, trailing_delta_bips, peg, peg_offset_levels, stp] = terms;
  (void)trace;
  archive(id, venue_order_id, ref, px, qty, cum_qty, venue_cum_qty, reserved, held_px, cum_quote,
          sent_at, unknown_since, query_next, query_asked, absent_asked, trades_next, cancel_next,
          cancel_sent, amend_sent, amend_qty, replaces, list_id, query_backoff, trades_backoff,
          symbol, strategy, side, type, tif, state, replace_mode, list_kind, list_leg,
          absent_answers, cancel_attempts, has_reserve, is_cancel_pending, is_cancel_wanted,
          is_cancel_written, is_amended, is_amend_pending, is_query_wanted, is_reconciling,
          has_venue_word, is_unknown_alerted, is_told, is_held, is_inferred, is_restate_due,
          is_live, listing_seen, amend_count, stop_px, iceberg_qty, quote_qty, trailing_delta_bips,
          peg, peg_offset_levels, stp);
}

template <class Archive, class Other>
void transfer_external(Archive& archive, Other& order) {
  archive(order.venue_order_id, order.order_id, order.cum_qty, order.leaves_qty, order.px,
          order.told_at, order.cancel_sent, order.symbol, order.side, order.listing_seen);
}

SymbolId symbol_at(std::size_t i) noexcept {
  return SymbolId{static_cast<SymbolId::rep>(i)};
}

// Rows of positions: all strategies' sum, each one's, and that of no strategy.
constexpr std::uint16_t kNettedRow = 0;
constexpr std::uint16_t kNoStrategyRow = 0xFFFF;

bool is_untouched(const PositionAccount& account) noexcept {
  return account.position().bought().is_zero() && account.position().sold().is_zero();
}

// A count from a file is believed only as far as there are bytes behind it.
template <class Read>
void read_each(StateReader& reader, Read&& read) {
  std::uint64_t count = 0;
  reader(count);
  for (std::uint64_t i = 0; i < count && reader.is_sound(); ++i) read();
}

}  // namespace

// ---- the accounting
// ----------------------------------------------------------------------------------

void OrderAccounting::save_orders(StateWriter& writer) {
  const auto put = [&](const Order& order) {
    transfer_order(writer, order);
    // Of two orders with one name at the venue the first has it.
    writer(store_.find_at_venue(order.symbol, order.venue_order_id) == &order);
  };
  std::uint64_t closed = 0;
  store_.for_each_closed([&closed](const Order&) { ++closed; });
  writer(closed);
  store_.for_each_closed(put);
  writer(static_cast<std::uint64_t>(store_.open_count()));
  for (std::size_t i = 0; i < store_.open_count(); ++i) put(store_.open_at(i));
}

void OrderAccounting::save_money(StateWriter& writer) const {
  std::uint64_t rows = 0;
  const auto each_row = [&](auto&& visit) {
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      const SymbolId symbol = symbol_at(i);
      visit(kNettedRow, symbol, positions_.account(symbol));
      for (std::size_t n = 0; n < positions_.strategy_count(); ++n) {
        const StrategyId strategy{static_cast<StrategyId::rep>(n)};
        visit(static_cast<std::uint16_t>(n + 1), symbol, positions_.account(strategy, symbol));
      }
      visit(kNoStrategyRow, symbol, positions_.account(kNoStrategy, symbol));
    }
  };
  each_row([&rows](std::uint16_t, SymbolId, const PositionAccount& account) {
    if (!is_untouched(account)) ++rows;
  });
  writer(rows);
  each_row([&writer](std::uint16_t row, SymbolId symbol, const PositionAccount& account) {
    if (is_untouched(account)) return;
    writer(row, symbol);
    PositionAccount::transfer(writer, account);
  });
  const auto fees = positions_.fees_by_asset();
  writer(static_cast<std::uint64_t>(fees.size()));
  for (std::size_t a = 0; a < fees.size(); ++a) {
    writer(fees[a]);
    for (std::size_t q = 0; q < fees.size(); ++q) {
      writer(positions_.fee_rate(AssetId{static_cast<AssetId::rep>(a)},
                                 AssetId{static_cast<AssetId::rep>(q)}));
    }
  }
}

void OrderAccounting::save(StateWriter& writer) {
  save_orders(writer);
  writer(static_cast<std::uint64_t>(ledger_.size()));
  ledger_.for_each(
      [&writer](SymbolId symbol, TradeId trade_id, Side side) { writer(symbol, trade_id, side); });
  writer(static_cast<std::uint64_t>(ledger_.unlisted_count()));
  writer(static_cast<std::uint64_t>(activity_.size()));
  for (std::size_t i = 0; i < activity_.size(); ++i) {
    const FillLedger::Floor& floor = ledger_.floor_of(symbol_at(i));
    writer(activity_[i].fill_count, floor.learned, floor.counted, floor.forgotten, floor.is_known);
  }
  writer(static_cast<std::uint64_t>(external_orders_.count()), external_orders_.has_overflowed());
  for (std::size_t i = 0; i < external_orders_.count(); ++i) {
    transfer_external(writer, external_orders_.at(i));
  }
  save_money(writer);
}

bool OrderAccounting::load_order(StateReader& reader, bool is_open) {
  Order order;
  bool is_named = false;
  transfer_order(reader, order);
  reader(is_named);
  const bool is_sound = reader.is_sound() && instruments_.contains(order.symbol) &&
                        order.state < OrderState::kCount && store_.find(order.id) == nullptr;
  Order* mine = is_sound ? store_.open(order.id) : nullptr;
  if (mine == nullptr) return false;
  *mine = order;
  if (is_named) {
    mine->venue_order_id = VenueOrderId{};
    store_.name_at_venue(*mine, order.venue_order_id);
  }
  if (!is_terminal(order.state)) ++count_by_state_[static_cast<std::size_t>(order.state)];
  if (is_open) {
    ++activity_[order.symbol.raw()].open_count;
  } else {
    store_.close(*mine);
  }
  return true;
}

void OrderAccounting::load_money(StateReader& reader) {
  read_each(reader, [&] {
    std::uint16_t row = 0;
    SymbolId symbol{kNoSymbol};
    PositionAccount account;
    reader(row, symbol);
    PositionAccount::transfer(reader, account);
    const bool is_counted =
        row == kNettedRow || row == kNoStrategyRow || row <= positions_.strategy_count();
    if (!reader.is_sound() || !is_counted || !instruments_.contains(symbol)) return reader.fail();
    if (row == kNettedRow) return positions_.adopt(symbol, account);
    const StrategyId strategy =
        row == kNoStrategyRow ? kNoStrategy : StrategyId{static_cast<StrategyId::rep>(row - 1)};
    positions_.adopt(strategy, symbol, account);
  });
  std::uint64_t assets = 0;
  reader(assets);
  if (assets > positions_.fees_by_asset().size()) return reader.fail();
  for (std::size_t a = 0; a < assets; ++a) {
    Fee fee{};
    reader(fee);
    positions_.adopt_fee(AssetId{static_cast<AssetId::rep>(a)}, fee);
    for (std::size_t q = 0; q < assets; ++q) {
      Price px{};
      reader(px);
      positions_.adopt_fee_rate(AssetId{static_cast<AssetId::rep>(a)},
                                AssetId{static_cast<AssetId::rep>(q)}, px);
    }
  }
}

bool OrderAccounting::load(StateReader& reader) {
  for (const bool is_open : {false, true}) {
    read_each(reader, [&] {
      if (!load_order(reader, is_open)) reader.fail();
    });
  }
  read_each(reader, [&] {
    SymbolId symbol{kNoSymbol};
    TradeId trade_id{};
    Side side{};
    reader(symbol, trade_id, side);
    (void)ledger_.record(symbol, trade_id, side);
  });
  std::uint64_t unlisted = 0;
  std::uint64_t symbols = 0;
  reader(unlisted, symbols);
  ledger_.adopt_unlisted(unlisted);
  if (symbols > activity_.size()) return false;
  for (std::size_t i = 0; i < symbols; ++i) {
    FillLedger::Floor floor;
    reader(activity_[i].fill_count, floor.learned, floor.counted, floor.forgotten, floor.is_known);
    ledger_.adopt_floor(symbol_at(i), floor);
  }
  std::uint64_t others = 0;
  bool has_overflowed = false;
  reader(others, has_overflowed);
  std::vector<ExternalOrder> external;
  for (std::uint64_t i = 0; i < others && reader.is_sound(); ++i) {
    transfer_external(reader, external.emplace_back());
  }
  external_orders_.adopt(external, has_overflowed);
  load_money(reader);
  return reader.is_sound();
}

// ---- the journal's own
// ----------------------------------------------------------------------------------

std::vector<std::byte> RecoveredOrders::state() {
  StateWriter writer;
  writer(static_cast<std::uint64_t>(settings_.order_capacity),
         static_cast<std::uint64_t>(settings_.fill_window),
         static_cast<std::uint64_t>(settings_.external_order_max));
  writer(static_cast<std::uint64_t>(instruments_.asset_count()));
  for (std::size_t i = 0; i < instruments_.asset_count(); ++i) {
    writer(instruments_.asset_name(AssetId{static_cast<AssetId::rep>(i)}));
  }
  writer(static_cast<std::uint64_t>(instruments_.size()));
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    const Instrument& instrument = instruments_.at(symbol_at(i));
    writer(instrument.symbol, instrument.base_asset_name, instrument.quote_asset_name);
  }
  writer(static_cast<std::uint64_t>(symbols_.size()));
  for (const SymbolId symbol : symbols_) writer(symbol);
  writer(static_cast<std::uint64_t>(assets_.size()));
  for (const AssetId asset : assets_) writer(asset);
  writer(run_count_, epoch_max_, order_count_, static_cast<std::uint64_t>(strategy_count_));
  writer(static_cast<std::uint64_t>(instruments_.size()));
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    const risk::SymbolExposure& exposure = exposure_->at(symbol_at(i));
    writer(is_held_[i], exposure.position, exposure.working_buy, exposure.working_sell,
           exposure.buy_order_count, exposure.sell_order_count);
  }
  accounting_->save(writer);
  return writer.take();
}

// What the tables are sized by; before the accounting is made.
bool RecoveredOrders::load_names(StateReader& reader) {
  std::uint64_t capacity = 0;
  std::uint64_t window = 0;
  std::uint64_t others = 0;
  std::uint64_t strategies = 0;
  reader(capacity, window, others);
  // As much is remembered as was then, at least.
  settings_.order_capacity = std::max<std::size_t>(settings_.order_capacity, capacity);
  settings_.fill_window = std::max<std::size_t>(settings_.fill_window, window);
  settings_.external_order_max = std::max<std::size_t>(settings_.external_order_max, others);
  read_each(reader, [&] {
    std::string name;
    reader(name);
    (void)instruments_.intern_asset(name);
  });
  read_each(reader, [&] {
    Instrument instrument;
    reader(instrument.symbol, instrument.base_asset_name, instrument.quote_asset_name);
    if (!reader.is_sound() || instruments_.find(instrument.symbol)) return reader.fail();
    instruments_.add(std::move(instrument));
  });
  read_each(reader, [&] { reader(symbols_.emplace_back(kNoSymbol)); });
  read_each(reader, [&] { reader(assets_.emplace_back(kNoAsset)); });
  reader(run_count_, epoch_max_, order_count_, strategies);
  strategy_count_ = strategies;
  const auto is_symbol = [this](SymbolId symbol) {
    return symbol == kNoSymbol || instruments_.contains(symbol);
  };
  const auto is_asset = [this](AssetId asset) {
    return asset == kNoAsset || asset.raw() < instruments_.asset_count();
  };
  return reader.is_sound() && std::ranges::all_of(symbols_, is_symbol) &&
         std::ranges::all_of(assets_, is_asset);
}

bool RecoveredOrders::load_state(StateReader& reader) {
  std::uint64_t symbols = 0;
  reader(symbols);
  if (symbols > instruments_.size()) return false;
  for (std::size_t i = 0; i < symbols; ++i) {
    risk::SymbolExposure exposure;
    reader(is_held_[i], exposure.position, exposure.working_buy, exposure.working_sell,
           exposure.buy_order_count, exposure.sell_order_count);
    exposure_->restate(symbol_at(i), exposure);
  }
  return accounting_->load(reader) && reader.is_at_end();
}

}  // namespace portcullis::oms
