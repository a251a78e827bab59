#include "core/journal/journal.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::journal {

namespace {

// The files as the journal to be written needs them: what lies behind the end is out of the way.
std::expected<std::uint64_t, std::string> tidy_up(SegmentStore& store,
                                                  const JournalReader& reader) {
  std::uint64_t last = 0;
  for (const JournalReader::Extent& extent : reader.extents()) {
    std::expected<void, std::string> done;
    if (extent.is_blank) {
      done = store.remove(extent.number);
    } else if (!extent.is_read) {
      done = store.set_aside(extent.number);
    } else {
      last = std::max(last, extent.number);
      if (extent.used_bytes) done = store.trim(extent.number, *extent.used_bytes);
    }
    if (!done) return std::unexpected{done.error()};
  }
  return last;
}

}  // namespace

const char* to_string(Durability durability) noexcept {
  switch (durability) {
    case Durability::kAsync: return "async";
    case Durability::kGroup: return "group";
    case Durability::kSync: return "sync";
  }
  return "?";
}

const char* to_string(JournalRefusal refusal) noexcept {
  switch (refusal) {
    case JournalRefusal::kNone: return "is kept";
    case JournalRefusal::kNoSpace: return "has no room on the disk";
    case JournalRefusal::kFailed: return "could not be synced: look, then restart";
    case JournalRefusal::kStalled: return "waits for the disk";
  }
  return "?";
}

std::expected<std::unique_ptr<Journal>, std::string> Journal::resume(
    SegmentStore& store, JournalReader& reader, const JournalSettings& settings, const Now& now) {
  HashChain chain = reader.take_chain();
  const auto last = tidy_up(store, reader);
  if (!last) return std::unexpected{last.error()};
  auto first = store.create(*last + 1, settings.segment_bytes);
  if (!first) return std::unexpected{first.error()};
  Segment& segment = **first;
  std::unique_ptr<Journal> journal{new Journal{store, std::move(*first), *last + 1, reader.end(),
                                               std::move(chain), settings, now}};
  // Its header must be there before anything that follows from it.
  if (auto synced = segment.sync(kSegmentHeaderBytes); !synced)
    return std::unexpected{synced.error()};
  do {
    (void)journal->turn(now.mono);
  } while (journal->keeper_.is_making());
  return journal;
}

Journal::Journal(SegmentStore& store, std::unique_ptr<Segment> first, std::uint64_t number,
                 const JournalEnd& end, HashChain chain, const JournalSettings& settings,
                 const Now& now)
    : settings_{settings},
      writer_{link_, *first, number, end, chain.last(), now},
      keeper_{link_,  store,           {.segment_bytes = settings.segment_bytes}, std::move(first),
              number, std::move(chain)} {
}

JournalRefusal Journal::refusal(MonoTime now) const noexcept {
  if (health() == JournalHealth::kFailed) return JournalRefusal::kFailed;
  // Before the room, which a disk that stands still takes as well: what is held must be given up.
  if (writer_.is_pending_since(now - settings_.stall_max)) return JournalRefusal::kStalled;
  return writer_.has_room_for_orders() ? JournalRefusal::kNone : JournalRefusal::kNoSpace;
}

void Journal::close(const Now& now) {
  // Two seals: the one that may be on its way, and the last.
  for (int i = 0; i < 2; ++i) {
    keeper_.finish();
    (void)writer_.embed_seal(now);
  }
  keeper_.finish();
  keeper_.retire();
}

}  // namespace portcullis::journal
