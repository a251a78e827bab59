#include "sim/net/byte_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>

namespace portcullis::sim {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::size_t kReadBytes = 64u << 10;
constexpr int kReadsPerTurn = 4;  // then the other connections have their turn
// For what is unsent when a connection is closed, and for the peer to close its half.
constexpr std::chrono::milliseconds kLinger{2'000};
constexpr std::size_t kLingerBytesMax = 1u << 20;
constexpr std::size_t kUnsentKept = 256u << 10;

// One pair for all connections of a thread: ten thousand idle ones must not cost 128 kB each.
struct Scratch {
  std::array<char, kReadBytes> wire;
  std::array<char, kReadBytes> opened;
};
Scratch& scratch() {
  thread_local Scratch buffers;
  return buffers;
}

// A pace of so many bytes an interval.
struct Pace {
  std::size_t bytes;
  std::chrono::microseconds interval;
  std::size_t left;
};

}  // namespace

struct ByteStream::Impl : std::enable_shared_from_this<Impl> {
  enum class State : std::uint8_t { kOpen, kClosing, kLingering, kClosed };

  // Only misbehaving lines carry this.
  struct Faults {
    bool is_deaf{false};     // for good, or for a given time
    bool is_resting{false};  // between two portions of the read pace
    bool is_silent{false};
    bool is_refill_due{false};
    std::optional<Pace> read_pace;
    std::optional<Pace> write_pace;
    std::optional<std::size_t> hold_bytes;
    std::string held;
    std::optional<std::size_t> bytes_to_end;
    std::optional<std::size_t> bytes_to_hear;
    WireFaultKind end_kind{WireFaultKind::kEnd};
  };

  Impl(EventLoop& loop_in, int socket, const TlsContext* tls_context,
       std::shared_ptr<WireFaultCounts> counts)
      : loop{loop_in},
        fd{socket},
        fault_counts{std::move(counts)} {
    descriptor.emplace(loop_in.native(), socket);
    if (tls_context != nullptr) tls.emplace(*tls_context);
  }

  void wait_readable();
  void on_readable();
  void read_turn();
  void deliver(std::span<char> bytes);
  void deliver_sealed(std::span<char> bytes);
  void tell(std::span<char> bytes);
  void tell_to_the_last(std::span<char> bytes);
  void tell_end(End end);

  void write(std::string_view bytes);
  void put(std::string_view bytes);
  void flush();
  bool send_some(std::string_view& bytes);
  void wait_writable();
  void on_progress();

  void close(Farewell how);
  void close_when_drained(Farewell how);
  void say_farewell();
  void close_now(bool with_reset);

  Faults& faulty();
  template <class Task>
  void later(std::chrono::microseconds delay, Task task);
  [[nodiscard]] bool is_deaf() const noexcept;
  void stop_reading(const WireFault& fault);
  void slow_reading(const WireFault& fault);
  void rest();
  void trickle(const WireFault& fault);
  void refill_writes();
  void hold_back(const WireFault& fault);
  void release_held();
  void end_after(const WireFault& fault);

  EventLoop& loop;
  std::optional<asio::posix::stream_descriptor> descriptor;  // until closed
  const int fd;
  std::shared_ptr<WireFaultCounts> fault_counts;
  std::optional<TlsEngine> tls;
  std::weak_ptr<Owner> owner;
  std::string unsent;
  std::size_t sent{0};  // of `unsent`
  std::size_t lingered{0};
  State state{State::kOpen};
  Farewell farewell{Farewell::kInOrder};
  bool is_end_by_fault{false};
  bool is_paused{true};
  bool is_read_waiting{false};
  bool is_write_waiting{false};
  bool has_peer_ended{false};
  std::unique_ptr<Faults> faults;
};

template <class Task>
void ByteStream::Impl::later(std::chrono::microseconds delay, Task task) {
  loop.after(delay, [weak = weak_from_this(), task] {
    const auto self = weak.lock();
    if (self && self->state != State::kClosed) task(*self);
  });
}

// Reading.

void ByteStream::Impl::wait_readable() {
  const bool wants =
      state == State::kLingering || (state != State::kClosed && !is_paused && !is_deaf());
  if (!wants || is_read_waiting || has_peer_ended) return;
  is_read_waiting = true;
  descriptor->async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const ErrorCode& error) {
                           self->is_read_waiting = false;
                           if (!error) self->on_readable();
                         });
}

