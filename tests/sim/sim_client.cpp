#include "tests/sim/sim_client.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace portcullis::sim::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

namespace {

tcp::endpoint loopback(std::uint16_t port) {
  return {asio::ip::make_address("127.0.0.1"), port};
}

asio::ssl::context trusting(const std::string& ca_file) {
  asio::ssl::context tls{asio::ssl::context::tls_client};
  tls.set_verify_mode(asio::ssl::verify_peer);
  tls.set_verify_callback(asio::ssl::host_name_verification{"localhost"});
  if (!ca_file.empty()) tls.load_verify_file(ca_file);
  return tls;
}

std::string lower_case(beast::string_view text) {
  std::string lower{text.data(), text.size()};
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

template <class Stream>
std::optional<HttpAnswer> exchange(asio::io_context& context, Stream& stream,
                                   const HttpCall& call) {
  const auto method = http::string_to_verb(call.method);
  http::request<http::string_body> request{method, call.target, 11};
  if (method == http::verb::unknown) request.method_string(call.method);
  request.set(http::field::host, "localhost");
  if (!call.api_key.empty()) request.set("X-MBX-APIKEY", call.api_key);
  request.body() = call.body;
  request.prepare_payload();
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  bool is_done = false;
  http::write(stream, request);
  http::async_read(stream, buffer, parser,
                   [&is_done](const auto& error, std::size_t) { is_done = !error; });
  context.run_for(call.patience);
  if (!is_done) {
    beast::get_lowest_layer(stream).close();
    context.restart();
    context.run();
    return std::nullopt;
  }
  HttpAnswer answer{.status = static_cast<int>(parser.get().result_int()),
                    .body = parser.get().body(),
                    .headers = {}};
  for (const auto& field : parser.get()) {
    answer.headers[lower_case(field.name_string())] =
        std::string{field.value().data(), field.value().size()};
  }
  return answer;
}

}  // namespace

std::optional<HttpAnswer> http_call(std::uint16_t port, const HttpCall& call,
                                    const std::string& ca_file) {
  asio::io_context context;
  if (ca_file.empty()) {
    beast::tcp_stream stream{context};
    stream.connect(loopback(port));
    return exchange(context, stream, call);
  }
  asio::ssl::context tls = trusting(ca_file);
  TlsStream stream{context, tls};
  beast::get_lowest_layer(stream).connect(loopback(port));
  stream.handshake(asio::ssl::stream_base::client);
  return exchange(context, stream, call);
}

std::string raw_exchange(std::uint16_t port, const std::string& bytes,
                         std::chrono::milliseconds patience) {
  asio::io_context context;
  tcp::socket socket{context};
  socket.connect(loopback(port));
  boost::system::error_code ignored;
  asio::write(socket, asio::buffer(bytes), ignored);
  std::string heard;
  asio::async_read(socket, asio::dynamic_buffer(heard), [](const auto&, std::size_t) {});
  context.run_for(patience);
  socket.close(ignored);
  context.restart();
  context.run();
  return heard;
}

struct WsClient::Impl {
  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::variant<std::monostate, websocket::stream<beast::tcp_stream>, websocket::stream<TlsStream>>
      stream;
  beast::flat_buffer buffer;
  std::deque<std::string> messages;
  std::deque<Json> events;
  bool is_reading{false};
  bool has_ended{false};
  int ping_count{0};

  template <class Visit>
  void with_stream(Visit visit) {
    if (auto* plain = std::get_if<1>(&stream)) return visit(*plain);
    visit(std::get<2>(stream));
  }

  template <class Ws>
  void open(Ws& ws, const std::string& target) {
    ws.read_message_max(64u << 20);
    ws.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::ping) ++ping_count;
    });
    ws.handshake("localhost", target);
  }

  template <class Ws>
  void read(Ws& ws) {
    is_reading = true;
    ws.async_read(buffer, [this](const boost::system::error_code& error, std::size_t) {
      is_reading = false;
      has_ended = static_cast<bool>(error);
      if (error) return;
      messages.push_back(beast::buffers_to_string(buffer.cdata()));
      buffer.consume(buffer.size());
    });
  }
};

WsClient::WsClient(std::uint16_t port, const std::string& target, const std::string& ca_file)
    : impl_{std::make_unique<Impl>()} {
  if (ca_file.empty()) {
    auto& ws = impl_->stream.emplace<1>(impl_->context);
    beast::get_lowest_layer(ws).connect(loopback(port));
    impl_->open(ws, target);
    return;
  }
  impl_->tls = trusting(ca_file);
  auto& ws = impl_->stream.emplace<2>(impl_->context, impl_->tls);
  beast::get_lowest_layer(ws).connect(loopback(port));
  ws.next_layer().handshake(asio::ssl::stream_base::client);
  impl_->open(ws, target);
}

WsClient::~WsClient() {
  impl_->with_stream([](auto& ws) { beast::get_lowest_layer(ws).close(); });
  impl_->context.restart();
  impl_->context.run();
}

void WsClient::send(const std::string& text) {
  impl_->with_stream([&text](auto& ws) { ws.write(asio::buffer(text)); });
}

std::optional<std::string> WsClient::receive(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (impl_->messages.empty() && !impl_->has_ended) {
    if (!impl_->is_reading) impl_->with_stream([this](auto& ws) { impl_->read(ws); });
    impl_->context.restart();
    if (impl_->context.run_one_until(deadline) == 0) return std::nullopt;
  }
  if (impl_->messages.empty()) return std::nullopt;
  std::string message = std::move(impl_->messages.front());
  impl_->messages.pop_front();
  return message;
}

Json WsClient::next() {
  const auto message = receive();
  if (!message) throw std::runtime_error{"no message came"};
  return Json::parse(*message);
}

Json WsClient::call(const Json& request) {
  send(request.dump());
  return next_reply();
}

Json WsClient::next_reply() {
  for (;;) {
    Json message = next();
    if (message.contains("id")) return message;
    impl_->events.push_back(std::move(message));
  }
}

Json WsClient::next_event() {
  if (impl_->events.empty()) return next();
  Json event = std::move(impl_->events.front());
  impl_->events.pop_front();
  return event;
}

bool WsClient::has_ended() const {
  return impl_->has_ended;
}

int WsClient::ping_count() const {
  return impl_->ping_count;
}

}  // namespace portcullis::sim::test
