#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/counters.hpp"
#include "core/instrument.hpp"
#include "core/journal/journal_reader.hpp"
#include "core/journal/segment_store.hpp"
#include "core/journal/snapshot.hpp"
#include "core/journal/snapshot_store.hpp"
#include "oms/holdings.hpp"
#include "oms/oms_settings.hpp"
#include "oms/order_accounting.hpp"
#include "oms/order_journal.hpp"
#include "risk/exposure.hpp"

namespace portcullis::oms {

// Of what state() writes. A newer one than this is refused.
inline constexpr std::uint32_t kStateVersion = 1;

// Of a journal.
struct JournalPart {
  const journal::Snapshot* from{nullptr};         // null: from its beginning
  std::uint64_t last_segment{~std::uint64_t{0}};  // to the end of this one
  std::uint64_t until{~std::uint64_t{0}};         // and no further than this position
};

// Orders, fills and positions as a journal tells them: the same accounting, with nobody listening,
// is told the same facts again. Cold.
class RecoveredOrders {
 public:
  using Result = std::expected<std::unique_ptr<RecoveredOrders>, std::string>;
  // Reads the journal twice: for the names of its symbols, then for its facts. An error when it is
  // damaged (a torn tail is none), or holds what this version does not know.
  static Result read(journal::SegmentStore& store, const OmsSettings& settings,
                     const JournalPart& part = {});
  // From the newest snapshot that is sound and that the journal continues, else from its beginning:
  // the same either way. warnings() says which snapshot was passed over, and why.
  static Result read_newest(journal::SegmentStore& store, journal::SnapshotStore& snapshots,
                            const OmsSettings& settings);
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

  // All that the facts so far have made, for a snapshot: the same bytes, whether it was read from
  // the beginning or from another snapshot.
  [[nodiscard]] std::vector<std::byte> state();

  // For the journal to go on from: at its end.
  [[nodiscard]] journal::JournalReader& reader() noexcept { return *reader_; }
  // With the symbols and assets of all runs, whose numbers the accounting uses.
  [[nodiscard]] const InstrumentTable& instruments() const noexcept { return instruments_; }
  [[nodiscard]] OrderAccounting& accounting() noexcept { return *accounting_; }
  // What the run that was read last has numbered so.
  [[nodiscard]] std::span<const SymbolId> numbered_symbols() const noexcept { return symbols_; }
  [[nodiscard]] std::span<const AssetId> numbered_assets() const noexcept { return assets_; }
  // Its positions are what the account holds, with no baseline taken off.
  [[nodiscard]] const risk::Exposure& exposure() const noexcept { return *exposure_; }
  [[nodiscard]] bool has_holding(SymbolId symbol) const noexcept {
    return is_held_[symbol.raw()] != 0;
  }
  [[nodiscard]] std::uint64_t run_count() const noexcept { return run_count_; }
  // Of all runs: a new one must take a higher epoch, or it would use their ids again.
  [[nodiscard]] std::uint64_t epoch_max() const noexcept { return epoch_max_; }
  [[nodiscard]] std::uint64_t order_count() const noexcept { return order_count_; }
  // Strategies that have sent orders: an accounting that takes over must count as many
  // (OmsSettings::strategies_min).
  [[nodiscard]] std::size_t strategy_count() const noexcept { return strategy_count_; }

  // Into the accounting of a new run. An error when more orders are open than it holds, when it
  // counts fewer strategies, or when an order is open on a symbol that is not configured any more:
  // nobody could look after it.
  [[nodiscard]] std::expected<void, std::string> hand_over(const InstrumentTable& instruments,
                                                           OrderAccounting& accounting,
                                                           Holdings& holdings, const Now& now);

 private:
  explicit RecoveredOrders(const OmsSettings& settings);
  [[nodiscard]] std::expected<void, std::string> learn_names(journal::SegmentStore& store,
                                                             const JournalPart& part);
  void make_accounting();
  [[nodiscard]] std::expected<void, std::string> apply_facts(journal::SegmentStore& store,
                                                             const JournalPart& part);
  // order_snapshot.cpp. False when it makes no sense.
  [[nodiscard]] bool load_names(StateReader& reader);
  [[nodiscard]] bool load_state(StateReader& reader);
  [[nodiscard]] bool apply(const journal::Record& record);
  void apply_name(const journal::Record& record);
  [[nodiscard]] bool apply_order(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_report(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_order_fact(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_holding(const journal::Record& record);
  [[nodiscard]] bool apply_change(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_list(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_trades_known(const journal::Record& record);
  [[nodiscard]] bool apply_fee_rate(const journal::Record& record, const Now& now);
  void note_strategy(const journal::Record& record) noexcept;
  [[nodiscard]] SymbolId symbol_of(std::uint16_t number) const noexcept;
  [[nodiscard]] AssetId asset_of(std::uint16_t number) const noexcept;
  void hand_over_positions(std::span<const std::optional<SymbolId>> symbols,
                           const InstrumentTable& instruments, OrderAccounting& accounting);
  [[nodiscard]] std::expected<void, std::string> hand_over_orders(
      std::span<const std::optional<SymbolId>> symbols, OrderAccounting& accounting,
      const Now& now);

  OmsSettings settings_;
  InstrumentTable instruments_;
  // What the accounting speaks to, and nobody reads.
  KillSwitch kill_switch_;
  LogRing log_;
  HopTimers hops_;
  HopClock clock_;
  OmsCounters counters_;
  OrderJournal no_journal_;

  std::unique_ptr<risk::Exposure> exposure_;
  std::unique_ptr<OrderAccounting> accounting_;
  std::unique_ptr<journal::JournalReader> reader_;
  std::vector<std::uint8_t> is_held_;  // by SymbolId
  std::vector<SymbolId> symbols_;      // by the present run's numbers
  std::vector<AssetId> assets_;
  std::uint64_t run_count_{0};
  std::uint64_t epoch_max_{0};
  std::uint64_t order_count_{0};
  std::size_t strategy_count_{0};
  std::vector<std::string> warnings_;
};

}  // namespace portcullis::oms