void ByteStream::Impl::on_readable() {
  if (state == State::kClosed) return;
  if ((is_paused || is_deaf()) && state != State::kLingering) return;
  read_turn();
  wait_readable();
}

void ByteStream::Impl::read_turn() {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    std::span<char> room{scratch().wire};
    const bool is_paced = faults && faults->read_pace;
    if (is_paced) room = room.first(std::min(room.size(), faults->read_pace->bytes));
    // The analyzer takes scratch()'s first use for a lock, and this for a call that waits.
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection)
    const ssize_t count = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      has_peer_ended = true;
      if (state == State::kLingering) return close_now(false);
      return tell_end(count == 0 ? End::kHalfClosed : End::kBroken);
    }
    deliver(room.first(static_cast<std::size_t>(count)));
    if (is_paced) return rest();
    const bool is_all = static_cast<std::size_t>(count) < room.size();
    if (is_all || state == State::kClosed || is_paused) return;
  }
}

void ByteStream::Impl::deliver(std::span<char> bytes) {
  if (state == State::kLingering) {
    lingered += bytes.size();
    if (lingered > kLingerBytesMax) close_now(false);
    return;
  }
  if (tls) return deliver_sealed(bytes);
  tell(bytes);
}

void ByteStream::Impl::deliver_sealed(std::span<char> bytes) {
  tls->feed({bytes.data(), bytes.size()});
  TlsEngine::Opened opened{};
  do {
    opened = tls->open(scratch().opened, unsent);
    // What the handshake, or an alert, wants to say goes first: the owner shall not find the line
    // blocked by it.
    flush();
    if (opened.count > 0) tell(std::span{scratch().opened}.first(opened.count));
  } while (opened.count > 0 && state != State::kClosed);
  tls->feed({});
  if (state == State::kClosed) return;
  if (opened.status == TlsEngine::Status::kMore) return;
  has_peer_ended = true;
  tell_end(opened.status == TlsEngine::Status::kClosed ? End::kHalfClosed : End::kBroken);
}

void ByteStream::Impl::tell(std::span<char> bytes) {
  if (state != State::kOpen) return;
  if (faults && faults->bytes_to_hear) return tell_to_the_last(bytes);
  if (const auto told = owner.lock()) told->on_bytes(bytes);
}

void ByteStream::Impl::tell_to_the_last(std::span<char> bytes) {
  std::size_t& left = *faults->bytes_to_hear;
  const bool is_last = bytes.size() >= left;
  bytes = bytes.first(std::min(bytes.size(), left));
  left -= bytes.size();
  // What these bytes ask for is done, and nobody hears of it.
  if (is_last) faults->is_silent = true;
  const auto told = owner.lock();
  if (told && !bytes.empty()) told->on_bytes(bytes);
  if (!is_last) return;
  fault_counts->add(WireFaultKind::kEndOfHearing);
  if (state != State::kOpen) return close_now(false);
  is_end_by_fault = true;
  unsent.clear();
  sent = 0;
  close_when_drained(Farewell::kWithoutNotify);
}

void ByteStream::Impl::tell_end(End end) {
  if (const auto told = owner.lock()) told->on_end(end);
}

// Writing.

void ByteStream::Impl::write(std::string_view bytes) {
  if (state != State::kOpen) return;
  if (faults && faults->is_silent) return;
  if (!faults || !faults->hold_bytes) return put(bytes);
  faults->held += bytes;
  if (faults->held.size() >= *faults->hold_bytes) release_held();
}

void ByteStream::Impl::put(std::string_view bytes) {
  bool is_last = false;
  if (faults && faults->bytes_to_end) {
    is_last = bytes.size() >= *faults->bytes_to_end;
    bytes = bytes.substr(0, *faults->bytes_to_end);
    *faults->bytes_to_end -= bytes.size();
  }
  if (tls) {
    // A session that cannot send has failed: its end is told from where bytes come in.
    (void)tls->seal(bytes, unsent);
  } else {
    const bool is_direct = unsent.empty() && !(faults && faults->write_pace);
    if (is_direct && !send_some(bytes)) return;
    unsent += bytes;
  }
  if (!unsent.empty()) flush();
  if (!is_last || state == State::kClosed) return;
  fault_counts->add(faults->end_kind);
  is_end_by_fault = true;
  close_when_drained(faults->end_kind == WireFaultKind::kEnd     ? Farewell::kInOrder
                     : faults->end_kind == WireFaultKind::kReset ? Farewell::kReset
                                                                 : Farewell::kWithoutNotify);
}

