#include "oms/snapshot_maker.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "core/journal/journal_reader.hpp"
#include "oms/order_recovery.hpp"

namespace portcullis::oms {

namespace {

using journal::Snapshot;

// Between two syncs of the file: a few milliseconds of a plain disk, which the journal shares.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
// That count for pruning: the newest may turn out to be damaged.
constexpr std::size_t kKept = 2;

// How far the finished segments are sealed.
struct Sealed {
  journal::Seal last;
  journal::Seal before;
};
std::expected<Sealed, std::string> find_sealed(journal::SegmentStore& segments,
                                               const Snapshot* from, std::uint64_t finished) {
  journal::ReadRange range{.last_segment = finished};
  if (from != nullptr) range.from = from->anchor;
  auto reader = journal::JournalReader::open(segments, range);
  if (!reader) return std::unexpected{reader.error()};
  while (reader->next()) {
  }
  if (!reader->is_usable()) return std::unexpected{reader->damage()->text};
  if (!reader->is_anchored()) return std::unexpected{"the journal does not go on from it"};
  return Sealed{.last = reader->sealed(), .before = reader->sealed_before()};
}

std::expected<Snapshot, std::string> load(journal::SnapshotStore& snapshots, std::uint64_t number) {
  const auto bytes = snapshots.read(number);
  if (!bytes) return std::unexpected{bytes.error()};
  auto snapshot = journal::decode_snapshot(*bytes, number, kStateVersion);
  if (!snapshot) return std::unexpected{snapshots.name_of(number) + ": " + snapshot.error()};
  return snapshot;
}

// The journal has the seal that it stands on, and records that follow its last.
bool is_continued(journal::SegmentStore& segments, const Snapshot& snapshot) {
  auto reader = journal::JournalReader::open(
      segments, {.from = snapshot.anchor, .last_segment = snapshot.number});
  while (reader && !reader->is_anchored() && reader->next()) {
  }
  return reader && reader->is_anchored();
}

}  // namespace

bool SnapshotMaker::turn(std::uint64_t finished, WallTime now) {
  Done done;
  switch (step_) {
    case Step::kIdle:
      if (finished <= seen_) return false;
      seen_ = finished;
      done = make(finished, now);
      break;
    case Step::kWriting: done = write(); break;
    case Step::kChecking: done = check(); break;
    case Step::kLooking: done = look_for_needless(); break;
    case Step::kPruning: done = prune(); break;
  }
  if (done) return true;
  error_ = "snapshot: " + done.error();
  ++failed_count_;
  writing_.reset();
  step_ = Step::kIdle;
  return true;
}

std::expected<std::vector<Snapshot>, std::string> SnapshotMaker::newest_sound(std::size_t most) {
  const auto numbers = snapshots_.list();
  if (!numbers) return std::unexpected{numbers.error()};
  std::vector<Snapshot> sound;
  for (const std::uint64_t number : std::views::reverse(*numbers)) {
    if (sound.size() == most) break;
    auto snapshot = load(snapshots_, number);
    if (snapshot && is_continued(segments_, *snapshot)) sound.push_back(std::move(*snapshot));
  }
  return sound;
}

bool SnapshotMaker::is_due(const Snapshot& last, std::uint64_t finished) const noexcept {
  const std::uint64_t since = finished > last.number ? finished - last.number : 0;
  return since > 0 && since * settings_.segment_bytes >= last.file_bytes();
}

SnapshotMaker::Done SnapshotMaker::make(std::uint64_t finished, WallTime now) {
  const auto last = newest_sound(1);
  if (!last) return std::unexpected{last.error()};
  const Snapshot* from = last->empty() ? nullptr : &last->front();
  if (from != nullptr && !is_due(*from, finished)) {
    step_ = Step::kLooking;  // an earlier process may have left off there
    return {};
  }
  const auto sealed = find_sealed(segments_, from, finished);
  if (!sealed) return std::unexpected{sealed.error()};
  const std::uint64_t position = sealed->last.position;
  if (position == 0 || (from != nullptr && position <= from->anchor.seal.position)) return {};
  auto read = RecoveredOrders::read(segments_, orders_,
                                    {.from = from, .last_segment = finished, .until = position});
  if (!read) return std::unexpected{read.error()};
  const journal::JournalReader& reader = (*read)->reader();
  if (reader.end().position != position) return std::unexpected{"a seal is at no record's end"};
  const Snapshot made{.number = finished,
                      .state_version = kStateVersion,
                      .anchor = {.segment = reader.segment_number(),
                                 .end = reader.end(),
                                 .seal = sealed->last,
                                 .previous = sealed->before},
                      .taken = now,
                      .state = (*read)->state()};
  auto writing = snapshots_.begin(finished, journal::encode_snapshot(made));
  if (!writing) return std::unexpected{writing.error()};
  writing_ = std::move(*writing);
  number_ = finished;
  step_ = Step::kWriting;
  return {};
}

SnapshotMaker::Done SnapshotMaker::write() {
  const auto is_whole = writing_->step(kPieceBytes);
  if (!is_whole) return std::unexpected{is_whole.error()};
  if (*is_whole) {
    writing_.reset();
    step_ = Step::kChecking;
  }
  return {};
}

// As a start would read it: from the file, and into an accounting.
SnapshotMaker::Done SnapshotMaker::check() {
  const auto snapshot = load(snapshots_, number_);
  if (snapshot) {
    const auto read = RecoveredOrders::read(
        segments_, orders_,
        {.from = &*snapshot, .last_segment = number_, .until = snapshot->anchor.end.position});
    if (read && (*read)->state() == snapshot->state) {
      ++made_count_;
      step_ = Step::kLooking;
      return {};
    }
  }
  (void)snapshots_.remove(number_);
  return std::unexpected{snapshots_.name_of(number_) +
                         ": read back, it is not what was written: it is removed; look at the "
                         "disk and the memory of this machine"};
}

// Snapshots before the last two that count go, one at a turn; then the segments before them.
SnapshotMaker::Done SnapshotMaker::look_for_needless() {
  const auto numbers = snapshots_.list();
  if (!numbers) return std::unexpected{numbers.error()};
  const auto sound = newest_sound(kKept);
  if (!sound) return std::unexpected{sound.error()};
  step_ = Step::kIdle;
  if (sound->size() < kKept) return {};
  if (numbers->front() < sound->back().number) {
    step_ = Step::kLooking;
    return snapshots_.remove(numbers->front());
  }
  if (settings_.keep == KeepSegments::kAll) return {};
  needed_ = sound->back().anchor.segment;
  step_ = Step::kPruning;
  return {};
}

// One at a turn, the oldest first, so that whatever is left at any moment is a journal.
SnapshotMaker::Done SnapshotMaker::prune() {
  const auto numbers = segments_.list();
  if (!numbers) return std::unexpected{numbers.error()};
  if (numbers->empty() || numbers->front() >= needed_) {
    step_ = Step::kIdle;
    return {};
  }
  const std::uint64_t oldest = numbers->front();
  Done done = settings_.keep == KeepSegments::kArchive ? segments_.archive(oldest)
                                                       : segments_.remove(oldest);
  if (done) ++pruned_count_;
  return done;
}

}  // namespace portcullis::oms
