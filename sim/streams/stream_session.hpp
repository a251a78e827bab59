#pragma once

#include <string>
#include <string_view>

#include "sim/net/text_sink.hpp"
#include "sim/request/json_request.hpp"
#include "sim/streams/stream_hub.hpp"

namespace portcullis::sim {

// One connection to the market streams: what its URL asked for, then its control messages (Binance:
// WebSocket streams, live subscribing). One thread.
class StreamSession final : public WsService {
 public:
  // `target` is the request target: "/ws/<stream>..", "/stream?streams=a/b", "/ws", "/stream".
  StreamSession(StreamHub& hub, TextSink& sink, std::string_view target);
  ~StreamSession() override;
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  void on_text(std::string_view text) override;

 private:
  void subscribe_from_url(std::string_view target);
  void change_subscriptions(const JsonRequest& request);
  void set_property(const JsonRequest& request);
  void get_property(const JsonRequest& request);
  void reply(const JsonRequest& request, std::string_view result_json);
  void refuse(std::string_view id_json, int code, std::string_view message);

  StreamHub& hub_;
  TextSink& sink_;
};

}  // namespace portcullis::sim
