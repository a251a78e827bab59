#include "core/journal/journal_writer.hpp"

#include <cstring>

#include "core/check.hpp"

namespace portcullis::journal {

JournalWriter::JournalWriter(JournalLink& link, Segment& first, std::uint64_t number,
                             const JournalEnd& end, const Seal& sealed, const Now& now) noexcept
    : link_{link},
      number_{number},
      end_{end},
      sealed_{sealed} {
  link_.written.store(end.position, std::memory_order_relaxed);
  link_.content.store(end.position, std::memory_order_relaxed);
  link_.embedded.store(sealed.position, std::memory_order_relaxed);
  begin_segment(first, now);
}

void JournalWriter::begin_segment(Segment& segment, const Now& now) noexcept {
  SegmentHeader header{.magic = kSegmentMagic,
                       .format_version = kFormatVersion,
                       .previous_crc = end_.crc,
                       .number = number_,
                       .base = end_.position,
                       .sequence = end_.sequence + 1,
                       .wall_ns = count_ns(now.wall),
                       .sealed_position = sealed_.position,
                       .sealed_hash = sealed_.hash,
                       .reserved = 0,
                       .crc = 0};
  header.crc = crc_of(header);
  bytes_ = segment.bytes();
  std::memcpy(bytes_.data(), &header, sizeof header);
  offset_ = kSegmentHeaderBytes;
  link_.active.store(&segment, std::memory_order_release);
}

bool JournalWriter::make_room(std::size_t length, const Now& now) noexcept {
  if (offset_ + length <= bytes_.size()) [[likely]]
    return true;
  Segment* next = link_.spare.exchange(nullptr, std::memory_order_acq_rel);
  if (next == nullptr) return false;
  ++number_;
  begin_segment(*next, now);
  return true;
}

bool JournalWriter::append(std::uint16_t type, std::uint8_t version,
                           std::span<const std::byte> payload, const Now& now) noexcept {
  PORTCULLIS_CHECK(payload.size() % kRecordAlign == 0 && payload.size() <= kPayloadMax,
                   "a journal record of a size that its layout forbids");
  if (!make_room(sizeof(RecordHeader) + payload.size(), now)) {
    ++lost_count_;
    return false;
  }
  write(type, version, payload, now);
  link_.content.store(end_.position, std::memory_order_relaxed);
  link_.written.store(end_.position, std::memory_order_release);
  return true;
}

// In each turn, not when something is written: a disk that stands still under the last record of a
// quiet market has to be noticed too.
void JournalWriter::note_progress(MonoTime now) noexcept {
  const std::uint64_t durable = link_.durable.load(std::memory_order_acquire);
  if (durable >= mark_.position && durable < end_.position) {
    mark_ = {.position = end_.position, .seen = now};
  }
}

bool JournalWriter::embed_seal(const Now& now) noexcept {
  note_progress(now.mono);
  Seal latest;
  if (!link_.seal.try_load(latest) || latest.position <= sealed_.position) return false;
  const SealPayload payload{.position = latest.position, .hash = latest.hash};
  if (!make_room(sizeof(RecordHeader) + sizeof payload, now)) return false;
  sealed_ = latest;
  write(kSealType, 1, bytes_of(payload), now);
  link_.embedded.store(latest.position, std::memory_order_relaxed);
  link_.written.store(end_.position, std::memory_order_release);
  return true;
}

void JournalWriter::write(std::uint16_t type, std::uint8_t version,
                          std::span<const std::byte> payload, const Now& now) noexcept {
  ++end_.sequence;
  RecordHeader header{.length = static_cast<std::uint32_t>(sizeof(RecordHeader) + payload.size()),
                      .type = type,
                      .version = version,
                      .reserved = 0,
                      .sequence = end_.sequence,
                      .wall_ns = count_ns(now.wall),
                      .previous_crc = end_.crc,
                      .crc = 0};
  header.crc = crc_of(header, payload);
  std::byte* at = bytes_.data() + offset_;
  std::memcpy(at + sizeof header, payload.data(), payload.size());
  std::memcpy(at, &header, sizeof header);
  offset_ += header.length;
  end_.position += header.length;
  end_.crc = header.crc;
}

bool JournalWriter::is_pending_since(MonoTime moment) const noexcept {
  return mark_.seen <= moment && link_.durable.load(std::memory_order_acquire) < mark_.position;
}

bool JournalWriter::has_room_for_orders() const noexcept {
  if (link_.spare.load(std::memory_order_acquire) != nullptr) return true;
  return bytes_.size() - offset_ > bytes_.size() / kReserveShare;
}

}  // namespace portcullis::journal
