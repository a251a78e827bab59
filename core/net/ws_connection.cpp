#include "core/net/ws_connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "core/net/frame_scanner.hpp"
#include "core/net/transport.hpp"
#include "core/no_alloc.hpp"

// How Beast is kept from waiting. A Beast stream that is told "would block" in the middle of
// anything counts as failed, and after a control frame it always goes on to read the next header.
// So Beast is only ever shown whole things: scan_frame() finds where a message ends, and Beast is
// called once all its frames are here. A control frame is shown at once, alone, followed by an
// empty message of our making that gives Beast's read something to return with; that is sound
// because Beast, being shown whole messages only, is always between two of them. Beast does the
// rest: validation, masking, pongs, the closing handshake, UTF-8.

namespace portcullis::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

constexpr std::size_t kPayloadSlackBytes = 64;
constexpr std::size_t kFrameHeaderBytesMax = 14;
constexpr std::size_t kControlFrameBytesMax = kFrameHeaderBytesMax + 125;
constexpr std::size_t kUpgradeAnswerBytesMax = 64u << 10;
// Pongs wait here while the kernel has no room; more of them than this is a peer gone mad.
constexpr std::size_t kPendingControlBytesMax = 8u << 10;
constexpr std::array<char, 2> kEmptyMessage{'\x82', '\x00'};  // binary, last, no payload
// Bounds one try_read: frames looked at before the caller gets its turn back.
constexpr int kFramesPerTurn = 256;

// What Beast believes to be its socket. It reads from a window that was filled beforehand and
// writes into an outbox that is sent afterwards; only during the upgrade does it wait.
class FrameStream {
 public:
  using executor_type = asio::io_context::executor_type;

  FrameStream(asio::io_context& context, std::unique_ptr<ByteStream> transport,
              std::size_t receive_bytes)
      : context_{&context},
        transport_{std::move(transport)},
        inbox_{receive_bytes},
        outbox_{std::make_unique<char[]>(kOutboxBytes)} {}

