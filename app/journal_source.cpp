#include "app/journal_source.hpp"

#include <algorithm>
#include <utility>

#include "oms/order_recovery.hpp"

namespace portcullis::app {

std::expected<JournalSource, std::string> JournalSource::open(const std::string& directory,
                                                              const std::string& memory_dir) {
  auto segments = journal::FileSegments::open_to_read(directory, memory_dir);
  if (!segments) return std::unexpected{segments.error().text};
  JournalSource source;
  source.segments_ = std::move(*segments);
  source.snapshots_ = std::make_unique<journal::FileSnapshots>(directory);
  const auto numbers = source.snapshots_->list();
  if (!numbers) return std::unexpected{numbers.error()};
  for (const std::uint64_t number : *numbers) {
    const auto bytes = source.snapshots_->read(number);
    if (!bytes) continue;  // a gateway has pruned it meanwhile
    source.found_.push_back(
        {.name = source.snapshots_->name_of(number),
         .snapshot = journal::decode_snapshot(*bytes, number, oms::kStateVersion)});
  }
  const auto whole = journal::JournalReader::open(*source.segments_);
  if (!whole) return std::unexpected{whole.error()};
  const bool is_pruned = whole->damage() && whole->damage()->kind == journal::DamageKind::kMissing;
  if (!is_pruned) return source;
  const auto sound = std::ranges::find_if(
      source.found_, [](const Found& found) { return found.snapshot.has_value(); });
  if (sound != source.found_.end()) source.start_ = &*sound->snapshot;
  return source;
}

std::expected<journal::JournalReader, std::string> JournalSource::read() {
  journal::ReadRange range;
  if (start_ != nullptr) range.from = start_->anchor;
  return journal::JournalReader::open(*segments_, range);
}

}  // namespace portcullis::app
