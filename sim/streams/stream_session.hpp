#pragma once

#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/net/text_sink.hpp"
#include "sim/streams/control_message.hpp"
#include "sim/streams/stream_hub.hpp"

namespace portcullis::sim {

// One stream connection (Binance: WebSocket streams): subscriptions from the URL, then control
// messages. One thread.
class StreamSession final : public WsService {
 public:
  // `target` as requested: /ws[/STREAM..], /stream[?streams=A/B][&timeUnit=MICROSECOND]; escapes
  // allowed.
  StreamSession(StreamHub& hub, TextSink& sink, std::string_view target);
  ~StreamSession() override;
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  void on_text(std::string_view text) override;

 private:
  void subscribe_all(std::string text);
  void change_subscriptions(const ControlMessage& message);
  void set_property(const ControlMessage& message);
  void get_property(const ControlMessage& message);
  // What is wrong with the name of a property, or nothing.
  [[nodiscard]] bool refuses_property(const ControlMessage& message, std::size_t params_max);
  void reply(const ControlMessage& message, std::string_view result_json);
  void refuse(const ControlError& error);

  StreamHub& hub_;
  TextSink& sink_;
};

}  // namespace portcullis::sim