// What the kernel takes leaves the front of `bytes`. False: the line is broken.
bool ByteStream::Impl::send_some(std::string_view& bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    const int cause = count < 0 ? errno : EPIPE;  // zero is no answer to bytes
    if (cause == EINTR) continue;
    if (cause == EAGAIN) return true;
    unsent.clear();
    sent = 0;
    // Not from inside the owner's own call.
    loop.post([self = shared_from_this()] { self->tell_end(End::kBroken); });
    close_now(false);
    return false;
  }
  return true;
}

void ByteStream::Impl::flush() {
  if (state == State::kClosed || is_write_waiting) return;
  while (sent < unsent.size()) {
    std::string_view rest = std::string_view{unsent}.substr(sent);
    if (faults && faults->write_pace) {
      const Pace& pace = *faults->write_pace;
      if (pace.left == 0) return refill_writes();
      rest = rest.substr(0, pace.left);
    }
    const std::size_t wanted = rest.size();
    if (!send_some(rest)) return;
    const std::size_t taken = wanted - rest.size();
    sent += taken;
    if (faults && faults->write_pace) faults->write_pace->left -= taken;
    if (!rest.empty()) return wait_writable();
  }
  // A big reply shall not cost its size for as long as the connection lives.
  if (unsent.capacity() > kUnsentKept) unsent = {};
  unsent.clear();
  sent = 0;
  if (state == State::kClosing) say_farewell();
}

void ByteStream::Impl::wait_writable() {
  is_write_waiting = true;
  descriptor->async_wait(asio::posix::stream_descriptor::wait_write,
                         [self = shared_from_this()](const ErrorCode& error) {
                           self->is_write_waiting = false;
                           if (!error) self->on_progress();
                         });
}

void ByteStream::Impl::on_progress() {
  flush();
  if (!unsent.empty() || state != State::kOpen) return;
  if (const auto told = owner.lock()) told->on_drained();
}

// Ends.

void ByteStream::Impl::close(Farewell how) {
  if (state != State::kOpen) return;
  owner.reset();
  if (how == Farewell::kInOrder && faults && faults->is_silent) {
    // Silence has no farewell either: the line stays until the peer gives up.
    state = State::kLingering;
    return wait_readable();
  }
  if (how == Farewell::kInOrder) {
    if (faults && !faults->held.empty()) release_held();
    return close_when_drained(how);
  }
  if (how == Farewell::kReset) return close_now(true);
  unsent.clear();
  sent = 0;
  close_when_drained(how);
}

void ByteStream::Impl::close_when_drained(Farewell how) {
  if (state != State::kOpen) return;
  state = State::kClosing;
  farewell = how;
  later(kLinger, [](Impl& self) { self.close_now(false); });
  if (unsent.empty()) say_farewell();
}

void ByteStream::Impl::say_farewell() {
  if (farewell == Farewell::kInOrder && tls) {
    // The engine says it once, so that the flush, when it is done, comes past here.
    tls->say_close(unsent);
    if (!unsent.empty()) return flush();
  }
  if (is_end_by_fault) {
    loop.post([self = shared_from_this()] { self->tell_end(End::kBroken); });
  }
  if (farewell == Farewell::kReset) return close_now(true);
  ::shutdown(fd, SHUT_WR);
  state = State::kLingering;
  if (has_peer_ended) return close_now(false);
  // Closing with bytes unread would be a reset.
  wait_readable();
}

void ByteStream::Impl::close_now(bool with_reset) {
  if (state == State::kClosed) return;
  state = State::kClosed;
  if (with_reset) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  // Nothing of the loop is held any more: who still holds this may outlive it.
  descriptor.reset();
}

// Faults.

ByteStream::Impl::Faults& ByteStream::Impl::faulty() {
  if (faults == nullptr) faults = std::make_unique<Faults>();
  return *faults;
}

bool ByteStream::Impl::is_deaf() const noexcept {
  return faults != nullptr && (faults->is_deaf || faults->is_resting);
}

