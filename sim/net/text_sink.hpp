#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/net/wire_fault.hpp"

namespace portcullis::sim {

using SharedText = std::shared_ptr<const std::string>;

// Where a WebSocket connection's messages go; encoded once, shared by all who get them. One thread.
class TextSink {
 public:
  virtual ~TextSink() = default;
  // Queues a text frame. With a non-zero key it takes the place of an unsent message of that key. A
  // connection that falls too far behind is cut.
  virtual void send(SharedText text, std::uint64_t conflation_key) = 0;
  // The same with a text that nobody else gets: copied, which is cheaper than sharing a short one.
  virtual void send_copy(std::string_view text, std::uint64_t conflation_key) {
    send(std::make_shared<const std::string>(text), conflation_key);
  }
  // Drops the connection without a close frame, as a lost line does.
  virtual void cut() = 0;
  // Ends it as the protocol wants: what is queued goes out, then a close frame with `code` (1001
  // going away, 1008 policy violation). No message is taken after it.
  virtual void close(std::uint16_t code, std::string_view reason) {
    (void)code;
    (void)reason;
    cut();
  }
  // From here on, the line misbehaves.
  virtual void inject(const WireFault& fault) { (void)fault; }
  [[nodiscard]] virtual std::weak_ptr<TextSink> weak() = 0;
  // Which connection this is, where connections are numbered (Connections); 0: nowhere.
  [[nodiscard]] virtual std::uint64_t connection_id() const { return 0; }

  void send_text(std::string text) {
    send(std::make_shared<const std::string>(std::move(text)), 0);
  }
};

// What one WebSocket connection serves: told each text frame; dies with the connection.
class WsService {
 public:
  virtual ~WsService() = default;
  virtual void on_text(std::string_view text) = 0;
  // The server is about to go: says so in the words of this protocol, if it has any.
  virtual void on_shutdown_notice() {}
};

// Runs things later, on the server's thread.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual void after(std::chrono::microseconds delay, std::move_only_function<void()> task) = 0;
};

// Sends later, unless the connection is gone by then.
inline void send_after(Scheduler& scheduler, std::chrono::microseconds delay, TextSink& sink,
                       SharedText text) {
  scheduler.after(delay, [weak = sink.weak(), text = std::move(text)] {
    if (const auto target = weak.lock()) target->send(text, 0);
  });
}

}  // namespace portcullis::sim
