#include "sim/streams/stream_session.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "sim/json/json_out.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

namespace {

using Method = ControlMessage::Method;
using Value = ControlMessage::Value;

constexpr std::string_view kRawPath = "/ws/";

std::vector<std::string_view> names_of(const ControlMessage& message) {
  std::vector<std::string_view> names;
  names.reserve(message.params.size());
  for (const Value& value : message.params) names.emplace_back(value.text);
  return names;
}

// The part of the path that names streams, escapes undone; clients send '@' as %40, too.
std::string decoded_path(std::string_view path) {
  Params params;
  params.add_encoded("p=" + std::string{path});
  return std::string{params.find("p").value_or("")};
}

bool asks_for_micros(const Params& query) {
  const auto unit = query.find("timeUnit");
  return unit == "MICROSECOND" || unit == "microsecond";
}

}  // namespace

StreamSession::StreamSession(StreamHub& hub, TextSink& sink, std::string_view target)
    : hub_{hub},
      sink_{sink} {
  const std::size_t question = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, question);
  Params query;
  query.add_encoded(target.substr(std::min(question + 1, target.size())));
  const bool is_combined = path.starts_with("/stream");
  hub_.add(sink_,
           {.is_combined = is_combined,
            .unit = asks_for_micros(query) ? TimeUnit::kMicroseconds : TimeUnit::kMilliseconds});
  if (is_combined) {
    subscribe_all(std::string{query.find("streams").value_or("")});
  } else if (path.starts_with(kRawPath)) {
    subscribe_all(decoded_path(path.substr(kRawPath.size())));
  }
}

StreamSession::~StreamSession() {
  hub_.remove(sink_);
}

// "/ws/0" is a connection without streams: what is no name is passed over. A plus sign of a time
// zone that was sent as it is has been read as a space, which no name has.
void StreamSession::subscribe_all(std::string text) {
  std::ranges::replace(text, ' ', '+');
  std::string_view names{text};
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('/'), names.size());
    hub_.subscribe(sink_, names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
}

void StreamSession::on_text(std::string_view text) {
  const auto message = parse_control_message(text);
  if (!message) return refuse(message.error());
  switch (message->method) {
    case Method::kSubscribe:
    case Method::kUnsubscribe: return change_subscriptions(*message);
    case Method::kListSubscriptions: {
      JsonOut names;
      names.open_array();
      for (const std::string& name : hub_.subscriptions(sink_)) names.text(name);
      return reply(*message, names.close_array().take());
    }
    case Method::kSetProperty: return set_property(*message);
    case Method::kGetProperty: return get_property(*message);
  }
}

void StreamSession::change_subscriptions(const ControlMessage& message) {
  const auto refuse_request = [&](const char* why) {
    refuse(
        {ControlError::kInvalidRequest, std::string{"Invalid request: "} + why, message.id_json});
  };
  if (message.params.empty()) return refuse_request("params must not be empty");
  // One bad name and none of the request is carried out.
  for (const Value& name : message.params) {
    const bool is_name = name.kind == Value::Kind::kText && is_stream_syntax(name.text);
    if (!is_name) return refuse_request("invalid stream");
  }
  const bool is_subscribe = message.method == Method::kSubscribe;
  if (is_subscribe && !hub_.has_room_for(sink_, names_of(message))) {
    return refuse_request("too many streams");
  }
  for (const Value& name : message.params) {
    if (is_subscribe) {
      hub_.subscribe(sink_, name.text);
    } else {
      hub_.unsubscribe(sink_, name.text);
    }
  }
  reply(message, "null");
}

bool StreamSession::refuses_property(const ControlMessage& message, std::size_t params_max) {
  const auto& params = message.params;
  if (params.empty() || params[0].kind != Value::Kind::kText) {
    refuse({ControlError::kInvalidRequest, "Invalid request: property name must be a string",
            message.id_json});
    return true;
  }
  if (params.size() > params_max) {
    refuse(
        {ControlError::kInvalidRequest, "Invalid request: too many parameters", message.id_json});
    return true;
  }
  if (params[0].text != "combined") {
    refuse({ControlError::kUnknownProperty, "Unknown property", message.id_json});
    return true;
  }
  return false;
}

void StreamSession::set_property(const ControlMessage& message) {
  if (refuses_property(message, 2)) return;
  if (message.params.size() < 2 || message.params[1].kind != Value::Kind::kBoolean) {
    return refuse(
        {ControlError::kInvalidValueType, "Invalid value type: expected Boolean", message.id_json});
  }
  hub_.set_combined(sink_, message.params[1].boolean);
  reply(message, "null");
}

void StreamSession::get_property(const ControlMessage& message) {
  if (refuses_property(message, 1)) return;
  reply(message, hub_.style_of(sink_).is_combined ? "true" : "false");
}

void StreamSession::reply(const ControlMessage& message, std::string_view result_json) {
  sink_.send_text(JsonOut{}
                      .open_object()
                      .key("result")
                      .raw(result_json)
                      .key("id")
                      .raw(message.id_json)
                      .close_object()
                      .take());
}

void StreamSession::refuse(const ControlError& error) {
  JsonOut out;
  out.open_object().key("error").raw(error_json(error.code, error.text));
  if (!error.id_json.empty()) out.key("id").raw(error.id_json);
  sink_.send_text(out.close_object().take());
}

}  // namespace portcullis::sim