  [[nodiscard]] executor_type get_executor() const noexcept { return context_->get_executor(); }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, beast::error_code& error) {
    error = {};
    if (upgrade_deadline_ != nullptr) await_answer(error);
    if (!error && window_.empty()) error = asio::error::would_block;
    if (error) return 0;
    const std::size_t count =
        asio::buffer_copy(buffers, asio::buffer(window_.data(), window_.size()));
    window_.remove_prefix(count);
    if (upgrade_deadline_ != nullptr) {
      inbox_.consume(count);
      head_left_ -= std::min(head_left_, count);
    }
    return count;
  }

  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, beast::error_code& error) {
    const std::size_t count = asio::buffer_size(buffers);
    if (kOutboxBytes - outbox_size_ < count) {
      error = asio::error::no_buffer_space;
      return 0;
    }
    error = {};
    asio::buffer_copy(asio::buffer(outbox_.get() + outbox_size_, count), buffers);
    outbox_size_ += count;
    ++writes_;
    return count;
  }

  // Beast asks for these two by its concept and calls neither.
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    beast::error_code error;
    return read_some(buffers, error);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    beast::error_code error;
    return write_some(buffers, error);
  }

  // Beast ends a connection with this call and then frees its masking buffer, on whatever thread
  // the end was found: once a connection, so the allocation guard is lifted until end_teardown().
  friend void teardown(beast::role_type, FrameStream& stream, beast::error_code& error) {
    stream.freeing_.emplace();
    error = {};
  }
  void end_teardown() noexcept { freeing_.reset(); }

  void show(std::string_view window) noexcept { window_ = window; }
  ReceiveBuffer& inbox() noexcept { return inbox_; }
  ByteStream& transport() noexcept { return *transport_; }
  [[nodiscard]] std::string_view outbox() const noexcept { return {outbox_.get(), outbox_size_}; }
  void cut_outbox(std::size_t size) noexcept { outbox_size_ = size; }
  [[nodiscard]] std::uint64_t writes() const noexcept { return writes_; }

  void begin_upgrade(const Deadline& deadline) noexcept { upgrade_deadline_ = &deadline; }
  void end_upgrade() noexcept { upgrade_deadline_ = nullptr; }
  [[nodiscard]] const std::string& upgrade_error() const noexcept { return upgrade_error_; }

 private:
  static constexpr std::size_t kOutboxBytes =
      WsConnection::kTextBytesMax + kFrameHeaderBytesMax + kPendingControlBytesMax;
  static constexpr std::size_t kHeadUnknown = std::string_view::npos;

  // Shows the answer's head and no byte more: what follows a 101 is frames, and those are for
  // scan_frame() to find. What follows any other head is a body, which Beast then asks for.
  void await_answer(beast::error_code& error) {
    auto done = transport_->send_all(outbox(), *upgrade_deadline_);
    outbox_size_ = 0;
    while (done && head_left_ == kHeadUnknown) {
      if (const auto end = inbox_.bytes().find("\r\n\r\n"); end != std::string_view::npos) {
        head_left_ = end + 4;
      } else if (inbox_.size() > kUpgradeAnswerBytesMax) {
        done = std::unexpected{std::string{"the answer's head does not end"}};
      } else {
        done = transport_->receive_some(inbox_, *upgrade_deadline_);
      }
    }
    if (done && inbox_.size() == 0) done = transport_->receive_some(inbox_, *upgrade_deadline_);
    if (done) {
      window_ = inbox_.bytes().substr(0, head_left_ == 0 ? std::string_view::npos : head_left_);
      return;
    }
    // A body may end with the connection: then the status is what matters.
    if (head_left_ == 0)
      error = asio::error::eof;
    else
      error = asio::error::connection_aborted;
    upgrade_error_ = done.error();
  }

  asio::io_context* context_;
  std::unique_ptr<ByteStream> transport_;
  ReceiveBuffer inbox_;
  std::string_view window_;
  std::unique_ptr<char[]> outbox_;
  std::size_t outbox_size_{0};
  std::uint64_t writes_{0};
  const Deadline* upgrade_deadline_{nullptr};
  std::size_t head_left_{kHeadUnknown};  // bytes of the upgrade answer's head not yet shown
  std::string upgrade_error_;
  std::optional<AllocAllowedScope> freeing_;
};

using Websocket = websocket::stream<FrameStream, false>;

struct ProtocolError {
  websocket::error error;
  const char* text;
};
// Static texts, since they are wanted where nothing may allocate.
constexpr std::array kProtocolErrors{
    ProtocolError{websocket::error::message_too_big, "protocol error: message over the size limit"},
    ProtocolError{websocket::error::bad_opcode, "protocol error: unknown opcode"},
    ProtocolError{websocket::error::bad_data_frame,
                  "protocol error: a new message inside an unfinished one"},
    ProtocolError{websocket::error::bad_continuation,
                  "protocol error: a continuation of no message"},
    ProtocolError{websocket::error::bad_reserved_bits, "protocol error: reserved bits set"},
    ProtocolError{websocket::error::bad_control_fragment,
                  "protocol error: control frame fragmented"},
    ProtocolError{websocket::error::bad_control_size,
                  "protocol error: control frame over 125 bytes"},
    ProtocolError{websocket::error::bad_masked_frame, "protocol error: masked frame from a server"},
    ProtocolError{websocket::error::bad_size, "protocol error: length not in its shortest form"},
    ProtocolError{websocket::error::bad_frame_payload, "protocol error: text is not UTF-8"},
    ProtocolError{websocket::error::bad_close_code, "protocol error: close code not allowed"},
    ProtocolError{websocket::error::bad_close_size, "protocol error: close frame of one byte"},
    ProtocolError{websocket::error::bad_close_payload, "protocol error: close reason is not UTF-8"},
};

