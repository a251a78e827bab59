#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "core/journal/journal_link.hpp"
#include "core/journal/layout.hpp"
#include "core/time.hpp"

namespace portcullis::journal {

// Where the stream goes on: behind the last good record.
struct JournalEnd {
  std::uint64_t position{0};
  std::uint64_t sequence{0};  // of the last record
  std::uint32_t crc{0};       // of the last record
};

// Appends to the journal: a copy into memory and a CRC. Trading thread only. No system call,
// no lock, no allocation; what the disk does is the keeper's (journal_keeper.hpp).
class JournalWriter {
 public:
  // A segment's last part is kept for what may never be refused: cancels, reports, the kill.
  static constexpr std::size_t kReserveShare = 4;

  // `first` is empty and already what the link calls active; both outlive the writer.
  JournalWriter(JournalLink& link, Segment& first, std::uint64_t number, const JournalEnd& end,
                const Seal& sealed, const Now& now) noexcept;

  // `payload` is a multiple of 8 bytes, at most kPayloadMax. False when no room is left, with
  // nothing written: an order must not leave then.
  [[nodiscard]] bool append(std::uint16_t type, std::uint8_t version,
                            std::span<const std::byte> payload, const Now& now) noexcept;
  // Once a turn. Writes the keeper's latest seal into the stream; true when there was a new one.
  bool embed_seal(const Now& now) noexcept;

  // Room for an order and for all that may follow it.
  [[nodiscard]] bool has_room_for_orders() const noexcept;
  // Something that was written in a turn at `moment` or before is not on the disk yet.
  [[nodiscard]] bool is_pending_since(MonoTime moment) const noexcept;

  // Behind the last record: durable once JournalLink::durable has reached it.
  [[nodiscard]] std::uint64_t position() const noexcept { return end_.position; }
  [[nodiscard]] const JournalEnd& end() const noexcept { return end_; }
  // Records that found no room.
  [[nodiscard]] std::uint64_t lost_count() const noexcept { return lost_count_; }

 private:
  // What was pending when the mark before had reached the disk, and when that was seen.
  struct Mark {
    std::uint64_t position{0};
    MonoTime seen{};
  };

  void note_progress(MonoTime now) noexcept;
  void begin_segment(Segment& segment, const Now& now) noexcept;
  [[nodiscard]] bool make_room(std::size_t length, const Now& now) noexcept;
  void write(std::uint16_t type, std::uint8_t version, std::span<const std::byte> payload,
             const Now& now) noexcept;

  JournalLink& link_;
  std::span<std::byte> bytes_;
  std::size_t offset_{0};  // in bytes_, of the next record
  std::uint64_t number_;   // of the segment
  JournalEnd end_;
  Seal sealed_;
  Mark mark_;
  std::uint64_t lost_count_{0};
};

}  // namespace portcullis::journal
