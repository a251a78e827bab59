#include "sim/net/http_connection.hpp"

#include <utility>

#include "sim/json/json_out.hpp"
#include "sim/net/http_writer.hpp"
#include "sim/net/ws_connection.hpp"
#include "sim/net/ws_handshake.hpp"

namespace portcullis::sim {

namespace {

constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

// What a browser asks before a request from another origin.
HttpReply options_reply() {
  return {.status = 204,
          .headers = {{"allow", std::string{kMethods}},
                      {"access-control-allow-methods", std::string{kMethods}},
                      {"access-control-allow-headers", "*"}}};
}

}  // namespace

HttpConnection::HttpConnection(std::shared_ptr<const PortContext> port, ConnectionInfo info,
                               ByteStream stream)
    : portcullis::sim::Connection{std::move(info)},
      port_{std::move(port)},
      stream_{std::move(stream)},
      parser_{port_->limits.header_bytes_max, port_->limits.request_bytes_max} {
}

void HttpConnection::start() {
  renew_deadline();
  watch();
  stream_.set_owner(weak_from_this());
}

// In.

void HttpConnection::on_bytes(std::span<char> bytes) {
  if (is_over_) return;
  unread_.append(bytes.data(), bytes.size());
  process();
  // Who pipelines without end waits for its replies.
  const std::size_t most = port_->limits.header_bytes_max + port_->limits.request_bytes_max;
  if (is_over_ || unread_.size() <= most) return;
  is_paused_ = true;
  stream_.pause();
}

void HttpConnection::on_drained() {
  renew_deadline();
  process();
}

void HttpConnection::on_end(ByteStream::End end) {
  const bool may_hear =
      end == ByteStream::End::kHalfClosed && !is_silent_ && (is_answering_ || stream_.is_blocked());
  if (!may_hear) return finish(ByteStream::Farewell::kInOrder);
  is_last_ = true;
}

// One after the other: the next request waits until this one is answered and the reply has gone.
void HttpConnection::process() {
  if (is_processing_) return;
  is_processing_ = true;
  while (!is_over_ && !is_answering_ && !stream_.is_blocked()) {
    if (is_last_ && unread_.empty()) {
      finish(ByteStream::Farewell::kInOrder);
      break;
    }
    const std::size_t before = unread_.size();
    step();
    if (unread_.size() == before && !is_answering_) break;
  }
  is_processing_ = false;
}

void HttpConnection::step() {
  const std::size_t taken = parser_.read(unread_);
  unread_.erase(0, taken);
  if (parser_.take_expectation()) stream_.write(kHttpContinue);
  if (parser_.status() == HttpParser::Status::kBad) {
    return refuse(parser_.problem().status, parser_.problem().why);
  }
  if (parser_.status() != HttpParser::Status::kWhole) return;
  if (std::exchange(is_paused_, false)) stream_.resume();
  on_whole_request();
}

void HttpConnection::on_whole_request() {
  HttpRequest request = parser_.take_request();
  request.remote = info().remote;
  keeps_alive_ = parser_.keeps_alive() && !is_last_;
  is_head_ = request.method == "HEAD";
  if (parser_.is_upgrade()) {
    if (const auto kind = port_->service.upgrade_kind(parser_.target())) {
      return upgrade(std::move(request), *kind);
    }
  }
  is_answering_ = true;
  ++requests_;
  if (request.method == "OPTIONS") return on_reply(options_reply());
  if (is_head_) request.method = "GET";
  port_->service.on_request(request, Responder{shared_from_this()});
}

void HttpConnection::upgrade(HttpRequest request, WsKind kind) {
  is_answering_ = true;
  const std::string key{request.headers.get("sec-websocket-key")};
  if (request.method != "GET" || !is_ws_key(key)) return refuse(400, "not a WebSocket upgrade");
  if (request.headers.get("sec-websocket-version") != "13") {
    keeps_alive_ = false;
    return on_reply({.status = 426,
                     .body = error_json(-1000, "only WebSocket version 13 is spoken here"),
                     .headers = {{"sec-websocket-version", "13"}}});
  }
  const UpgradeRequest asked{
      .target = parser_.target(), .remote = info().remote, .headers = std::move(request.headers)};
  if (auto refusal = port_->service.refuse_upgrade(asked, kind))
    return on_reply(std::move(*refusal));
  const auto connections = port_->connections.lock();
  if (connections == nullptr) return finish(ByteStream::Farewell::kWithoutNotify);
  is_over_ = true;
  ConnectionInfo info_of_ws{connections->next_id(), kind, info().remote};
  const auto connection =
      std::make_shared<WsConnection>(port_, std::move(info_of_ws), std::move(stream_));
  connections->add(connection);
  leave();
  connection->start(asked, ws_upgrade_response(key), unread_);
}

void HttpConnection::refuse(int status, std::string_view why) {
  keeps_alive_ = false;
  on_reply({.status = status, .body = error_json(-1000, why)});
}

// Out.

void HttpConnection::on_reply(HttpReply reply) {
  ++replies_;
  if (is_over_) return;
  is_answering_ = false;
  const bool is_last = !keeps_alive_ || (is_last_ && unread_.empty());
  renew_deadline();
  if (reply.wire_fault) stream_.inject(*reply.wire_fault);
  stream_.write(http_reply_text(reply, {.keeps_alive = !is_last, .has_body = !is_head_},
                                port_->reply_headers));
  if (is_last) return finish(ByteStream::Farewell::kInOrder);
  process();
}

void HttpConnection::on_cut() {
  cut();
}

void HttpConnection::on_silence() {
  is_silent_ = true;
}

void HttpConnection::cut() {
  finish(ByteStream::Farewell::kWithoutNotify);
}

void HttpConnection::close(std::uint16_t, std::string_view) {
  if (!is_answering_ || is_silent_) return finish(ByteStream::Farewell::kInOrder);
  keeps_alive_ = false;
  is_last_ = true;
}

void HttpConnection::inject(const WireFault& fault) {
  if (!is_over_) stream_.inject(fault);
}

// Time and end.

void HttpConnection::renew_deadline() {
  deadline_ = Clock::now() + port_->limits.http_timeout;
}

// One timer at a time, which looks again when it comes too early: requests need not move it.
void HttpConnection::watch() {
  const auto wait = std::max(deadline_ - Clock::now(), Clock::duration{0});
  port_->loop.after(std::chrono::ceil<std::chrono::microseconds>(wait), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr || self->is_over_) return;
    // While a reply is being thought about, it is not the peer who is late.
    if (self->is_answering_) self->renew_deadline();
    if (Clock::now() >= self->deadline_) return self->cut();
    self->watch();
  });
}

void HttpConnection::finish(ByteStream::Farewell farewell) {
  if (is_over_) return;
  is_over_ = true;
  stream_.close(farewell);
  leave();
}

void HttpConnection::leave() {
  port_->loop.post([connections = port_->connections, id = info().id] {
    if (const auto open = connections.lock()) open->remove(id);
  });
}

}  // namespace portcullis::sim
