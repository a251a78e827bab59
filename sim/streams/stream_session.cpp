#include "sim/streams/stream_session.hpp"

#include <algorithm>

#include "sim/json/json_out.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

namespace {

constexpr int kUnknownProperty = 0;
constexpr int kInvalidValueType = 1;
constexpr int kInvalidRequest = 2;
constexpr int kInvalidJson = 3;

}  // namespace

StreamSession::StreamSession(StreamHub& hub, TextSink& sink, std::string_view target)
    : hub_{hub},
      sink_{sink} {
  hub_.add(sink_, target.starts_with("/stream"));
  subscribe_from_url(target);
}

StreamSession::~StreamSession() {
  hub_.remove(sink_);
}

void StreamSession::subscribe_from_url(std::string_view target) {
  const std::size_t question = std::min(target.find('?'), target.size());
  Params query;
  query.add_encoded(target.substr(std::min(question + 1, target.size())));
  std::string streams;
  if (target.starts_with("/stream")) {
    streams = query.find("streams").value_or("");
  } else if (target.starts_with("/ws/")) {
    // Through the decoder, too: clients may send '@' as %40.
    Params path;
    path.add_encoded("p=" + std::string{target.substr(4, question - 4)});
    streams = path.find("p").value_or("");
  }
  std::string_view rest = streams;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    // "/ws/0" is a connection without streams: names without an '@' are passed over.
    hub_.subscribe(sink_, std::string{rest.substr(0, end)});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void StreamSession::on_text(std::string_view text) {
  const auto request = parse_json_request(text);
  if (!request) {
    const bool is_json = request.error().kind != JsonRequestError::Kind::kSyntax;
    return refuse("null", is_json ? kInvalidRequest : kInvalidJson, request.error().text);
  }
  if (request->method == "SUBSCRIBE" || request->method == "UNSUBSCRIBE") {
    return change_subscriptions(*request);
  }
  if (request->method == "LIST_SUBSCRIPTIONS") {
    JsonOut names;
    names.open_array();
    for (const std::string& name : hub_.subscriptions(sink_)) names.text(name);
    return reply(*request, names.close_array().take());
  }
  if (request->method == "SET_PROPERTY") return set_property(*request);
  if (request->method == "GET_PROPERTY") return get_property(*request);
  refuse(request->id_json, kInvalidRequest, "Invalid request: unknown method");
}

void StreamSession::change_subscriptions(const JsonRequest& request) {
  if (request.list.empty()) {
    return refuse(request.id_json, kInvalidRequest, "Invalid request: params must not be empty");
  }
  const bool is_subscribe = request.method == "SUBSCRIBE";
  for (const std::string& name : request.list) {
    if (!is_subscribe) {
      hub_.unsubscribe(sink_, name);
    } else if (!hub_.subscribe(sink_, name)) {
      return refuse(request.id_json, kInvalidRequest,
                    "Invalid request: not a stream name, or too many streams");
    }
  }
  reply(request, "null");
}

void StreamSession::set_property(const JsonRequest& request) {
  if (request.list.size() != 2 || request.list[0] != "combined") {
    return refuse(request.id_json, kUnknownProperty, "Unknown property");
  }
  if (request.list[1] != "true" && request.list[1] != "false") {
    return refuse(request.id_json, kInvalidValueType, "Invalid value type: expected Boolean");
  }
  hub_.set_combined(sink_, request.list[1] == "true");
  reply(request, "null");
}

void StreamSession::get_property(const JsonRequest& request) {
  if (request.list.size() != 1 || request.list[0] != "combined") {
    return refuse(request.id_json, kUnknownProperty, "Unknown property");
  }
  reply(request, hub_.is_combined(sink_) ? "true" : "false");
}

void StreamSession::reply(const JsonRequest& request, std::string_view result_json) {
  sink_.send_text(JsonOut{}
                      .open_object()
                      .key("result")
                      .raw(result_json)
                      .key("id")
                      .raw(request.id_json)
                      .close_object()
                      .take());
}

void StreamSession::refuse(std::string_view id_json, int code, std::string_view message) {
  sink_.send_text(JsonOut{}
                      .open_object()
                      .key("error")
                      .raw(error_json(code, message))
                      .key("id")
                      .raw(id_json)
                      .close_object()
                      .take());
}

}  // namespace portcullis::sim
