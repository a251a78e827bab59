#include "sim/net/ws_connection.hpp"

#include <algorithm>

#include "sim/net/broken_frame.hpp"

namespace portcullis::sim {

namespace {

// One TLS record's worth: more in one write gains nothing, and a reply shall not wait for the rest
// of a long run of requests.
constexpr std::size_t kBatchBytes = 16u << 10;
constexpr std::size_t kPingsKept = 8;

}  // namespace

WsConnection::WsConnection(std::shared_ptr<const PortContext> port, ConnectionInfo info,
                           ByteStream stream)
    : Connection{std::move(info)},
      port_{std::move(port)},
      stream_{std::move(stream)},
      reader_{port_->limits.request_bytes_max} {
}

void WsConnection::start(const UpgradeRequest& request, std::string_view response,
                         std::span<char> rest) {
  opened_ = Clock::now();
  next_ping_ = opened_ + port_->limits.ping_interval;
  stream_.write(response);
  stream_.set_owner(weak_from_this());
  service_ = port_->service.on_upgrade(request, *this);
  if (service_ == nullptr) return cut();
  watch();
  if (!rest.empty()) on_bytes(rest);
}

std::weak_ptr<TextSink> WsConnection::weak() {
  return weak_from_this();
}

// Out.

void WsConnection::send(SharedText text, std::uint64_t conflation_key) {
  if (!takes_messages()) return;
  if (must_wait()) return wait_in_line(std::move(text), conflation_key);
  send_now(*text);
}

void WsConnection::send_copy(std::string_view text, std::uint64_t conflation_key) {
  if (!takes_messages()) return;
  if (must_wait()) {
    return wait_in_line(std::make_shared<const std::string>(text), conflation_key);
  }
  send_now(text);
}

void WsConnection::wait_in_line(SharedText text, std::uint64_t conflation_key) {
  ++messages_out_;
  queue_.push(std::move(text), conflation_key);
  const ConnectionLimits& limits = port_->limits;
  if (queue_.size() > limits.queue_max || queue_.bytes() > limits.queue_bytes_max) cut();
}

void WsConnection::send_now(std::string_view text) {
  ++messages_out_;
  append_message(text);
  if (batch_.size() >= kBatchBytes) return flush();
  flush_soon();
}

void WsConnection::append_message(std::string_view text) {
  if (frame_faults_.empty()) return append_frame(batch_, WsOpcode::kText, text);
  WireFault& fault = frame_faults_.front();
  append_broken_message(batch_, text, fault);
  if (const auto connections = port_->connections.lock()) {
    connections->shared_fault_counts()->add(fault.kind);
  }
  if (--fault.count <= 0) frame_faults_.pop_front();
}

void WsConnection::flush_soon() {
  if (is_reading_ || is_flush_due_) return;
  is_flush_due_ = true;
  port_->loop.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->is_flush_due_ = false;
    self->flush();
  });
}

void WsConnection::flush() {
  if (batch_.empty() || is_over_) return;
  stream_.write(batch_);
  batch_.clear();
}

void WsConnection::on_drained() {
  if (is_over_) return;
  batch_ += std::exchange(pings_due_, {});
  batch_ += std::exchange(pong_due_, {});
  while (!queue_.empty() && !stream_.is_blocked()) {
    append_message(*queue_.pop());
    if (batch_.size() >= kBatchBytes) flush();
  }
  flush();
  if (queue_.empty() && closing_ && !has_sent_close_) send_close(closing_->code, closing_->reason);
}

// In.

void WsConnection::on_bytes(std::span<char> bytes) {
  if (is_over_) return;
  is_reading_ = true;
  const auto violation = reader_.read(bytes, *this);
  is_reading_ = false;
  if (is_over_) return;
  if (violation) {
    if (!has_sent_close_) append_close_frame(batch_, violation->code, violation->reason);
    flush();
    return finish(ByteStream::Farewell::kInOrder);
  }
  flush();
}

bool WsConnection::on_frame() {
  if (!is_flooding()) return true;
  port_->service.on_flood(info().remote);
  append_close_frame(batch_, ws_close::kPolicy, "Too many messages");
  flush();
  finish(ByteStream::Farewell::kInOrder);
  return false;
}

