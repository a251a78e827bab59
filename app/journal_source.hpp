#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/journal/file_segments.hpp"
#include "core/journal/file_snapshots.hpp"
#include "core/journal/journal_reader.hpp"
#include "core/journal/snapshot.hpp"

namespace portcullis::app {

// A journal's files, to be looked at: from the first segment, or where that was pruned from the
// oldest snapshot that is sound. Cold.
class JournalSource {
 public:
  struct Found {
    std::string name;
    std::expected<journal::Snapshot, std::string> snapshot;
  };

  static std::expected<JournalSource, std::string> open(const std::string& directory,
                                                        const std::string& memory_dir);

  [[nodiscard]] journal::SegmentStore& segments() noexcept { return *segments_; }
  [[nodiscard]] journal::SnapshotStore& snapshots() noexcept { return *snapshots_; }
  // Whatever lay there, in ascending order.
  [[nodiscard]] const std::vector<Found>& found() const noexcept { return found_; }
  // Where it begins; null: with its first record.
  [[nodiscard]] const journal::Snapshot* start() const noexcept { return start_; }
  // From there.
  [[nodiscard]] std::expected<journal::JournalReader, std::string> read();

 private:
  std::unique_ptr<journal::FileSegments> segments_;
  std::unique_ptr<journal::FileSnapshots> snapshots_;
  std::vector<Found> found_;
  const journal::Snapshot* start_{nullptr};  // in found_
};

}  // namespace portcullis::app