const char* text_of(const beast::error_code& error) noexcept {
  for (const ProtocolError& known : kProtocolErrors) {
    if (error == known.error) return known.text;
  }
  return "protocol error: a frame ended before its time";
}

}  // namespace

struct WsConnection::Impl {
  Impl(std::unique_ptr<ByteStream> transport, const WsLimits& limits);

  std::expected<void, std::string> upgrade(const Endpoint& endpoint, const Deadline& deadline);
  void warm_up() noexcept;

  WsMessage try_read(MonoTime now) noexcept;
  WriteStatus try_write(std::string_view text) noexcept;
  WriteStatus try_ping() noexcept;

  // The next whole message in the inbox; control frames on the way are served.
  WsMessage next_message(MonoTime now) noexcept;
  WsMessage read_message(std::size_t frames_bytes, MonoTime now) noexcept;
  // Shows Beast a wrong header so that it says what is wrong, and closes.
  WsMessage refuse(std::size_t shown_bytes) noexcept;
  void serve_control(const FrameBounds& frame, MonoTime now) noexcept;
  bool is_ping_repeated(const FrameBounds& frame) noexcept;
  // Sends what the outbox holds; `kept` bytes of it were there before the caller's frame.
  WriteStatus send_outbox(std::size_t kept) noexcept;
  void flush_control() noexcept;
  void fail(std::string_view cause) noexcept;
  void fail(const beast::error_code& error) noexcept;

  FrameStream& stream() noexcept { return websocket.next_layer(); }

  // Beast's stream wants an executor; nothing ever runs on it.
  asio::io_context context{1};
  Websocket websocket;
  std::size_t message_bytes_max;
  std::unique_ptr<char[]> message;

  std::size_t scanned_bytes{0};    // of the inbox: fragments seen, whole, of an unfinished message
  std::size_t scanned_payload{0};  // what they carry
  bool is_open{true};
  bool is_pong_seen{false};
  bool has_read{false};
  MonoTime last_received{};
  MonoTime last_pong{};
  std::uint64_t control_frames_sent{0};
  std::array<char, 192> reason{};
  std::size_t reason_size{0};
};

WsConnection::Impl::Impl(std::unique_ptr<ByteStream> transport, const WsLimits& limits)
    : websocket{context, std::move(transport),
                std::max(limits.receive_buffer_bytes,
                         limits.message_bytes_max + 2 * ByteStream::kReceiveBytesMax)},
      message_bytes_max{limits.message_bytes_max},
      message{std::make_unique<char[]>(limits.message_bytes_max + kPayloadSlackBytes)} {
  websocket.read_message_max(message_bytes_max);
  // One masking buffer and one frame for each message, so that one send carries it.
  websocket.auto_fragment(false);
  websocket.write_buffer_bytes(kTextBytesMax);
  websocket.text(true);
  websocket.control_callback([this](websocket::frame_type kind, beast::string_view) {
    if (kind == websocket::frame_type::pong) is_pong_seen = true;
  });
}

std::expected<void, std::string> WsConnection::Impl::upgrade(const Endpoint& endpoint,
                                                             const Deadline& deadline) {
  websocket.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
    request.set(beast::http::field::user_agent, "portcullis");
  }));
  websocket::response_type answer;
  beast::error_code error;
  stream().begin_upgrade(deadline);
  websocket.handshake(answer, host_header(endpoint), endpoint.path, error);
  stream().end_upgrade();
  if (!error) return {};
  std::string text = to_string(endpoint) + ": WebSocket upgrade: ";
  if (error == websocket::error::upgrade_declined) {
    text += "the server answered HTTP " + std::to_string(answer.result_int()) + ' ';
    text += std::string{answer.reason()};
    std::int64_t wait_s = 0;
    if (const auto wait = answer.find(beast::http::field::retry_after); wait != answer.end()) {
      const std::string value{wait->value()};
      text += ", retry after " + value + " s";
      std::from_chars(value.data(), value.data() + value.size(), wait_s);
    }
    if (endpoint.address != nullptr) {
      endpoint.address->note_refusal(endpoint.party, static_cast<int>(answer.result_int()), wait_s,
                                     AddressBudget::cold_now());
    }
    return std::unexpected{text + "; check the path, or wait out a ban"};
  }
  const std::string& cause = stream().upgrade_error();
  return std::unexpected{text + (cause.empty() ? error.message() : cause)};
}

