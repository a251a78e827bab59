#include "feeds/binance/stream_session.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::feeds::binance {

namespace {

char to_lower_ascii(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_plain_ascii(const std::string& text) noexcept {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A stream name outside ASCII would need percent-encoding in a URL; SUBSCRIBE takes it as it is.
bool fits_in_url(const std::vector<std::string>& streams, std::size_t url_streams_max) noexcept {
  return streams.size() <= url_streams_max && std::ranges::all_of(streams, is_plain_ascii);
}

net::Endpoint stream_endpoint(net::Endpoint endpoint, const FeedSettings& settings,
                              const std::vector<std::string>& streams) {
  if (endpoint.path == "/") endpoint.path.clear();
  endpoint.path += "/stream";
  endpoint.ca_file = settings.ca_file;
  endpoint.address = settings.address;
  endpoint.party = net::AddressBudget::Party::kStreamConnects;
  if (!fits_in_url(streams, settings.url_streams_max)) return endpoint;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    endpoint.path += (i == 0 ? "?streams=" : "/") + streams[i];
  }
  return endpoint;
}

std::vector<std::string> subscribe_messages(const std::vector<std::string>& streams,
                                            const FeedSettings& settings) {
  std::vector<std::string> messages;
  if (fits_in_url(streams, settings.url_streams_max)) return messages;
  const std::size_t batch = std::max<std::size_t>(settings.streams_per_message, 1);
  for (std::size_t from = 0; from < streams.size(); from += batch) {
    std::string text = R"({"method":"SUBSCRIBE","params":[)";
    const std::size_t end = std::min(streams.size(), from + batch);
    for (std::size_t i = from; i < end; ++i) {
      if (i > from) text += ',';
      text += '"' + streams[i] + '"';
    }
    text += "],\"id\":" + std::to_string(messages.size() + 1) + "}";
    messages.push_back(std::move(text));
  }
  return messages;
}

}  // namespace

std::vector<std::string> stream_names(const InstrumentTable& instruments) {
  std::vector<std::string> streams;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    std::string symbol = instruments.at(SymbolId{static_cast<SymbolId::rep>(i)}).symbol;
    std::ranges::transform(symbol, symbol.begin(), to_lower_ascii);
    for (const char* suffix : {"@bookTicker", "@depth@100ms", "@trade"}) {
      streams.push_back(symbol + suffix);
    }
  }
  return streams;
}

StreamSession::StreamSession(net::ConnectionMaker& connections, const net::Endpoint& endpoint,
                             const FeedSettings& settings, const std::vector<std::string>& streams,
                             FeedCounters& counters, LogRing& log)
    : messages_{subscribe_messages(streams, settings)},
      connections_{connections.make(stream_endpoint(endpoint, settings, streams),
                                    settings.ws_limits, settings.reconnect_backoff, settings.seed)},
      liveness_timeout_{settings.liveness_timeout},
      address_{settings.address},
      counters_{counters},
      log_{log} {
}

StreamSession::~StreamSession() {
  if (connection_ != nullptr) connections_->retire(connection_);
}

int StreamSession::maintain(const Now& now) noexcept {
  if (connection_ == nullptr) return poll_connector(now);
  count_control_frames(now.mono);
  int work = 0;
  if (state_ == State::kSubscribing) work += send_subscriptions(now.mono);
  if (connection_ != nullptr) work += watch_liveness(now.mono);
  return work;
}

int StreamSession::poll_connector(const Now& now) noexcept {
  if (state_ == State::kDisconnected) {
    if (address_ != nullptr && now.mono < address_->blocked_until()) return 0;
    connections_->request();  // which waits by itself after failures and short lives
    state_ = State::kConnecting;
    return 1;
  }
  if (const std::uint64_t failures = connections_->failures(); failures != failures_seen_) {
    failures_seen_ = failures;
    log_.post(LogLevel::kWarning, now.mono,
              "feed.binance: connecting to the streams failed ({} times); trying again",
              static_cast<std::int64_t>(failures));
  }
  net::WsConnection* const connection = connections_->take();
  if (connection == nullptr) return 0;
  adopt(connection, now.mono);
  return 1;
}

