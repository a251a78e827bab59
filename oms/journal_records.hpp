#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/journal/layout.hpp"

namespace portcullis::oms {

// What the orders' journal holds, as it lies on the disk. A record is a fact that moved an order or
// a position, in the order in which it did; applying them again gives the same state. Decimals are
// raw 1e-8 integers, times nanoseconds, enumerations their numbers: none of these may be renumbered
// without a new record version.
//
// Symbols and assets are numbers of one run: each run begins with a RunRecord and names its numbers
// before it uses them.

inline constexpr std::uint8_t kRecordVersion = 1;
// Of kOrder: a plain order is written as version 1, one with other terms as version 2.
inline constexpr std::uint8_t kOrderTermsVersion = 2;

enum class RecordType : std::uint16_t {
  kRun = journal::kUserTypeMin,
  kInstrument,
  kAsset,
  kOrder,               // an order that the gate has let through, before it is sent
  kNotSent,             // it never left
  kReport,              // the venue's word about an order
  kNewOrderFailed,      // the venue's error answer to a new order
  kCancelFailed,        // and to a cancel
  kOutcomeUnknown,      // no word in time, or the connection lost
  kProvenAbsent,        // the venue has denied the order as often and as late as it takes
  kCancelSent,          // one order's cancel is about to be sent
  kMassCancelSent,      // a symbol's
  kHolding,             // what the account holds of a symbol's base asset
  kStop,                // killed, or draining
  kTradesKnown,         // every own trade of a symbol up to an id has been told
  kExternalCancelSent,  // of an order that this gateway did not make
  kBalanceChange,  // a deposit, withdrawal, transfer or lock; the holdings that follow come next
  kParked,         // an event of a symbol or an asset that is not configured, as it came
  kFeeRate,        // what a fee's asset costs, before the fills that it counts for
  kAmendSent,      // an order is about to be made smaller
  kAmendFailed,    // the venue's error answer to that, or that it cannot have happened
  kReplaceSent,    // an order is about to leave in one request with the cancel of another
  kListSent,       // several orders, recorded before this, are about to leave as a list
};
inline constexpr std::uint16_t kRecordTypeEnd =
    static_cast<std::uint16_t>(RecordType::kListSent) + 1;

// The newest version of a record that can be read; all before it can.
[[nodiscard]] constexpr std::uint8_t record_version_max(RecordType type) noexcept {
  return type == RecordType::kOrder ? kOrderTermsVersion : kRecordVersion;
}

template <std::size_t kSize>
using RecordText = std::array<char, kSize>;  // padded with zeros

struct RunRecord {
  static constexpr RecordType kType = RecordType::kRun;
  std::int64_t mono_ns;
  std::uint64_t epoch;
  RecordText<8> gateway_id;
};

struct InstrumentRecord {
  static constexpr RecordType kType = RecordType::kInstrument;
  std::uint16_t symbol;
  std::uint16_t base_asset;
  std::uint16_t quote_asset;
  std::uint16_t reserved;
  RecordText<40> name;
};

struct AssetRecord {
  static constexpr RecordType kType = RecordType::kAsset;
  std::uint16_t asset;
  std::array<std::uint16_t, 3> reserved;
  RecordText<40> name;
};

struct OrderRecord {
  static constexpr RecordType kType = RecordType::kOrder;
  std::int64_t mono_ns;
  std::uint64_t order_id;
  std::uint64_t ref;
  std::int64_t px;
  std::int64_t qty;
  std::uint16_t symbol;
  std::uint16_t strategy;
  std::uint8_t side;
  std::uint8_t type;
  std::uint8_t tif;
  std::uint8_t reserved;
};

// Version 2 of the above: the same bytes, and what an order that is not plain asks for.
struct OrderTermsRecord {
  static constexpr RecordType kType = RecordType::kOrder;
  OrderRecord order;
  std::int64_t stop_px;
  std::int64_t iceberg_qty;
  std::int64_t quote_qty;
  std::uint16_t trailing_delta_bips;
  std::uint8_t peg;
  std::uint8_t peg_offset_levels;
  std::uint8_t stp;
  std::array<std::uint8_t, 3> reserved;
};

struct ReportRecord {
  static constexpr RecordType kType = RecordType::kReport;
  std::int64_t mono_ns;
  std::uint64_t order_id;
  std::uint64_t venue_order_id;
  std::uint64_t exec_id;
  std::uint64_t trade_id;
  std::int64_t px;
  std::int64_t qty;
  std::int64_t cum_qty;
  std::int64_t cum_quote;
  std::int64_t last_px;
  std::int64_t last_qty;
  std::int64_t fee;
  std::int64_t venue_wall_ns;
  std::uint16_t symbol;
  std::uint16_t fee_asset;
  std::uint8_t side;
  std::uint8_t exec_type;
  std::uint8_t state;
  std::uint8_t liquidity;
  std::uint8_t source;
  std::uint8_t is_adopted;
  std::uint8_t is_waiting;
  std::array<std::uint8_t, 5> reserved;
};

// All that has an order and no more than an error code to it: kNotSent, kNewOrderFailed,
// kCancelFailed, kAmendFailed, kOutcomeUnknown, kProvenAbsent, kCancelSent.
struct OrderFactRecord {
  std::int64_t mono_ns;
  std::uint64_t order_id;
  std::int32_t venue_code;
  std::uint8_t failure;  // FailureClass, of the two failures
  std::array<std::uint8_t, 3> reserved;
};

// kMassCancelSent, kHolding.
struct SymbolFactRecord {
  std::int64_t mono_ns;
  std::int64_t qty;
  std::uint16_t symbol;
  std::array<std::uint16_t, 3> reserved;
};

struct StopRecord {
  static constexpr RecordType kType = RecordType::kStop;
  std::int64_t mono_ns;
  std::uint8_t is_kill;
  std::uint8_t scope_kind;    // core/mode.hpp; zero, as all did once: the whole gateway
  std::uint16_t scope_index;  // a strategy, or a symbol of this run
  std::array<std::uint8_t, 4> reserved;
};

struct TradesKnownRecord {
  static constexpr RecordType kType = RecordType::kTradesKnown;
  std::int64_t mono_ns;
  std::uint64_t trade_id;
  std::uint16_t symbol;
  std::array<std::uint16_t, 3> reserved;
};

struct ExternalCancelRecord {
  static constexpr RecordType kType = RecordType::kExternalCancelSent;
  std::int64_t mono_ns;
  std::uint64_t venue_order_id;
  std::uint16_t symbol;
  std::array<std::uint16_t, 3> reserved;
};

struct BalanceChangeRecord {
  static constexpr RecordType kType = RecordType::kBalanceChange;
  std::int64_t mono_ns;
  std::int64_t delta;
  std::int64_t venue_wall_ns;
  std::uint16_t asset;
  std::uint8_t is_lock;
  std::array<std::uint8_t, 5> reserved;
};

// Long enough for the venue's order events; what is longer is cut.
struct ParkedRecord {
  static constexpr RecordType kType = RecordType::kParked;
  std::int64_t mono_ns;
  RecordText<40> name;
  RecordText<952> text;
};

// In force until the next of the same assets, or the run's end.
struct FeeRateRecord {
  static constexpr RecordType kType = RecordType::kFeeRate;
  std::int64_t mono_ns;
  std::int64_t px;  // of one unit of the asset, in the quote asset; 0: not known
  std::uint16_t asset;
  std::uint16_t quote_asset;
  std::array<std::uint16_t, 2> reserved;
};

struct AmendRecord {
  static constexpr RecordType kType = RecordType::kAmendSent;
  std::int64_t mono_ns;
  std::uint64_t order_id;
  std::int64_t qty;
};

struct ReplaceRecord {
  static constexpr RecordType kType = RecordType::kReplaceSent;
  std::int64_t mono_ns;
  std::uint64_t order_id;
  std::uint64_t old_order_id;
  std::uint8_t mode;
  std::array<std::uint8_t, 7> reserved;
};

struct ListRecord {
  static constexpr RecordType kType = RecordType::kListSent;
  std::int64_t mono_ns;
  std::uint64_t list_id;  // of its first order; the others have the ids that follow
  std::uint8_t kind;
  std::array<std::uint8_t, 7> reserved;
};

template <class T>
concept JournalRecord =
    std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> &&
    sizeof(T) % journal::kRecordAlign == 0 && sizeof(T) <= journal::kPayloadMax;

static_assert(JournalRecord<RunRecord> && sizeof(RunRecord) == 24);
static_assert(JournalRecord<InstrumentRecord> && sizeof(InstrumentRecord) == 48);
static_assert(JournalRecord<AssetRecord> && sizeof(AssetRecord) == 48);
static_assert(JournalRecord<OrderRecord> && sizeof(OrderRecord) == 48);
static_assert(JournalRecord<OrderTermsRecord> && sizeof(OrderTermsRecord) == 80);
static_assert(JournalRecord<ReportRecord> && sizeof(ReportRecord) == 120);
static_assert(JournalRecord<OrderFactRecord> && sizeof(OrderFactRecord) == 24);
static_assert(JournalRecord<SymbolFactRecord> && sizeof(SymbolFactRecord) == 24);
static_assert(JournalRecord<StopRecord> && sizeof(StopRecord) == 16);
static_assert(JournalRecord<TradesKnownRecord> && sizeof(TradesKnownRecord) == 24);
static_assert(JournalRecord<ExternalCancelRecord> && sizeof(ExternalCancelRecord) == 24);
static_assert(JournalRecord<BalanceChangeRecord> && sizeof(BalanceChangeRecord) == 32);
static_assert(JournalRecord<ParkedRecord> && sizeof(ParkedRecord) == 1'000);
static_assert(JournalRecord<FeeRateRecord> && sizeof(FeeRateRecord) == 24);
static_assert(JournalRecord<AmendRecord> && sizeof(AmendRecord) == 24);
static_assert(JournalRecord<ReplaceRecord> && sizeof(ReplaceRecord) == 32);
static_assert(JournalRecord<ListRecord> && sizeof(ListRecord) == 24);

[[nodiscard]] const char* to_string(RecordType type) noexcept;

// A payload as this record; nothing when it has another size.
template <JournalRecord R>
[[nodiscard]] std::optional<R> load_record(std::span<const std::byte> payload) noexcept {
  if (payload.size() != sizeof(R)) return std::nullopt;
  R record;
  std::memcpy(static_cast<void*>(&record), payload.data(), sizeof record);
  return record;
}

template <std::size_t kSize>
[[nodiscard]] std::string_view text_of(const RecordText<kSize>& text) noexcept {
  return {text.data(), static_cast<std::size_t>(std::ranges::find(text, '\0') - text.begin())};
}

}  // namespace portcullis::oms
