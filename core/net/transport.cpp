#include "core/net/transport.hpp"

#include <utility>

namespace portcullis::net {

static_assert(ByteStream::kReceiveBytesMax >= TlsSession::kSealedInBytes + (20u << 10));

namespace {

std::unexpected<std::string> over(const Deadline& deadline, std::string_view waiting_for) {
  std::string text =
      deadline.is_abandoned() ? "called off while waiting for " : "timed out waiting for ";
  return std::unexpected{text.append(waiting_for)};
}

std::unexpected<std::string> failed_step(const Endpoint& endpoint, std::string_view step,
                                         const std::string& cause) {
  std::string text = to_string(endpoint);
  return std::unexpected{text.append(": ").append(step).append(": ").append(cause)};
}

}  // namespace

std::expected<std::unique_ptr<Transport>, std::string> Transport::connect(
    const Endpoint& endpoint, const Deadline& deadline) {
  std::unique_ptr<TlsSession> tls;
  if (endpoint.is_tls) {
    auto made = TlsSession::create(endpoint);
    if (!made) return failed_step(endpoint, "TLS set-up", made.error());
    tls = std::move(*made);
  }
  auto socket = TcpSocket::connect(endpoint, deadline);
  if (!socket) return failed_step(endpoint, "TCP connect", socket.error());
  std::unique_ptr<Transport> transport{new Transport{std::move(*socket), std::move(tls)}};
  if (transport->tls_ != nullptr) {
    const auto shaken = transport->shake_hands(deadline);
    if (!shaken) return failed_step(endpoint, "TLS handshake", shaken.error());
  }
  return transport;
}

Transport::~Transport() {
  if (is_shut_) return;
  if (tls_ != nullptr && tls_->sealed_out().empty()) {
    tls_->seal_goodbye();
    static_cast<void>(socket_.send(tls_->sealed_out()));
  }
  socket_.shut_down();
}

std::expected<void, std::string> Transport::shake_hands(const Deadline& deadline) {
  for (;;) {
    const TlsSession::Handshake step = tls_->shake_hands();
    // On a failure this carries the alert that tells the peer why.
    const auto flushed = flush_sealed(deadline);
    if (step == TlsSession::Handshake::kFailed) {
      is_shut_ = true;
      return std::unexpected{tls_->handshake_error()};
    }
    if (!flushed) return flushed;
    if (step == TlsSession::Handshake::kDone) return {};
    if (!socket_.wait_readable(deadline)) return over(deadline, "the peer's handshake");
    const IoCount got = socket_.receive(tls_->sealed_in_space());
    if (got.kind == IoCount::Kind::kBytes) tls_->commit_sealed_in(got.count);
    if (got.kind == IoCount::Kind::kEnd || got.kind == IoCount::Kind::kFailed) {
      is_shut_ = true;
      return std::unexpected{std::string{got.cause} +
                             " in the middle of it; the peer must speak TLS 1.2 or later here"};
    }
  }
}

IoCount Transport::receive(ReceiveBuffer& into) noexcept {
  if (tls_ != nullptr) return receive_sealed(into);
  const std::span<char> space = into.prepare(kReceiveBytesMax);
  if (space.empty()) return {IoCount::Kind::kFailed, 0, "the receive buffer is full"};
  const IoCount got = socket_.receive(space);
  if (got.kind == IoCount::Kind::kBytes) into.commit(got.count);
  return got;
}

IoCount Transport::receive_sealed(ReceiveBuffer& into) noexcept {
  if (ended_.kind != IoCount::Kind::kWouldBlock) return ended_;
  if (into.capacity() - into.size() < kReceiveBytesMax) {
    return {IoCount::Kind::kFailed, 0, "the receive buffer is full"};
  }
  const IoCount got = socket_.receive(tls_->sealed_in_space());
  if (got.kind != IoCount::Kind::kBytes) return got;
  tls_->commit_sealed_in(got.count);
  const IoCount opened = open_records(into);
  // A key update is answered by OpenSSL within open(): what it sealed must not wait for our next
  // message. If the kernel has no room now, that message takes it along.
  if (!tls_->sealed_out().empty()) {
    const IoCount sent = socket_.send(tls_->sealed_out());
    if (sent.kind == IoCount::Kind::kBytes) tls_->consume_sealed_out(sent.count);
  }
  return opened;
}

IoCount Transport::open_records(ReceiveBuffer& into) noexcept {
  std::size_t total = 0;
  for (;;) {
    // Opened records are never longer than their sealed form, so kReceiveBytesMax of room holds
    // everything one receive can bring.
    const std::span<char> space = into.prepare(kReceiveBytesMax);
    const TlsSession::OpenResult opened = tls_->open(space);
    if (opened.status == TlsSession::Opened::kBytes) {
      into.commit(opened.count);
      total += opened.count;
      continue;
    }
    if (opened.status != TlsSession::Opened::kNeedsBytes) {
      const bool is_end = opened.status == TlsSession::Opened::kEnd;
      ended_ = {is_end ? IoCount::Kind::kEnd : IoCount::Kind::kFailed, 0, opened.cause};
    }
    return total > 0 ? IoCount{IoCount::Kind::kBytes, total, ""} : ended_;
  }
}

Transport::Sent Transport::send(std::string_view bytes) noexcept {
  if (tls_ != nullptr) return send_sealed(bytes);
  const IoCount sent = socket_.send(bytes);
  if (sent.kind == IoCount::Kind::kWouldBlock) return Sent::kNone;
  if (sent.kind != IoCount::Kind::kBytes) {
    cause_ = sent.cause;
    return Sent::kFailed;
  }
  if (sent.count == bytes.size()) return Sent::kAll;
  cause_ = "the kernel took only a part of a message";
  return Sent::kPart;
}

Transport::Sent Transport::send_sealed(std::string_view bytes) noexcept {
  if (!tls_->seal(bytes)) {
    cause_ = "TLS could not seal a message";
    return Sent::kFailed;
  }
  const std::string_view sealed = tls_->sealed_out();
  const IoCount sent = socket_.send(sealed);
  if (sent.kind == IoCount::Kind::kBytes && sent.count == sealed.size()) {
    tls_->consume_sealed_out(sent.count);
    return Sent::kAll;
  }
  is_shut_ = true;  // a goodbye would come out of order
  if (sent.kind == IoCount::Kind::kBytes) {
    cause_ = "the kernel took only a part of a sealed message";
    return Sent::kPart;
  }
  cause_ = sent.kind == IoCount::Kind::kWouldBlock
               ? "the kernel's send buffer was full against its own word"
               : sent.cause;
  return Sent::kFailed;
}

std::expected<void, std::string> Transport::receive_some(ReceiveBuffer& into,
                                                         const Deadline& deadline) {
  for (;;) {
    // A record may already be here, whole, behind the handshake.
    if (tls_ != nullptr) {
      const IoCount opened = open_records(into);
      if (opened.kind == IoCount::Kind::kBytes) return {};
    }
    if (!socket_.wait_readable(deadline)) return over(deadline, "the peer's answer");
    const IoCount got = receive(into);
    if (got.kind == IoCount::Kind::kBytes) return {};
    if (got.kind != IoCount::Kind::kWouldBlock) return std::unexpected{std::string{got.cause}};
  }
}

std::expected<void, std::string> Transport::send_all(std::string_view bytes,
                                                     const Deadline& deadline) {
  if (tls_ == nullptr) return send_raw(bytes, deadline);
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, TlsSession::kSealBytesMax / 2);
    if (!tls_->seal(part)) return std::unexpected{std::string{"TLS could not seal the request"}};
    if (auto flushed = flush_sealed(deadline); !flushed) return flushed;
    bytes.remove_prefix(part.size());
  }
  return {};
}

std::expected<void, std::string> Transport::flush_sealed(const Deadline& deadline) {
  const std::string_view sealed = tls_->sealed_out();
  auto sent = send_raw(sealed, deadline);
  if (sent) tls_->consume_sealed_out(sealed.size());
  return sent;
}

std::expected<void, std::string> Transport::send_raw(std::string_view bytes,
                                                     const Deadline& deadline) {
  while (!bytes.empty()) {
    const IoCount sent = socket_.send(bytes);
    if (sent.kind == IoCount::Kind::kBytes) {
      bytes.remove_prefix(sent.count);
    } else if (sent.kind != IoCount::Kind::kWouldBlock) {
      return std::unexpected{std::string{sent.cause}};
    } else if (!socket_.wait_writable(deadline)) {
      return over(deadline, "the peer to take the request");
    }
  }
  return {};
}

void Transport::shut_down() noexcept {
  if (is_shut_) return;
  is_shut_ = true;
  socket_.shut_down();
}

}  // namespace portcullis::net
