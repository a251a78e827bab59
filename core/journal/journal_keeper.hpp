#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "core/journal/hash_chain.hpp"
#include "core/journal/journal_link.hpp"
#include "core/journal/segment_store.hpp"
#include "core/time.hpp"

namespace portcullis::journal {

// The journal's disk half: syncs what has been written, seals it, and has the next segment ready
// before it is needed. One cold thread only; a turn may take as long as the disk does.
class JournalKeeper {
 public:
  struct Settings {
    std::size_t segment_bytes;
    Nanos spare_retry{std::chrono::seconds{1}};  // after a segment could not be made
  };

  // `first` is the segment the writer begins with, `chain` has taken all before it.
  JournalKeeper(JournalLink& link, SegmentStore& store, const Settings& settings,
                std::unique_ptr<Segment> first, std::uint64_t number, HashChain chain) noexcept;

  // True when there was something to do.
  bool turn(MonoTime now);
  // What has been written last, and where it is durable: for the orderly end, when the writer's
  // thread stands still.
  void finish();
  // After the last finish().
  void retire();

  // The next segment is not whole yet.
  [[nodiscard]] bool is_making() const noexcept { return making_ != nullptr; }
  // The last error, for a person; empty when there was none.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  [[nodiscard]] const Seal& sealed() const noexcept { return chain_.last(); }

 private:
  // One piece of it while there is time; the disk is synced between two.
  bool provide_spare(MonoTime now);
  [[nodiscard]] bool is_spare_urgent() noexcept;
  [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> make_some();
  bool sync_written();
  void seal_once();
  [[nodiscard]] bool sync(Segment& segment, std::uint64_t end);
  void take_into_chain(Segment& segment, std::uint64_t base, std::uint64_t end);
  void fail(const std::string& error);

  JournalLink& link_;
  SegmentStore& store_;
  Settings settings_;
  std::unique_ptr<Segment> current_;
  std::unique_ptr<SegmentMaking> making_;
  std::unique_ptr<Segment> next_;  // given to the writer as the spare
  std::uint64_t number_;           // of current_
  HashChain chain_;
  MonoTime spare_next_{};
  std::string error_;
};

}  // namespace portcullis::journal
