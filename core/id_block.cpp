#include "core/id_block.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>

#include "core/cl_ord_id.hpp"
#include "core/durable_file.hpp"
#include "core/errno_text.hpp"
#include "core/mutant.hpp"

namespace portcullis {

namespace {

constexpr std::uint64_t kEpochMax = (std::uint64_t{1} << (64 - kSequenceBits)) - 1;
constexpr std::uint64_t kSequenceEnd = std::uint64_t{1} << kSequenceBits;
constexpr std::size_t kFileMax = 256;

struct Reservation {
  std::uint64_t epoch;
  std::uint64_t end;
};

bool take_text(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool take_number(std::string_view& text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

std::optional<Reservation> parse(std::string_view content) {
  Reservation found{};
  std::string_view rest = content;
  if (!take_text(rest, "portcullis-order-ids 1 epoch=") || !take_number(rest, found.epoch) ||
      !take_text(rest, " reserved_end=") || !take_number(rest, found.end)) {
    return std::nullopt;
  }
  const std::string_view covered = content.substr(0, content.size() - rest.size());
  if (rest != " crc32=" + crc32_hex(covered) + "\n") return std::nullopt;
  if (found.epoch == 0 || found.epoch > kEpochMax || found.end > kSequenceEnd) return std::nullopt;
  return found;
}

std::uint64_t first_epoch(WallTime now) {
  using std::chrono::minutes;
  constexpr WallTime kStart = wall_time(1'704'067'200'000'000'000);  // 2024-01-01T00:00:00Z
  const std::int64_t since = std::chrono::duration_cast<minutes>(now - kStart).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(since, 1));
}

std::expected<UniqueFd, std::string> take_lock(const std::string& path) {
  const std::string lock_path = path + ".lock";
  UniqueFd lock{::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)};
  if (!lock) {
    return std::unexpected{lock_path + ": open: " + errno_text(errno) +
                           "; the state directory must exist and be writable"};
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return std::unexpected{
        lock_path +
        ": another process holds the order ids; stop that gateway first, or give "
        "this one its own state directory and gateway id"};
  }
  return lock;
}

std::expected<Reservation, std::string> read_reservation(const std::string& path, WallTime now) {
  const auto content = read_small_file(path, kFileMax);
  if (!content && content.error() == ReadFailure::kMissing) {
    return Reservation{.epoch = first_epoch(now) - 1, .end = 1};
  }
  const auto found = content ? parse(*content) : std::nullopt;
  if (!found) {
    return std::unexpected{
        path +
        ": the order id file is damaged or unreadable; restore it from a backup, "
        "or move it away (ids then start at a new epoch taken from the clock)"};
  }
  return *found;
}

}  // namespace

IdBlock::IdBlock(std::string path, UniqueFd lock, std::uint64_t epoch, std::uint64_t first) noexcept
    : path_{std::move(path)},
      lock_{std::move(lock)},
      epoch_{epoch},
      reserved_end_{first},
      next_{first} {
}

// Said, not left to the closing: a child that somebody has just forked has the descriptor too.
IdBlock::~IdBlock() {
  ::flock(lock_.get(), LOCK_UN);
}

std::expected<std::unique_ptr<IdBlock>, std::string> IdBlock::open(const std::string& path,
                                                                   WallTime now) {
  auto lock = take_lock(path);
  if (!lock) return std::unexpected{lock.error()};
  const auto last = read_reservation(path, now);
  if (!last) return std::unexpected{last.error()};
  if (last->epoch >= kEpochMax) {
    return std::unexpected{path + ": all " + std::to_string(kEpochMax) +
                           " epochs are used; give the gateway a new gateway id and a new file"};
  }
  const std::uint64_t epoch =
      is_planted(Mutant::kEpochStays) && last->end > 1 ? last->epoch : last->epoch + 1;
  std::unique_ptr<IdBlock> block{new IdBlock{path, std::move(*lock), epoch, last->end}};
  const auto reserved = block->reserve(last->end + kBlockSize);
  if (!reserved) return std::unexpected{reserved.error()};
  return block;
}

std::optional<OrderId> IdBlock::next() noexcept {
  const std::uint64_t sequence = next_.load(std::memory_order_relaxed);
  if (sequence >= reserved_end_.load(std::memory_order_acquire)) return std::nullopt;
  next_.store(sequence + 1, std::memory_order_release);
  return make_order_id(epoch_, sequence);
}

std::expected<bool, std::string> IdBlock::refill() {
  if (remaining() > kBlockSize / 2) return false;
  const auto reserved = reserve(reserved_end_.load(std::memory_order_relaxed) + kBlockSize);
  if (!reserved) return std::unexpected{reserved.error()};
  return true;
}

std::expected<void, std::string> IdBlock::reserve(std::uint64_t end) {
  if (end > kSequenceEnd) {
    return std::unexpected{path_ + ": no sequence numbers are left; give the gateway a new " +
                           "gateway id and a new file"};
  }
  std::string content = "portcullis-order-ids 1 epoch=" + std::to_string(epoch_) +
                        " reserved_end=" + std::to_string(end);
  content += " crc32=" + crc32_hex(content) + "\n";
  auto written = replace_file_durably(path_, content);
  if (!written) return written;
  reserved_end_.store(end, std::memory_order_release);
  return {};
}

}  // namespace portcullis
