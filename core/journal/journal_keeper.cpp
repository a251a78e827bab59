#include "core/journal/journal_keeper.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace portcullis::journal {

namespace {

// Of a segment in the making, between two syncs: a few milliseconds of a plain disk.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

std::uint64_t base_of(Segment& segment) noexcept {
  SegmentHeader header;
  std::memcpy(&header, segment.bytes().data(), sizeof header);
  return header.base;
}

}  // namespace

JournalKeeper::JournalKeeper(JournalLink& link, SegmentStore& store, const Settings& settings,
                             std::unique_ptr<Segment> first, std::uint64_t number,
                             HashChain chain) noexcept
    : link_{link},
      store_{store},
      settings_{settings},
      current_{std::move(first)},
      number_{number},
      chain_{std::move(chain)} {
  link_.durable.store(chain_.position(), std::memory_order_relaxed);
  link_.finished.store(number_ - 1, std::memory_order_relaxed);
  link_.seal.store(chain_.last());
}

bool JournalKeeper::turn(MonoTime now) {
  const bool has_synced = sync_written();
  return provide_spare(now) || has_synced;
}

bool JournalKeeper::provide_spare(MonoTime now) {
  if (next_ != nullptr || now < spare_next_) return false;
  auto made = make_some();
  const bool has_failed = link_.health.load(std::memory_order_relaxed) == JournalHealth::kFailed;
  if (made && *made == nullptr) return true;
  making_.reset();
  if (!made) {
    error_ = std::move(made.error());
    spare_next_ = now + settings_.spare_retry;
    if (!has_failed) link_.health.store(JournalHealth::kNoSpace, std::memory_order_release);
    return true;
  }
  next_ = std::move(*made);
  if (!has_failed) link_.health.store(JournalHealth::kSound, std::memory_order_release);
  link_.spare.store(next_.get(), std::memory_order_release);
  return true;
}

std::expected<std::unique_ptr<Segment>, std::string> JournalKeeper::make_some() {
  if (making_ == nullptr) {
    auto begun = store_.begin(number_ + 1, settings_.segment_bytes);
    if (!begun) return std::unexpected{std::move(begun.error())};
    making_ = std::move(*begun);
  }
  return making_->step(is_spare_urgent() ? settings_.segment_bytes : kPieceBytes);
}

// A quarter of the segment is used already: at this rate a spare made in pieces comes too late.
bool JournalKeeper::is_spare_urgent() noexcept {
  constexpr std::uint64_t kUrgentShare = 4;
  const std::uint64_t used = link_.written.load(std::memory_order_relaxed) - base_of(*current_);
  return used > settings_.segment_bytes / kUrgentShare;
}

bool JournalKeeper::sync_written() {
  // In this order: a segment is active before anything in it counts as written.
  const std::uint64_t written = link_.written.load(std::memory_order_acquire);
  Segment* active = link_.active.load(std::memory_order_acquire);
  const bool has_moved = active != current_.get();
  if (!has_moved && written == link_.durable.load(std::memory_order_relaxed)) return false;
  if (has_moved) {
    const std::uint64_t end = base_of(*active);
    if (!sync(*current_, end)) return false;
    current_->retire();
    current_ = std::move(next_);
    link_.finished.store(number_, std::memory_order_release);
    ++number_;
  }
  if (!sync(*current_, std::max(written, base_of(*current_)))) return false;
  seal_once();
  return true;
}

// Only once the last seal is in the stream: a link of the chain that nobody can read breaks it.
void JournalKeeper::seal_once() {
  const std::uint64_t last = chain_.last().position;
  const bool is_last_embedded = link_.embedded.load(std::memory_order_relaxed) == last;
  // The writer may be further by now than what has been synced.
  const bool has_content =
      std::min(link_.content.load(std::memory_order_relaxed), chain_.position()) > last;
  if (is_last_embedded && has_content) link_.seal.store(chain_.seal());
}

bool JournalKeeper::sync(Segment& segment, std::uint64_t end) {
  if (link_.health.load(std::memory_order_relaxed) == JournalHealth::kFailed) return false;
  const std::uint64_t base = base_of(segment);
  if (auto synced = segment.sync(kSegmentHeaderBytes + (end - base)); !synced) {
    fail(synced.error());
    return false;
  }
  take_into_chain(segment, base, end);
  link_.durable.store(end, std::memory_order_release);
  return true;
}

void JournalKeeper::take_into_chain(Segment& segment, std::uint64_t base, std::uint64_t end) {
  const std::uint64_t from = chain_.position();
  chain_.take(segment.bytes().subspan(kSegmentHeaderBytes + (from - base), end - from));
}

void JournalKeeper::fail(const std::string& error) {
  error_ = error;
  link_.health.store(JournalHealth::kFailed, std::memory_order_release);
}

void JournalKeeper::finish() {
  (void)sync_written();
}

void JournalKeeper::retire() {
  making_.reset();
  const bool is_all_durable = link_.written.load() == link_.durable.load();
  if (is_all_durable && link_.active.load() == current_.get()) current_->retire();
  // The spare has nothing in it.
  if (next_ != nullptr && link_.spare.load() == next_.get()) next_->retire();
}

}  // namespace portcullis::journal