// Beast takes its masking buffer and seeds its random numbers at the first write: made here, and
// thrown away unsent.
void WsConnection::Impl::warm_up() noexcept {
  beast::error_code error;
  websocket.write(asio::buffer("", 0), error);
  stream().cut_outbox(0);
}

WsMessage WsConnection::Impl::try_read(MonoTime now) noexcept {
  if (!is_open) return {.status = WsStatus::kClosed, .payload = {}, .received = now};
  if (!has_read) {
    has_read = true;
    last_received = now;
  }
  // What is here already is handed out before the socket is asked again.
  WsMessage found = next_message(now);
  if (found.status == WsStatus::kNothing) {
    const IoCount got = stream().transport().receive(stream().inbox());
    if (got.kind == IoCount::Kind::kBytes) {
      last_received = now;
      found = next_message(now);
    } else if (got.kind != IoCount::Kind::kWouldBlock) {
      fail(got.cause);
      found.status = WsStatus::kClosed;
    }
  }
  if (is_open) flush_control();
  return found;
}

WsMessage WsConnection::Impl::next_message(MonoTime now) noexcept {
  using Kind = FrameBounds::Kind;
  for (int turn = 0; turn < kFramesPerTurn && is_open; ++turn) {
    const FrameBounds frame = scan_frame(stream().inbox().bytes().substr(scanned_bytes),
                                         message_bytes_max - scanned_payload);
    switch (frame.kind) {
      case Kind::kIncomplete: return {.status = WsStatus::kNothing, .payload = {}, .received = now};
      case Kind::kUnusual: return refuse(scanned_bytes + frame.header_bytes);
      case Kind::kLast: return read_message(scanned_bytes + frame.frame_bytes(), now);
      case Kind::kPing:
      case Kind::kControl: serve_control(frame, now); break;
      case Kind::kPart:
        scanned_bytes += frame.frame_bytes();
        scanned_payload += frame.payload_bytes;
        break;
    }
  }
  return {
      .status = is_open ? WsStatus::kNothing : WsStatus::kClosed, .payload = {}, .received = now};
}

WsMessage WsConnection::Impl::read_message(std::size_t frames_bytes, MonoTime now) noexcept {
  stream().show(stream().inbox().bytes().substr(0, frames_bytes));
  beast::error_code error;
  std::size_t size = 0;
  do {
    // The slack is offered too: Beast wants a buffer even for a last, empty fragment.
    size += websocket.read_some(
        asio::buffer(message.get() + size, message_bytes_max + kPayloadSlackBytes - size), error);
  } while (!error && !websocket.is_message_done());
  if (error) {
    fail(error);
    return {.status = WsStatus::kClosed, .payload = {}, .received = now};
  }
  stream().inbox().consume(frames_bytes);
  scanned_bytes = 0;
  scanned_payload = 0;
  return {.status = WsStatus::kMessage, .payload = {message.get(), size}, .received = now};
}

WsMessage WsConnection::Impl::refuse(std::size_t shown_bytes) noexcept {
  stream().show(stream().inbox().bytes().substr(0, shown_bytes));
  beast::error_code error;
  std::size_t size = 0;
  // What stands before the wrong header fits, or that header would have been refused sooner.
  while (!error) {
    size += websocket.read_some(
        asio::buffer(message.get() + size, message_bytes_max + kPayloadSlackBytes - size), error);
  }
  fail(error);
  return {.status = WsStatus::kClosed, .payload = {}, .received = {}};
}