void ByteStream::Impl::stop_reading(const WireFault& fault) {
  faulty().is_deaf = true;
  if (fault.lasts.count() == 0) return;
  later(fault.lasts, [](Impl& self) {
    self.faults->is_deaf = false;
    self.wait_readable();
  });
}

void ByteStream::Impl::slow_reading(const WireFault& fault) {
  faulty().read_pace = Pace{std::max<std::size_t>(fault.bytes, 1), fault.interval, 0};
  if (fault.lasts.count() == 0) return;
  later(fault.lasts, [](Impl& self) { self.faults->read_pace.reset(); });
}

void ByteStream::Impl::rest() {
  faults->is_resting = true;
  later(faults->read_pace->interval, [](Impl& self) {
    self.faults->is_resting = false;
    self.wait_readable();
  });
}

void ByteStream::Impl::trickle(const WireFault& fault) {
  const std::size_t portion = std::max<std::size_t>(fault.bytes, 1);
  faulty().write_pace = Pace{portion, fault.interval, portion};
  if (fault.lasts.count() == 0) return;
  later(fault.lasts, [](Impl& self) {
    self.faults->write_pace.reset();
    self.on_progress();
  });
}

void ByteStream::Impl::refill_writes() {
  if (std::exchange(faults->is_refill_due, true)) return;
  later(faults->write_pace->interval, [](Impl& self) {
    self.faults->is_refill_due = false;
    if (auto& pace = self.faults->write_pace) pace->left = pace->bytes;
    self.on_progress();
  });
}

void ByteStream::Impl::hold_back(const WireFault& fault) {
  faulty().hold_bytes = fault.bytes;
  if (fault.lasts.count() == 0) return;
  later(fault.lasts, [](Impl& self) {
    if (self.faults->hold_bytes) self.release_held();
  });
}

void ByteStream::Impl::release_held() {
  faults->hold_bytes.reset();
  const std::string held = std::exchange(faults->held, {});
  if (!held.empty()) put(held);
}

void ByteStream::Impl::end_after(const WireFault& fault) {
  faulty().bytes_to_end = fault.bytes;
  faults->end_kind = fault.kind;
}

// The handle.

ByteStream::ByteStream(EventLoop& loop, int socket, const TlsContext* tls,
                       std::shared_ptr<WireFaultCounts> fault_counts)
    : impl_{std::make_shared<Impl>(loop, socket, tls, std::move(fault_counts))} {
}

ByteStream::~ByteStream() {
  if (impl_ != nullptr && impl_->state == Impl::State::kOpen) impl_->close_now(false);
}

void ByteStream::set_owner(std::weak_ptr<Owner> owner) {
  impl_->owner = std::move(owner);
  if (impl_->is_paused) resume();
}

void ByteStream::pause() {
  impl_->is_paused = true;
}

void ByteStream::resume() {
  impl_->is_paused = false;
  impl_->wait_readable();
}

void ByteStream::write(std::string_view bytes) {
  impl_->write(bytes);
}

bool ByteStream::is_blocked() const noexcept {
  return !impl_->unsent.empty();
}

void ByteStream::close(Farewell farewell) {
  impl_->close(farewell);
}

bool ByteStream::inject(const WireFault& fault) {
  Impl& line = *impl_;
  switch (fault.kind) {
    case WireFaultKind::kStopReading: line.stop_reading(fault); break;
    case WireFaultKind::kSlowReading: line.slow_reading(fault); break;
    case WireFaultKind::kTrickle: line.trickle(fault); break;
    case WireFaultKind::kHoldBack: line.hold_back(fault); break;
    case WireFaultKind::kSilence: line.faulty().is_silent = true; break;
    case WireFaultKind::kEnd:
    case WireFaultKind::kEndWithoutNotify:
    case WireFaultKind::kReset: line.end_after(fault); return true;  // counted when it comes
    case WireFaultKind::kEndOfHearing: line.faulty().bytes_to_hear = fault.bytes; return true;
    case WireFaultKind::kFragment:
    case WireFaultKind::kBadOpcode:
    case WireFaultKind::kReservedBits:
    case WireFaultKind::kWrongLength:
    case WireFaultKind::kMasked:
    case WireFaultKind::kBadUtf8:
    case WireFaultKind::kOversized: return false;
  }
  line.fault_counts->add(fault.kind);
  return true;
}

}  // namespace portcullis::sim
