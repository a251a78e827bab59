#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/journal/segment_store.hpp"
#include "core/journal/snapshot.hpp"
#include "core/journal/snapshot_store.hpp"
#include "core/time.hpp"
#include "oms/oms_settings.hpp"

namespace portcullis::oms {

// What becomes of segments that the last two snapshots stand for.
enum class KeepSegments : std::uint8_t {
  kAll,      // they stay
  kArchive,  // they are moved aside, and the audit with them
  kRecent,   // they are deleted
};

// Makes snapshots of a journal beside its writing, and prunes it: reads the segments that are
// written no more, from the newest snapshot on, through the code that a start reads them with, as
// far as the last position in them that is sealed. A snapshot counts once it has been read back
// from its file and gives the same state; nothing is pruned before two count.
//
// Nothing here is waited for by an order. Its own cold thread, or a simulation's; each turn is a
// bounded step but for the reading.
class SnapshotMaker {
 public:
  struct Settings {
    KeepSegments keep{KeepSegments::kAll};
    // Of the journal: a snapshot is made when at least as many bytes were written since the last
    // one as that is long, so that no more than twice as much goes to the disk.
    std::size_t segment_bytes{std::size_t{8} << 20};
  };

  // All outlive it. `orders` as the gateway itself is set.
  SnapshotMaker(journal::SegmentStore& segments, journal::SnapshotStore& snapshots,
                const OmsSettings& orders, const Settings& settings) noexcept
      : segments_{segments},
        snapshots_{snapshots},
        orders_{orders},
        settings_{settings} {}

  // `finished`: segments up to this number are written no more. True when there was something to
  // do. What fails is told by error() and tried again when a further segment is finished.
  bool turn(std::uint64_t finished, WallTime now);

  [[nodiscard]] KeepSegments keep() const noexcept { return settings_.keep; }
  // Any error since the start, for a person; the last one.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  [[nodiscard]] std::uint64_t made_count() const noexcept { return made_count_; }
  [[nodiscard]] std::uint64_t pruned_count() const noexcept { return pruned_count_; }
  [[nodiscard]] std::uint64_t failed_count() const noexcept { return failed_count_; }

 private:
  enum class Step : std::uint8_t { kIdle, kWriting, kChecking, kLooking, kPruning };
  using Done = std::expected<void, std::string>;

  // At most so many that are sound and that the journal goes on from, the newest first.
  [[nodiscard]] std::expected<std::vector<journal::Snapshot>, std::string> newest_sound(
      std::size_t most);
  [[nodiscard]] bool is_due(const journal::Snapshot& last, std::uint64_t finished) const noexcept;
  Done make(std::uint64_t finished, WallTime now);
  Done write();
  Done check();
  Done look_for_needless();
  Done prune();

  journal::SegmentStore& segments_;
  journal::SnapshotStore& snapshots_;
  const OmsSettings& orders_;
  Settings settings_;
  Step step_{Step::kIdle};
  std::unique_ptr<journal::SnapshotWriting> writing_;
  std::uint64_t number_{0};  // of the one that is being made
  std::uint64_t needed_{0};  // of the segments: the first that both kept snapshots need
  std::uint64_t seen_{0};    // the newest finished segment that was looked at
  std::string error_;
  std::uint64_t made_count_{0};
  std::uint64_t pruned_count_{0};
  std::uint64_t failed_count_{0};
};

}  // namespace portcullis::oms