bool WsConnection::Impl::is_ping_repeated(const FrameBounds& frame) noexcept {
  const std::string_view behind =
      stream().inbox().bytes().substr(scanned_bytes + frame.frame_bytes());
  return scan_frame(behind, 0).kind == FrameBounds::Kind::kPing;
}

void WsConnection::Impl::serve_control(const FrameBounds& frame, MonoTime now) noexcept {
  // Only the newest ping needs a pong (RFC 6455, section 5.5.3), and pongs count against the
  // venue's limit on inbound messages.
  if (frame.kind != FrameBounds::Kind::kPing || !is_ping_repeated(frame)) {
    std::array<char, kControlFrameBytesMax + kEmptyMessage.size()> shown{};
    const std::string_view bytes =
        stream().inbox().bytes().substr(scanned_bytes, frame.frame_bytes());
    std::ranges::copy(bytes, shown.begin());
    std::ranges::copy(kEmptyMessage, shown.begin() + static_cast<std::ptrdiff_t>(bytes.size()));
    stream().show({shown.data(), bytes.size() + kEmptyMessage.size()});
    const std::uint64_t writes_before = stream().writes();
    beast::error_code error;
    static_cast<void>(websocket.read_some(asio::buffer(message.get(), kPayloadSlackBytes), error));
    control_frames_sent += stream().writes() - writes_before;
    stream().show({});
    if (error) return fail(error);
  }
  if (is_pong_seen) {
    is_pong_seen = false;
    last_pong = now;
  }
  stream().inbox().erase(scanned_bytes, frame.frame_bytes());
}

WsConnection::WriteStatus WsConnection::Impl::try_write(std::string_view text) noexcept {
  if (!is_open) return WriteStatus::kClosed;
  if (text.size() > kTextBytesMax) {
    fail("a message of ours is over the limit of 64 KiB; send it in parts");
    return WriteStatus::kClosed;
  }
  const std::size_t kept = stream().outbox().size();
  if (!stream().transport().has_room(kept + kFrameHeaderBytesMax + text.size())) {
    return WriteStatus::kFull;
  }
  beast::error_code error;
  websocket.write(asio::buffer(text.data(), text.size()), error);
  if (error) {
    fail(error);
    return WriteStatus::kClosed;
  }
  return send_outbox(kept);
}

WsConnection::WriteStatus WsConnection::Impl::try_ping() noexcept {
  if (!is_open) return WriteStatus::kClosed;
  const std::size_t kept = stream().outbox().size();
  if (!stream().transport().has_room(kept + kControlFrameBytesMax)) return WriteStatus::kFull;
  beast::error_code error;
  websocket.ping({}, error);
  if (error) {
    fail(error);
    return WriteStatus::kClosed;
  }
  return send_outbox(kept);
}

WsConnection::WriteStatus WsConnection::Impl::send_outbox(std::size_t kept) noexcept {
  switch (stream().transport().send(stream().outbox())) {
    case ByteStream::Sent::kAll: stream().cut_outbox(0); return WriteStatus::kSent;
    case ByteStream::Sent::kNone: stream().cut_outbox(kept); return WriteStatus::kFull;
    case ByteStream::Sent::kPart: fail(stream().transport().cause()); return WriteStatus::kPartial;
    case ByteStream::Sent::kFailed: break;
  }
  fail(stream().transport().cause());
  return WriteStatus::kClosed;
}

void WsConnection::Impl::flush_control() noexcept {
  const std::size_t size = stream().outbox().size();
  if (size == 0) return;
  if (stream().transport().has_room(size)) {
    static_cast<void>(send_outbox(size));
  } else if (size > kPendingControlBytesMax / 2) {
    fail("the peer pings but does not read the pongs");
  }
}