void StreamSession::adopt(net::WsConnection* connection, MonoTime now) noexcept {
  connection_ = connection;
  connected_at_ = now;
  last_ping_ = now;
  messages_sent_ = 0;
  replies_seen_ = 0;
  control_frames_seen_ = connection->control_frames_sent();
  pacer_.reset();
  state_ = messages_.empty() ? State::kLive : State::kSubscribing;
  if (was_ever_connected_) counters_.reconnects.add();
  was_ever_connected_ = true;
  log_.post(LogLevel::kInfo, now, "feed.binance: streams connected");
}

int StreamSession::send_subscriptions(MonoTime now) noexcept {
  if (messages_sent_ == messages_.size() || !pacer_.may_send(now)) return 0;
  switch (connection_->try_write(messages_[messages_sent_])) {
    case net::WsConnection::WriteStatus::kSent:
      pacer_.on_sent(now);
      ++messages_sent_;
      return 1;
    case net::WsConnection::WriteStatus::kFull: return 0;  // again in the next cycle
    case net::WsConnection::WriteStatus::kPartial:
    case net::WsConnection::WriteStatus::kClosed: break;
  }
  drop(now, "the subscription could not be written");
  return 1;
}

int StreamSession::watch_liveness(MonoTime now) noexcept {
  const MonoTime heard = std::max(connection_->last_received(), connected_at_);
  const Nanos silence = now - heard;
  if (silence > liveness_timeout_) {
    counters_.liveness_timeouts.add();
    drop(now, "silent for longer than the liveness timeout");
    return 1;
  }
  const Nanos ping_after = liveness_timeout_ / 2;
  if (silence < ping_after || now - last_ping_ < ping_after || !pacer_.may_send(now)) return 0;
  last_ping_ = now;
  if (connection_->try_ping() == net::WsConnection::WriteStatus::kSent) pacer_.on_sent(now);
  return 1;
}

void StreamSession::count_control_frames(MonoTime now) noexcept {
  const std::uint64_t sent = connection_->control_frames_sent();
  // More than the window holds changes nothing.
  const std::uint64_t fresh =
      std::min<std::uint64_t>(sent - control_frames_seen_, FramePacer::kFramesMax);
  for (std::uint64_t i = 0; i < fresh; ++i) pacer_.on_sent(now);
  control_frames_seen_ = sent;
}

net::WsMessage StreamSession::try_read(MonoTime at) noexcept {
  if (connection_ == nullptr) return {};
  const net::WsMessage message = connection_->try_read(at);
  if (message.status == net::WsStatus::kClosed) drop(at, connection_->close_reason());
  return message;
}

void StreamSession::on_control_reply(const DecodedEvent& reply, const Now& now) noexcept {
  if (reply.is_error) {
    counters_.subscribe_errors.add();
    log_.post_text(LogLevel::kError, now.mono,
                   "feed.binance: the venue refused subscription {} with code {}: {s}",
                   reply.reply_text, static_cast<std::int64_t>(reply.reply_id), reply.reply_code);
  }
  ++replies_seen_;
  if (state_ == State::kSubscribing && replies_seen_ >= messages_.size()) state_ = State::kLive;
}

void StreamSession::on_server_shutdown(const Now& now) noexcept {
  if (connection_ != nullptr) drop(now.mono, "the venue announced its shutdown");
}

void StreamSession::drop(MonoTime now, std::string_view reason) noexcept {
  log_.post_text(LogLevel::kWarning, now, "feed.binance: streams lost ({s}); reconnecting", reason);
  connections_->retire(connection_);
  connection_ = nullptr;
  state_ = State::kDisconnected;
  is_loss_untold_ = true;
}

}  // namespace portcullis::feeds::binance
