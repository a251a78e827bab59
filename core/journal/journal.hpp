#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/journal/journal_keeper.hpp"
#include "core/journal/journal_link.hpp"
#include "core/journal/journal_reader.hpp"
#include "core/journal/journal_writer.hpp"
#include "core/journal/segment_store.hpp"
#include "core/time.hpp"

namespace portcullis::journal {

// What is on the disk when an order leaves (docs/journal.md says what each loses, and when).
enum class Durability : std::uint8_t {
  kAsync,  // its record is in memory: survives the process, not the machine
  kGroup,  // its record is on the disk, synced together with what came within an interval
  kSync,   // its record is on the disk, synced at once
};
[[nodiscard]] const char* to_string(Durability durability) noexcept;

struct JournalSettings {
  Durability durability{Durability::kAsync};
  std::size_t segment_bytes{std::size_t{8} << 20};
  // No new order once the oldest record that is not on the disk is older than this.
  Nanos stall_max{std::chrono::seconds{1}};
};

// Why no new order may be journalled.
enum class JournalRefusal : std::uint8_t { kNone, kNoSpace, kFailed, kStalled };
// As what the journal does: "has no room on the disk".
[[nodiscard]] const char* to_string(JournalRefusal refusal) noexcept;

// The write-ahead journal of a run: what the trading thread may ask (append and look), and what the
// keeper's thread does (turn). Records, files and seals: layout.hpp.
class Journal {
 public:
  // Goes on behind what `reader` has read to its end and found usable, in a new segment. What lies
  // behind a torn tail is set aside, never deleted. Cold. `store` outlives the journal.
  static std::expected<std::unique_ptr<Journal>, std::string> resume(
      SegmentStore& store, JournalReader& reader, const JournalSettings& settings, const Now& now);

  // ---- trading thread
  [[nodiscard]] bool append(std::uint16_t type, std::uint8_t version,
                            std::span<const std::byte> payload, const Now& now) noexcept {
    return writer_.append(type, version, payload, now);
  }
  bool embed_seal(const Now& now) noexcept { return writer_.embed_seal(now); }
  // Orders only: cancels, reports and the kill are always appended as long as there is room.
  [[nodiscard]] JournalRefusal refusal(MonoTime now) const noexcept;
  [[nodiscard]] std::uint64_t position() const noexcept { return writer_.position(); }
  // Whether an order may leave whose record ends at `position`.
  [[nodiscard]] bool is_written_down(std::uint64_t position) const noexcept {
    return settings_.durability == Durability::kAsync || durable() >= position;
  }
  [[nodiscard]] std::uint64_t lost_count() const noexcept { return writer_.lost_count(); }

  // ---- any thread
  // Everything before this position is on the disk.
  [[nodiscard]] std::uint64_t durable() const noexcept {
    return link_.durable.load(std::memory_order_acquire);
  }
  // Segments up to this number are on the disk and written no more.
  [[nodiscard]] std::uint64_t finished_segment() const noexcept {
    return link_.finished.load(std::memory_order_acquire);
  }
  [[nodiscard]] JournalHealth health() const noexcept {
    return link_.health.load(std::memory_order_acquire);
  }

  // ---- keeper's thread
  bool turn(MonoTime now) { return keeper_.turn(now); }
  [[nodiscard]] Durability durability() const noexcept { return settings_.durability; }
  [[nodiscard]] const JournalKeeper& keeper() const noexcept { return keeper_; }

  // The orderly end: both threads stand still. Everything is on the disk and sealed afterwards, or
  // health() says otherwise.
  void close(const Now& now);

 private:
  Journal(SegmentStore& store, std::unique_ptr<Segment> first, std::uint64_t number,
          const JournalEnd& end, HashChain chain, const JournalSettings& settings, const Now& now);

  JournalLink link_;
  JournalSettings settings_;
  JournalWriter writer_;
  JournalKeeper keeper_;
};

}  // namespace portcullis::journal
