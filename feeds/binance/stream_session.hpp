#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/net/address_budget.hpp"
#include "core/net/connection_source.hpp"
#include "core/net/ws_connection.hpp"
#include "core/time.hpp"
#include "feeds/binance/frame_pacer.hpp"
#include "feeds/decoded_event.hpp"
#include "feeds/feed_counters.hpp"
#include "feeds/feed_settings.hpp"

namespace portcullis::feeds::binance {

// bookTicker, depth@100ms and trade of every instrument, in the table's order.
[[nodiscard]] std::vector<std::string> stream_names(const InstrumentTable& instruments);

// Keeps one market-data connection up: asks the connector for it, subscribes at the venue's pace,
// watches for silence, and starts over when it is lost. Knows frames only by what their decoder
// reported. Source: Binance spot API documentation, "WebSocket Streams".
//
// Feed thread only; the constructor and the destructor (which joins the connector) are cold.
class StreamSession {
 public:
  enum class State : std::uint8_t { kDisconnected, kConnecting, kSubscribing, kLive };

  // `endpoint` is the host with its scheme and port; the path is the session's business.
  StreamSession(net::ConnectionMaker& connections, const net::Endpoint& endpoint,
                const FeedSettings& settings, const std::vector<std::string>& streams,
                FeedCounters& counters, LogRing& log);
  ~StreamSession();
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  // Once a cycle, before reading: connection, subscriptions, liveness. Returns work done.
  int maintain(const Now& now) noexcept;
  // At most one message. `at` becomes the message's receive time. A closed connection is dropped
  // here and reported as kClosed once.
  net::WsMessage try_read(MonoTime at) noexcept;

  // What the decoder saw.
  void on_control_reply(const DecodedEvent& reply, const Now& now) noexcept;
  void on_server_shutdown(const Now& now) noexcept;

  // True once after each loss of a connection: books built on it are void.
  [[nodiscard]] bool take_disconnected() noexcept {
    const bool was = is_loss_untold_;
    is_loss_untold_ = false;
    return was;
  }
  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] std::size_t subscribe_message_count() const noexcept { return messages_.size(); }
  // Any cold thread: why the last attempt to connect failed.
  [[nodiscard]] std::string last_connect_error() const { return connections_->last_error(); }

 private:
  int poll_connector(const Now& now) noexcept;
  void adopt(net::WsConnection* connection, MonoTime now) noexcept;
  int send_subscriptions(MonoTime now) noexcept;
  int watch_liveness(MonoTime now) noexcept;
  void count_control_frames(MonoTime now) noexcept;
  void drop(MonoTime now, std::string_view reason) noexcept;

  std::vector<std::string> messages_;  // SUBSCRIBE texts, id 1 for the first; none when in the URL
  const std::unique_ptr<net::ConnectionSource> connections_;
  Nanos liveness_timeout_;
  std::shared_ptr<net::AddressBudget> address_;  // may be null
  FeedCounters& counters_;
  LogRing& log_;

  net::WsConnection* connection_{nullptr};
  State state_{State::kDisconnected};
  bool is_loss_untold_{false};
  bool was_ever_connected_{false};
  std::size_t messages_sent_{0};
  std::size_t replies_seen_{0};
  std::uint64_t control_frames_seen_{0};
  std::uint64_t failures_seen_{0};
  FramePacer pacer_;
  MonoTime connected_at_{};
  MonoTime last_ping_{};
};

}  // namespace portcullis::feeds::binance
