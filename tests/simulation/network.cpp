#include "tests/simulation/network.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "sim/net/ws_frame.hpp"
#include "sim/net/ws_handshake.hpp"

namespace portcullis::simulation {

// ---- the client's end

std::size_t Line::client_send(std::string_view bytes) {
  if (next_send_) {
    bytes = bytes.substr(0, std::exchange(next_send_, std::nullopt).value());
    up_left_ = bytes.size();
  }
  const std::size_t taken = bytes.size();
  bool is_last = false;
  if (up_left_) {
    is_last = *up_left_ <= bytes.size();
    bytes = bytes.substr(0, *up_left_);
    *up_left_ -= bytes.size();
  }
  last_up_ = std::max(last_up_, network_.timeline.now().mono + network_.draw_delay());
  network_.timeline.at(last_up_, [self = shared_from_this(), text = std::string{bytes}, is_last] {
    if (!self->is_broken_) self->arrive_at_server(text);
    if (!is_last) return;
    ++self->network_.cut_sends;
    self->reset();
  });
  return taken;
}

net::IoCount Line::client_receive(net::ReceiveBuffer& into) {
  using Kind = net::IoCount::Kind;
  if (is_broken_) return {Kind::kFailed, 0, "connection reset by peer"};
  const MonoTime now = network_.timeline.now().mono;
  const bool is_here =
      !network_.conditions.is_down_blocked && !down_.empty() && down_.front().at <= now;
  if (!is_here) {
    const bool is_over = is_ended_ && down_.empty() && !network_.conditions.is_down_blocked;
    return is_over ? net::IoCount{Kind::kEnd, 0, "the peer has closed the connection"}
                   : net::IoCount{};
  }
  const std::span<char> space = into.prepare(net::ByteStream::kReceiveBytesMax);
  std::size_t count = 0;
  while (!down_.empty() && down_.front().at <= now && count < space.size()) {
    std::string& bytes = down_.front().bytes;
    std::size_t part = std::min(bytes.size(), space.size() - count);
    const bool is_split = network_.conditions.comes_in_pieces && network_.random.chance(10);
    if (is_split)
      part = 1 + static_cast<std::size_t>(network_.random.below(static_cast<std::int64_t>(part)));
    std::memcpy(space.data() + count, bytes.data(), part);
    count += part;
    bytes.erase(0, part);
    if (bytes.empty()) down_.pop_front();
    if (is_split) break;
  }
  into.commit(count);
  return {Kind::kBytes, count, ""};
}

// What has been sent still arrives, then the end.
void Line::client_close() {
  if (std::exchange(is_client_gone_, true)) return;
  last_up_ = std::max(last_up_, network_.timeline.now().mono + network_.draw_delay());
  network_.timeline.at(last_up_, [self = shared_from_this()] {
    if (!self->network_.conditions.is_up_blocked) return self->lose_service();
    self->network_.keep(self);
  });
}

std::string Line::answer_upgrade(std::string_view request) {
  const std::size_t target = request.find(' ') + 1;
  target_ = request.substr(target, request.find(' ', target) - target);
  service_ = network_.host.accept(target_, *this, refusal_);
  if (service_ == nullptr) {
    return "HTTP/1.1 " + std::to_string(refusal_.status) + " Refused\r\ncontent-length: 0\r\n\r\n";
  }
  constexpr std::string_view kName = "Sec-WebSocket-Key: ";
  const std::size_t begin = request.find(kName) + kName.size();
  return sim::ws_upgrade_response(request.substr(begin, request.find("\r\n", begin) - begin));
}

// ---- the server's end

void Line::arrive_at_server(std::string bytes) {
  if (network_.conditions.is_up_blocked) {
    ++network_.held_pieces;
    held_up_.push_back(std::move(bytes));
    return;
  }
  if (service_ == nullptr) return;
  if (reader_.read({bytes.data(), bytes.size()}, *this)) reset();
}

bool Line::on_message(std::string_view text) {
  service_->on_text(text);
  return service_ != nullptr;
}

bool Line::on_ping(std::string_view payload) {
  std::string frame;
  sim::append_frame(frame, sim::WsOpcode::kPong, payload);
  push_down(std::move(frame));
  return true;
}

void Line::on_close(std::uint16_t code) {
  std::string frame;
  sim::append_close_frame(frame, code, "");
  push_down(std::move(frame));
  end();
}

void Line::send(sim::SharedText text, std::uint64_t) {
  std::string frame;
  sim::append_frame(frame, sim::WsOpcode::kText, *text);
  push_down(std::move(frame));
}

void Line::close(std::uint16_t code, std::string_view reason) {
  std::string frame;
  sim::append_close_frame(frame, code, reason);
  push_down(std::move(frame));
  end();
}

void Line::announce_shutdown() {
  if (service_ != nullptr) service_->on_shutdown_notice();
}

void Line::ping() {
  std::string frame;
  sim::append_frame(frame, sim::WsOpcode::kPing, std::to_string(number_));
  push_down(std::move(frame));
}

void Line::push_down(std::string bytes) {
  if (is_broken_ || is_ended_ || is_client_gone_) return;
  last_down_ = std::max(last_down_, network_.timeline.now().mono + network_.draw_delay());
  if (down_left_ && *down_left_ <= bytes.size()) {
    bytes.resize(*down_left_);
    ++network_.cut_sends;
    // The bytes before it are there to be read in the same moment.
    network_.timeline.at(last_down_ + std::chrono::milliseconds{1},
                         [self = shared_from_this()] { self->reset(); });
  }
  if (down_left_) *down_left_ -= bytes.size();
  if (!bytes.empty()) down_.push_back({last_down_, std::move(bytes)});
}

// Later, since the service may be the one that asks for it.
void Line::lose_service() {
  network_.timeline.after(std::chrono::microseconds{0},
                          [self = shared_from_this()] { self->service_.reset(); });
}

// ---- faults

void Line::reset() {
  if (std::exchange(is_broken_, true)) return;
  ++network_.resets;
  down_.clear();
  held_up_.clear();
  lose_service();
}

void Line::end() {
  is_ended_ = true;
  lose_service();
}

void Line::on_unblocked() {
  const auto self = shared_from_this();
  while (!held_up_.empty() && !network_.conditions.is_up_blocked) {
    std::string bytes = std::move(held_up_.front());
    held_up_.pop_front();
    arrive_at_server(std::move(bytes));
  }
  if (is_client_gone_) lose_service();
}

// ---- the network

std::shared_ptr<Line> Network::connect(std::string& refusal) {
  if (conditions.refuses || conditions.is_up_blocked || conditions.is_down_blocked) {
    ++refused_connects;
    refusal = "connection refused";
    return nullptr;
  }
  auto line = std::make_shared<Line>(*this, ++count_);
  std::erase_if(lines_, [](const auto& weak) { return weak.expired(); });
  lines_.push_back(line);
  return line;
}

Nanos Network::draw_delay() {
  return conditions.delay_min + Nanos{random.below(conditions.delay_jitter.count() + 1)};
}

void Network::block(bool is_up, bool is_down) noexcept {
  conditions.is_up_blocked = is_up;
  conditions.is_down_blocked = is_down;
}

void Network::unblock() {
  block(false, false);
  for_each_line([](Line& line) { line.on_unblocked(); });
  lingering_.clear();
}

std::size_t Network::line_count() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(lines_, [](const auto& weak) {
    const auto line = weak.lock();
    return line != nullptr && !line->is_broken();
  }));
}

// ---- the stream

bool SimulatedStream::has_room(std::size_t) noexcept {
  if (network_.conditions.is_window_shut) ++network_.shut_windows;
  return !network_.conditions.is_window_shut;
}

net::ByteStream::Sent SimulatedStream::send(std::string_view bytes) noexcept {
  if (line_->is_broken()) return Sent::kFailed;
  if (network_.conditions.is_window_shut) return Sent::kNone;
  return line_->client_send(bytes) == bytes.size() ? Sent::kAll : Sent::kPart;
}

std::expected<void, std::string> SimulatedStream::receive_some(net::ReceiveBuffer& into,
                                                               const net::Deadline&) {
  if (answer_.empty()) return std::unexpected{std::string{"the connection was closed"}};
  const std::span<char> space = into.prepare(answer_.size());
  std::memcpy(space.data(), answer_.data(), answer_.size());
  into.commit(answer_.size());
  answer_.clear();
  return {};
}

std::expected<void, std::string> SimulatedStream::send_all(std::string_view bytes,
                                                           const net::Deadline&) {
  if (!bytes.empty()) answer_ = line_->answer_upgrade(bytes);
  return {};
}

}  // namespace portcullis::simulation