bool WsConnection::is_flooding() {
  const int most = port_->limits.incoming_per_second_max;
  if (info().kind != WsKind::kStreams || most <= 0) return false;
  const auto now = Clock::now();
  if (now - flood_window_ >= std::chrono::seconds{1}) {
    flood_window_ = now;
    flood_count_ = 0;
  }
  return ++flood_count_ > most;
}

ConnectionTraffic WsConnection::traffic() const {
  return {.messages_in = messages_in_,
          .messages_out = messages_out_,
          .queued_messages = queue_.size(),
          .queued_bytes = queue_.bytes() + batch_.size()};
}

bool WsConnection::on_message(std::string_view text) {
  ++messages_in_;
  if (!closing_ && !has_sent_close_) service_->on_text(text);
  return !is_over_;
}

bool WsConnection::on_ping(std::string_view payload) {
  if (has_sent_close_) return true;
  if (!stream_.is_blocked()) {
    append_frame(batch_, WsOpcode::kPong, payload);
    return true;
  }
  pong_due_.clear();
  append_frame(pong_due_, WsOpcode::kPong, payload);
  return true;
}

// A pong answers its ping and all before it; one that answers none keeps nothing alive.
bool WsConnection::on_pong(std::string_view payload) {
  for (std::size_t i = 0; i < pings_.size(); ++i) {
    if (pings_[i].payload != payload) continue;
    pings_.erase(pings_.begin(), pings_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    break;
  }
  return true;
}

void WsConnection::on_close(std::uint16_t code) {
  constexpr std::uint16_t kNoCode = 1005;
  if (!has_sent_close_) append_close_frame(batch_, code == kNoCode ? ws_close::kNormal : code, "");
  flush();
  finish(ByteStream::Farewell::kInOrder);
}

void WsConnection::on_end(ByteStream::End) {
  finish(ByteStream::Farewell::kInOrder);
}

// Time.

void WsConnection::watch() {
  const ConnectionLimits& limits = port_->limits;
  auto due = std::min(next_ping_, opened_ + limits.ws_life);
  if (!pings_.empty()) due = std::min(due, pings_.front().sent + limits.pong_timeout);
  const auto wait = std::max(due - Clock::now(), Clock::duration{0});
  port_->loop.after(std::chrono::ceil<std::chrono::microseconds>(wait), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_watch();
  });
}

void WsConnection::on_watch() {
  if (is_over_) return;
  const auto now = Clock::now();
  const ConnectionLimits& limits = port_->limits;
  if (now >= opened_ + limits.ws_life) return finish(ByteStream::Farewell::kInOrder);
  if (!pings_.empty() && now >= pings_.front().sent + limits.pong_timeout) return cut();
  if (now >= next_ping_) ping(now);
  watch();
}

void WsConnection::ping(Clock::time_point now) {
  next_ping_ = now + port_->limits.ping_interval;
  if (has_sent_close_ || pings_.size() >= kPingsKept) return;
  std::string payload = std::to_string(++ping_count_);
  append_frame(stream_.is_blocked() ? pings_due_ : batch_, WsOpcode::kPing, payload);
  flush();
  pings_.push_back({std::move(payload), now});
}

// Ends.

void WsConnection::cut() {
  finish(ByteStream::Farewell::kWithoutNotify);
}

void WsConnection::close(std::uint16_t code, std::string_view reason) {
  if (is_over_ || closing_ || has_sent_close_) return;
  closing_ = CloseFrame{code, std::string{reason}};
  if (queue_.empty() && !stream_.is_blocked()) send_close(code, reason);
  port_->loop.after(port_->limits.close_timeout, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->finish(ByteStream::Farewell::kInOrder);
  });
}

void WsConnection::send_close(std::uint16_t code, std::string_view reason) {
  append_close_frame(batch_, code, reason);
  flush();
  has_sent_close_ = true;
}

void WsConnection::inject(const WireFault& fault) {
  if (is_over_) return;
  flush();  // what was said before is not concerned
  if (!stream_.inject(fault) && fault.count > 0) frame_faults_.push_back(fault);
}

void WsConnection::on_shutdown_notice() {
  if (service_ != nullptr && !is_over_) service_->on_shutdown_notice();
}

void WsConnection::finish(ByteStream::Farewell farewell) {
  if (is_over_) return;
  is_over_ = true;
  stream_.close(farewell);
  queue_.clear();
  port_->loop.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->service_.reset();
    if (const auto connections = self->port_->connections.lock()) {
      connections->remove(self->info().id);
    }
  });
}

}  // namespace portcullis::sim