void WsConnection::Impl::fail(std::string_view cause) noexcept {
  is_open = false;
  reason_size = cause.copy(reason.data(), reason.size());
  stream().transport().shut_down();
}

void WsConnection::Impl::fail(const beast::error_code& error) noexcept {
  stream().end_teardown();
  // Beast has put the close frame that answers, or tells the peer what it did wrong, in the outbox.
  if (stream().transport().has_room(stream().outbox().size())) {
    static_cast<void>(stream().transport().send(stream().outbox()));
  }
  stream().cut_outbox(0);
  if (error != websocket::error::closed) return fail(text_of(error));
  const websocket::close_reason& peer = websocket.reason();
  std::array<char, 192> text{};
  constexpr std::string_view kPrefix = "closed by the peer: ";
  char* end = std::ranges::copy(kPrefix, text.begin()).out;
  end = std::to_chars(end, text.end(), static_cast<unsigned>(peer.code)).ptr;
  if (!peer.reason.empty()) {
    *end++ = ' ';
    end = std::ranges::copy(peer.reason, end).out;
  }
  fail(std::string_view{text.data(), static_cast<std::size_t>(end - text.data())});
}

WsConnection::WsConnection(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}

std::expected<std::unique_ptr<WsConnection>, std::string> WsConnection::connect(
    const Endpoint& endpoint, const WsLimits& limits, const std::atomic<bool>* abandon) {
  if (auto barred = check_may_connect(endpoint); !barred) return std::unexpected{barred.error()};
  if (endpoint.address != nullptr &&
      !endpoint.address->try_take_connection(endpoint.party, AddressBudget::cold_now())) {
    return std::unexpected{to_string(endpoint) +
                           ": not connected: as many connections as the venue allows have been "
                           "tried lately; it is tried again later"};
  }
  const Deadline deadline{limits.connect_timeout, abandon};
  auto transport = Transport::connect(endpoint, deadline);
  if (!transport) return std::unexpected{std::move(transport.error())};
  return upgrade(std::move(*transport), endpoint, limits, deadline);
}

std::expected<std::unique_ptr<WsConnection>, std::string> WsConnection::upgrade(
    std::unique_ptr<ByteStream> stream, const Endpoint& endpoint, const WsLimits& limits,
    const Deadline& deadline) {
  auto impl = std::make_unique<Impl>(std::move(stream), limits);
  auto upgraded = impl->upgrade(endpoint, deadline);
  if (!upgraded) return std::unexpected{std::move(upgraded.error())};
  impl->warm_up();
  return std::unique_ptr<WsConnection>{new WsConnection{std::move(impl)}};
}

WsConnection::~WsConnection() {
  if (!impl_->is_open) return;
  // Beast writes the close frame and then asks for the answer; it is shown none and stops there.
  impl_->stream().show({});
  beast::error_code error;
  impl_->websocket.close(websocket::close_code::normal, error);
  if (impl_->stream().transport().has_room(impl_->stream().outbox().size())) {
    static_cast<void>(impl_->stream().transport().send(impl_->stream().outbox()));
  }
}

WsMessage WsConnection::try_read(MonoTime now) noexcept {
  return impl_->try_read(now);
}

WsConnection::WriteStatus WsConnection::try_write(std::string_view text) noexcept {
  return impl_->try_write(text);
}

WsConnection::WriteStatus WsConnection::try_ping() noexcept {
  return impl_->try_ping();
}

bool WsConnection::is_open() const noexcept {
  return impl_->is_open;
}

MonoTime WsConnection::last_received() const noexcept {
  return impl_->last_received;
}

MonoTime WsConnection::last_pong() const noexcept {
  return impl_->last_pong;
}

std::uint64_t WsConnection::control_frames_sent() const noexcept {
  return impl_->control_frames_sent;
}

std::string_view WsConnection::close_reason() const noexcept {
  return {impl_->reason.data(), impl_->reason_size};
}

}  // namespace portcullis::net
