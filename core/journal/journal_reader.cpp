#include "core/journal/journal_reader.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace portcullis::journal {

namespace {

constexpr std::string_view kBadHeader = "the segment's header is damaged, or another segment's";

// The base of a segment whose header cannot be believed.
constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

template <class T>
T load_at(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

bool is_zero(std::span<const std::byte> bytes) noexcept {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

bool is_sound(const SegmentHeader& header, std::span<const std::byte> bytes,
              std::uint64_t number) noexcept {
  return header.magic == kSegmentMagic && header.crc == crc_of(header) && header.number == number &&
         is_zero(bytes.subspan(sizeof header, kSegmentHeaderBytes - sizeof header));
}

// A whole record with a right CRC at `offset`, wherever it belongs.
std::optional<RecordHeader> sound_record_at(std::span<const std::byte> bytes,
                                            std::size_t offset) noexcept {
  if (offset + sizeof(RecordHeader) > bytes.size()) return std::nullopt;
  const auto header = load_at<RecordHeader>(bytes, offset);
  const bool is_plausible = header.length >= sizeof header &&
                            header.length <= sizeof header + kPayloadMax &&
                            header.length % kRecordAlign == 0;
  if (!is_plausible || offset + header.length > bytes.size()) return std::nullopt;
  const auto payload = bytes.subspan(offset + sizeof header, header.length - sizeof header);
  if (header.crc != crc_of(header, payload)) return std::nullopt;
  return header;
}

// The highest position that a seal anywhere in these bytes vouches for.
std::uint64_t highest_seal_in(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  std::uint64_t highest = 0;
  for (; offset + sizeof(RecordHeader) + sizeof(SealPayload) <= bytes.size();
       offset += kRecordAlign) {
    const auto header = load_at<RecordHeader>(bytes, offset);
    if (header.type != kSealType || !sound_record_at(bytes, offset)) continue;
    const auto seal = load_at<SealPayload>(bytes, offset + sizeof header);
    highest = std::max(highest, seal.position);
  }
  return highest;
}

}  // namespace

const char* to_string(DamageKind kind) noexcept {
  switch (kind) {
    case DamageKind::kTornTail: return "torn tail";
    case DamageKind::kChanged: return "changed";
    case DamageKind::kOutOfPlace: return "out of place";
    case DamageKind::kHash: return "hash";
    case DamageKind::kMissing: return "missing";
    case DamageKind::kHeader: return "header";
    case DamageKind::kNewerVersion: return "newer version";
  }
  return "?";
}

std::expected<JournalReader, std::string> JournalReader::open(SegmentStore& store,
                                                              const ReadRange& range) {
  JournalReader reader;
  if (auto loaded = reader.load(store, range); !loaded) return std::unexpected{loaded.error()};
  if (!range.from) {
    reader.check_headers();
    return reader;
  }
  const bool is_there =
      !reader.sources_.empty() && reader.sources_.front().number == range.from->segment;
  if (!is_there) {
    return std::unexpected{"segment " + std::to_string(range.from->segment) +
                           ", in which the snapshot stands, is not there"};
  }
  reader.anchor_ = range.from;
  reader.begin_at_anchor();
  return reader;
}

std::expected<void, std::string> JournalReader::load(SegmentStore& store, const ReadRange& range) {
  const auto numbers = store.list();
  if (!numbers) return std::unexpected{numbers.error()};
  const std::uint64_t first = range.from ? range.from->segment : 0;
  for (const std::uint64_t number : *numbers) {
    if (number < first || number > range.last_segment) continue;
    auto segment = store.open(number);
    if (!segment) return std::unexpected{segment.error()};
    const std::span<const std::byte> bytes = (*segment)->bytes();
    const bool is_blank = bytes.size() < kSegmentHeaderBytes || is_zero(bytes);
    if (is_blank) {
      blanks_.push_back(number);
      continue;
    }
    bytes_total_ += bytes.size();
    auto header = load_at<SegmentHeader>(bytes, 0);
    const bool is_header_sound = is_sound(header, bytes, number);
    if (!is_header_sound) header.base = kNowhere;
    sources_.push_back({.number = number,
                        .segment = std::move(*segment),
                        .header = header,
                        .is_sound = is_header_sound});
  }
  return {};
}

void JournalReader::check_headers() {
  if (sources_.empty()) return;
  const SegmentHeader& first = sources_.front().header;
  if (!sources_.front().is_sound) {
    return report(is_sealed_behind(0) ? DamageKind::kHeader : DamageKind::kTornTail, kBadHeader);
  }
  if (first.format_version > kFormatVersion) {
    return report(DamageKind::kNewerVersion, "it was written by a newer version of this program");
  }
  if (first.base != 0) return report(DamageKind::kMissing, "it is not the first segment");
  offset_ = kSegmentHeaderBytes;
}

void JournalReader::begin_at_anchor() {
  const Source& source = sources_.front();
  end_ = anchor_->end;
  chain_ = HashChain{anchor_->seal};
  sealed_ = anchor_->seal;
  sealed_before_ = anchor_->previous;
  is_anchored_ = false;
  const std::uint64_t position = anchor_->end.position;
  if (!source.is_sound) return report(DamageKind::kHeader, kBadHeader);
  if (source.header.format_version > kFormatVersion) {
    return report(DamageKind::kNewerVersion, "it was written by a newer version of this program");
  }
  const std::size_t room = source.segment->bytes().size() - kSegmentHeaderBytes;
  if (source.header.base > position || position - source.header.base > room) {
    return report(DamageKind::kOutOfPlace, "the segment has no place for the snapshot's position");
  }
  offset_ = kSegmentHeaderBytes + (position - source.header.base);
}

std::optional<Record> JournalReader::next() {
  while (!damage_ && current_ < sources_.size()) {
    const bool has_next = current_ + 1 < sources_.size();
    if (has_next && sources_[current_ + 1].header.base == end_.position) {
      if (!enter_segment()) return std::nullopt;
      continue;
    }
    return read_record();
  }
  return std::nullopt;
}

bool JournalReader::enter_segment() {
  bytes_read_ += sources_[current_].segment->bytes().size();
  ++current_;
  offset_ = 0;
  const SegmentHeader& header = sources_[current_].header;
  if (header.format_version > kFormatVersion) {
    report(DamageKind::kNewerVersion, "it was written by a newer version of this program");
  } else if (header.previous_crc != end_.crc || header.sequence != end_.sequence + 1) {
    report(DamageKind::kOutOfPlace, "the segment does not follow the one before it");
  }
  offset_ = kSegmentHeaderBytes;
  return !damage_;
}

std::optional<Record> JournalReader::read_record() {
  const std::span<const std::byte> bytes = sources_[current_].segment->bytes();
  auto header = sound_record_at(bytes, offset_);
  if (!header) {
    judge_gap(bytes);
    // A gateway that writes meanwhile may have finished the record.
    header = sound_record_at(bytes, offset_);
    if (!header) return std::nullopt;
    damage_.reset();
  }
  if (header->previous_crc != end_.crc || header->sequence != end_.sequence + 1) {
    report(DamageKind::kOutOfPlace, "a sound record that does not follow the one before it");
    return std::nullopt;
  }
  const Record record{
      .header = *header,
      .payload = bytes.subspan(offset_ + sizeof *header, header->length - sizeof *header),
      .position = end_.position,
      .segment = sources_[current_].segment->name(),
      .offset = offset_};
  if (header->type == kSealType && !take_seal(record)) return std::nullopt;
  offset_ += header->length;
  end_ = {
      .position = end_.position + header->length, .sequence = header->sequence, .crc = header->crc};
  return record;
}

// No record here: the end, a torn tail, or damage.
void JournalReader::judge_gap(std::span<const std::byte> bytes) {
  const bool is_last = current_ + 1 == sources_.size();
  const bool is_empty = offset_ >= bytes.size() || is_zero(bytes.subspan(offset_));
  if (is_last && is_empty) return;
  const bool is_header_here = offset_ + sizeof(RecordHeader) <= bytes.size() &&
                              load_at<RecordHeader>(bytes, offset_).length != 0;
  if (!is_sealed_behind(end_.position)) {
    return report(DamageKind::kTornTail, "the tail is torn: nothing behind it was on the disk yet");
  }
  if (!is_last && is_empty && !sources_[current_ + 1].is_sound) {
    ++current_;
    offset_ = 0;
    return report(DamageKind::kHeader, kBadHeader);
  }
  if (is_header_here)
    return report(DamageKind::kChanged, "the record is changed: its CRC is wrong");
  report(DamageKind::kMissing, "a record that was on the disk is missing");
}

bool JournalReader::is_sealed_behind(std::uint64_t position) const {
  for (std::size_t i = current_; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    if (i > current_ && source.is_sound && source.header.sealed_position > position) return true;
    const std::size_t from = i == current_ ? offset_ : kSegmentHeaderBytes;
    if (highest_seal_in(source.segment->bytes(), from) > position) return true;
  }
  return false;
}

bool JournalReader::take_seal(const Record& record) {
  if (record.payload.size() != sizeof(SealPayload)) {
    report(DamageKind::kOutOfPlace, "a seal of the wrong size");
    return false;
  }
  const auto seal = load_at<SealPayload>(record.payload, 0);
  if (is_of_anchor({.position = seal.position, .hash = seal.hash})) return true;
  if (seal.position < chain_.position() || seal.position > record.position) {
    report(DamageKind::kOutOfPlace, "a seal of bytes that are not before it");
    return false;
  }
  hash_up_to(seal.position);
  if (chain_.seal().hash != seal.hash) {
    report(DamageKind::kHash,
           "the records since the seal before this one are not those that were sealed");
    return false;
  }
  sealed_before_ = sealed_;
  sealed_ = {.position = seal.position, .hash = seal.hash};
  return true;
}

// The records of the seal that reading has begun at, and of the one before it, may stand behind it.
bool JournalReader::is_of_anchor(const Seal& seal) noexcept {
  if (!anchor_ || sealed_ != anchor_->seal) return false;
  is_anchored_ = is_anchored_ || seal == anchor_->seal;
  return seal == anchor_->seal || seal == anchor_->previous;
}

void JournalReader::hash_up_to(std::uint64_t position) {
  while (chain_.position() < position) {
    const std::uint64_t from = chain_.position();
    const auto is_behind = [from](const Source& source) { return source.header.base > from; };
    const auto behind = std::ranges::find_if(sources_, is_behind);
    const auto source = std::prev(behind);
    const std::uint64_t stop =
        behind == sources_.end() ? position : std::min(position, behind->header.base);
    const std::size_t offset = kSegmentHeaderBytes + (from - source->header.base);
    chain_.take(source->segment->bytes().subspan(offset, stop - from));
  }
}

HashChain JournalReader::take_chain() {
  hash_up_to(end_.position);
  return std::move(chain_);
}

std::vector<JournalReader::Extent> JournalReader::extents() const {
  std::vector<Extent> extents;
  extents.reserve(blanks_.size() + sources_.size());
  for (const std::uint64_t number : blanks_) {
    extents.push_back({.number = number, .is_blank = true});
  }
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    extents.push_back(
        {.number = sources_[i].number, .is_read = i <= current_ && sources_[i].is_sound});
    if (i != current_) continue;
    const std::span<const std::byte> bytes = sources_[i].segment->bytes();
    std::size_t used = bytes.size();
    while (used > offset_ && bytes[used - 1] == std::byte{0}) --used;
    extents.back().used_bytes = used;
  }
  return extents;
}

void JournalReader::report(DamageKind kind, std::string_view what) {
  const std::string& name = sources_[current_].segment->name();
  damage_ = Damage{.kind = kind,
                   .segment = name,
                   .offset = offset_,
                   .position = end_.position,
                   .sequence = end_.sequence};
  damage_->text = name + ": at byte " + std::to_string(offset_) + ", after record " +
                  std::to_string(end_.sequence) + ": " + std::string{what};
}

}  // namespace portcullis::journal
