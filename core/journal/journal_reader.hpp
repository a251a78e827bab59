#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/journal/hash_chain.hpp"
#include "core/journal/journal_writer.hpp"
#include "core/journal/layout.hpp"
#include "core/journal/segment_store.hpp"
#include "core/journal/snapshot.hpp"

namespace portcullis::journal {

struct Record {
  RecordHeader header{};
  std::span<const std::byte> payload{};  // valid as long as the reader
  std::uint64_t position{0};
  std::string_view segment{};  // its name
  std::size_t offset{0};       // of the record in the segment
};

enum class DamageKind : std::uint8_t {
  kTornTail,      // behind the last sealed position: cut there, and go on
  kChanged,       // a record's CRC is wrong
  kOutOfPlace,    // a sound record that does not follow the one before it
  kHash,          // the records are sound and their hash is not what was sealed
  kMissing,       // sealed, and not there
  kHeader,        // a segment's header
  kNewerVersion,  // written by a newer version
};

[[nodiscard]] const char* to_string(DamageKind kind) noexcept;

struct Damage {
  DamageKind kind{DamageKind::kTornTail};
  std::string segment{};  // its name
  std::size_t offset{0};  // in the segment
  std::uint64_t position{0};
  std::uint64_t sequence{0};  // of the last good record before it
  std::string text{};         // what, where and what to do, in a sentence
};

// A part of a journal.
struct ReadRange {
  std::optional<SnapshotAnchor> from{};           // none: from its beginning
  std::uint64_t last_segment{~std::uint64_t{0}};  // to the end of this one
};

// Reads a journal from its first segment, or from where a snapshot stands, to its end, in order,
// and checks each byte on the way: every record's CRC and place, every seal's hash. Ends at the
// first damage, which says whether it is a torn tail. Cold threads only; it may read while a
// gateway writes, and then ends wherever the writer was.
class JournalReader {
 public:
  // An error when the segments cannot be listed or read at all.
  static std::expected<JournalReader, std::string> open(SegmentStore& store,
                                                        const ReadRange& range = {});

  // The next record, seals included; nothing at the end or at damage.
  [[nodiscard]] std::optional<Record> next();

  // ---- once next() has returned nothing
  [[nodiscard]] const std::optional<Damage>& damage() const noexcept { return damage_; }
  // No damage, or a torn tail.
  [[nodiscard]] bool is_usable() const noexcept {
    return !damage_ || damage_->kind == DamageKind::kTornTail;
  }
  [[nodiscard]] const JournalEnd& end() const noexcept { return end_; }
  // The chain with everything up to the end taken, for the writer to go on from.
  [[nodiscard]] HashChain take_chain();
  [[nodiscard]] const Seal& sealed() const noexcept { return sealed_; }
  // The one before it in the chain.
  [[nodiscard]] const Seal& sealed_before() const noexcept { return sealed_before_; }
  // The segment that holds the end.
  [[nodiscard]] std::uint64_t segment_number() const noexcept {
    return sources_.empty() ? 0 : sources_[current_].number;
  }
  // The journal has in it the seal that the snapshot stands on, which was begun from.
  [[nodiscard]] bool is_anchored() const noexcept { return is_anchored_; }

  // The segments, in order, for what is done with the files afterwards.
  struct Extent {
    std::uint64_t number{0};
    bool is_blank{false};  // made in advance and never begun
    bool is_read{false};   // holds a part of the stream that has been read
    // Of the last one that has been read: where nothing but zeros follows.
    std::optional<std::size_t> used_bytes{};
  };
  [[nodiscard]] std::vector<Extent> extents() const;
  // For progress.
  [[nodiscard]] std::uint64_t bytes_total() const noexcept { return bytes_total_; }
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }

 private:
  struct Source {
    std::uint64_t number{0};
    std::unique_ptr<Segment> segment;
    SegmentHeader header{};  // with a base that no position has, when it is not sound
    bool is_sound{false};
  };

  JournalReader() : chain_{Seal{}} {}
  [[nodiscard]] std::expected<void, std::string> load(SegmentStore& store, const ReadRange& range);
  void check_headers();
  void begin_at_anchor();
  [[nodiscard]] bool is_of_anchor(const Seal& seal) noexcept;
  [[nodiscard]] bool enter_segment();
  [[nodiscard]] std::optional<Record> read_record();
  [[nodiscard]] bool take_seal(const Record& record);
  void hash_up_to(std::uint64_t position);
  [[nodiscard]] bool is_sealed_behind(std::uint64_t position) const;
  void judge_gap(std::span<const std::byte> bytes);
  void report(DamageKind kind, std::string_view what);

  std::vector<Source> sources_;
  std::vector<std::uint64_t> blanks_;
  std::size_t current_{0};  // in sources_
  std::size_t offset_{0};   // in its bytes
  JournalEnd end_;
  HashChain chain_;
  Seal sealed_;
  Seal sealed_before_;
  std::optional<SnapshotAnchor> anchor_;
  bool is_anchored_{true};
  std::optional<Damage> damage_;
  std::uint64_t bytes_total_{0};
  std::uint64_t bytes_read_{0};
};

}  // namespace portcullis::journal
