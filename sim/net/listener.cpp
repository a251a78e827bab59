#include "sim/net/listener.hpp"

#include <deque>
#include <type_traits>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;

namespace {

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using ErrorCode = boost::system::error_code;
using Request = http::request<http::string_body>;

constexpr std::chrono::milliseconds kAcceptRetry{50};

std::string_view text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

std::string remote_of(const beast::tcp_stream& stream) {
  ErrorCode error;
  const auto endpoint = stream.socket().remote_endpoint(error);
  return error ? std::string{} : endpoint.address().to_string();
}

HttpHeaders headers_of(const Request& request) {
  HttpHeaders headers;
  for (const auto& field : request) {
    std::string name{text_of(field.name_string())};
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    headers.add(std::move(name), std::string{text_of(field.value())});
  }
  return headers;
}

// One upgraded connection. Kept alive by its pending reads and writes.
template <class Stream>
class WsConnection final : public TextSink,
                           public std::enable_shared_from_this<WsConnection<Stream>> {
 public:
  WsConnection(Stream&& stream, HttpService& service, const ConnectionLimits& limits)
      : ws_{std::move(stream)},
        ping_timer_{ws_.get_executor()},
        http_service_{service},
        limits_{limits} {}

  void start(Request request) {
    request_ = std::move(request);
    beast::get_lowest_layer(ws_).expires_never();
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = limits_.http_timeout;
    timeout.idle_timeout = websocket::stream_base::none();
    timeout.keep_alive_pings = false;
    ws_.set_option(timeout);
    ws_.read_message_max(limits_.request_bytes_max);
    ws_.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
      if (kind == websocket::frame_type::pong) on_pong(text_of(payload));
    });
    ws_.async_accept(request_, [self = this->shared_from_this()](ErrorCode error) {
      if (!error) self->on_accepted();
    });
  }

  void send(SharedText text, std::uint64_t conflation_key) override {
    if (is_cut_ || service_ended_) return;
    if (conflation_key != 0) {
      // The first in the queue is on its way already.
      for (std::size_t i = 1; i < queue_.size(); ++i) {
        if (queue_[i].key != conflation_key) continue;
        queue_[i].text = std::move(text);
        return;
      }
    }
    if (queue_.size() >= limits_.queue_max) return cut();
    queue_.push_back({std::move(text), conflation_key});
    if (queue_.size() == 1 && is_accepted_) write_next();
  }

  void cut() override {
    is_cut_ = true;
    beast::get_lowest_layer(ws_).close();
  }

  std::weak_ptr<TextSink> weak() override { return this->shared_from_this(); }

 private:
  struct Outgoing {
    SharedText text;
    std::uint64_t key;
  };
  static constexpr std::size_t kPingsKept = 8;

  void on_accepted() {
    is_accepted_ = true;
    ws_.text(true);
    service_ = http_service_.on_upgrade({.target = std::string{text_of(request_.target())},
                                         .remote = remote_of(beast::get_lowest_layer(ws_)),
                                         .headers = headers_of(request_)},
                                        *this);
    if (service_ == nullptr) return cut();
    schedule_ping();
    read_next();
    if (!queue_.empty()) write_next();
  }

  void read_next() {
    ws_.async_read(buffer_, [self = this->shared_from_this()](ErrorCode error, std::size_t) {
      if (error) return self->on_end();
      const auto data = self->buffer_.cdata();
      self->service_->on_text({static_cast<const char*>(data.data()), data.size()});
      self->buffer_.consume(self->buffer_.size());
      self->read_next();
    });
  }

  void write_next() {
    const SharedText text = queue_.front().text;
    ws_.async_write(asio::buffer(*text),
                    [self = this->shared_from_this(), text](ErrorCode error, std::size_t) {
                      if (error) return self->on_end();
                      self->queue_.pop_front();
                      if (!self->queue_.empty()) self->write_next();
                    });
  }

  void schedule_ping() {
    ping_timer_.expires_after(limits_.ping_interval);
    ping_timer_.async_wait([weak = this->weak_from_this()](ErrorCode error) {
      if (const auto self = weak.lock(); self && !error) self->ping();
    });
  }

  void ping() {
    const auto now = std::chrono::steady_clock::now();
    if (!pings_.empty() && now - pings_.front().second > limits_.pong_timeout) return cut();
    schedule_ping();
    if (is_pinging_) return;
    const std::string payload = std::to_string(++ping_count_);
    if (pings_.size() < kPingsKept) pings_.emplace_back(payload, now);
    is_pinging_ = true;
    ws_.async_ping(websocket::ping_data{payload},
                   [self = this->shared_from_this()](ErrorCode) { self->is_pinging_ = false; });
  }

  // A pong answers its ping and all before it; one that answers none keeps nothing alive.
  void on_pong(std::string_view payload) {
    for (std::size_t i = 0; i < pings_.size(); ++i) {
      if (pings_[i].first != payload) continue;
      for (std::size_t answered = 0; answered <= i; ++answered) pings_.pop_front();
      return;
    }
  }

  void on_end() {
    service_ended_ = true;
    ping_timer_.cancel();
    service_.reset();
    beast::get_lowest_layer(ws_).close();
  }

  websocket::stream<Stream> ws_;
  asio::steady_timer ping_timer_;
  HttpService& http_service_;
  const ConnectionLimits limits_;
  Request request_;
  beast::flat_buffer buffer_;
  std::deque<Outgoing> queue_;
  std::deque<std::pair<std::string, std::chrono::steady_clock::time_point>> pings_;
  std::uint64_t ping_count_{0};
  bool is_accepted_{false};
  bool is_pinging_{false};
  bool is_cut_{false};
  bool service_ended_{false};
  std::unique_ptr<WsService> service_;
};

// One connection until it closes or is upgraded. Kept alive by its pending reads and writes.
template <class Stream>
class HttpConnection final : public Responder::Connection,
                             public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(Stream&& stream, HttpService& service, const ConnectionLimits& limits)
      : stream_{std::move(stream)},
        service_{service},
        limits_{limits} {}

  void start() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      beast::get_lowest_layer(stream_).expires_after(limits_.http_timeout);
      auto on_handshake = [self = this->shared_from_this()](ErrorCode error) {
        if (!error) self->read_next();
      };
      stream_.async_handshake(asio::ssl::stream_base::server, std::move(on_handshake));
    } else {
      read_next();
    }
  }

  void on_reply(HttpReply reply) override {
    response_ = {};
    response_.version(11);
    response_.result(static_cast<unsigned>(reply.status));
    response_.keep_alive(keeps_alive_);
    response_.set(http::field::content_type, "application/json;charset=UTF-8");
    for (const auto& [name, value] : reply.headers) response_.set(name, value);
    response_.body() = std::move(reply.body);
    response_.prepare_payload();
    beast::get_lowest_layer(stream_).expires_after(limits_.http_timeout);
    http::async_write(stream_, response_,
                      [self = this->shared_from_this()](ErrorCode error, std::size_t) {
                        if (error || !self->keeps_alive_) return self->close();
                        self->read_next();
                      });
  }

  void on_cut() override { close(); }

  // Says nothing more; ends when the client gives up.
  void on_silence() override {
    auto& context = asio::query(stream_.get_executor(), asio::execution::context);
    if (static_cast<asio::io_context&>(context).stopped()) return;
    beast::get_lowest_layer(stream_).expires_never();
    stream_.async_read_some(buffer_.prepare(1),
                            [self = this->shared_from_this()](ErrorCode, std::size_t) {});
  }

 private:
  void read_next() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
    parser_->body_limit(limits_.request_bytes_max);
    beast::get_lowest_layer(stream_).expires_after(limits_.http_timeout);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](ErrorCode error, std::size_t) { self->on_read(error); });
  }

  void on_read(ErrorCode error) {
    if (error == http::error::header_limit) return refuse(431, "request header too long");
    if (error == http::error::body_limit) return refuse(413, "request body too long");
    if (error && error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      return refuse(400, "malformed HTTP request");
    }
    if (error) return close();
    Request request = parser_->release();
    const std::string_view target = text_of(request.target());
    if (websocket::is_upgrade(request) && service_.upgrade_kind(target)) {
      std::make_shared<WsConnection<Stream>>(std::move(stream_), service_, limits_)
          ->start(std::move(request));
      return;
    }
    keeps_alive_ = request.keep_alive();
    beast::get_lowest_layer(stream_).expires_never();
    service_.on_request(plain_request(request), Responder{this->shared_from_this()});
  }

  HttpRequest plain_request(const Request& request) const {
    const std::string_view target = text_of(request.target());
    const std::size_t question = std::min(target.find('?'), target.size());
    return {.method = std::string{text_of(request.method_string())},
            .path = std::string{target.substr(0, question)},
            .query = std::string{target.substr(std::min(question + 1, target.size()))},
            .body = request.body(),
            .remote = remote_of(beast::get_lowest_layer(stream_)),
            .headers = headers_of(request)};
  }

  void refuse(int status, const char* why) {
    keeps_alive_ = false;
    on_reply({.status = status, .body = error_json(-1000, why)});
  }

  void close() {
    ErrorCode ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(tcp::socket::shutdown_send, ignored);
    beast::get_lowest_layer(stream_).close();
  }

  Stream stream_;
  HttpService& service_;
  const ConnectionLimits limits_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  bool keeps_alive_{false};
};

std::optional<std::string> load_certificates(asio::ssl::context& tls,
                                             const CertificateFiles& files) {
  ErrorCode error;
  tls.use_certificate_chain_file(files.server, error);
  if (error) return "cannot use " + files.server + ": " + error.message();
  tls.use_private_key_file(files.server_key, asio::ssl::context::pem, error);
  if (error) return "cannot use " + files.server_key + ": " + error.message();
  return std::nullopt;
}

}  // namespace

struct Listener::Impl : std::enable_shared_from_this<Listener::Impl> {
  Impl(asio::io_context& context_in, HttpService& service_in, const Config& config_in)
      : context{context_in},
        acceptor{context_in},
        retry_timer{context_in},
        service{service_in},
        config{config_in} {}

  ErrorCode listen() {
    ErrorCode error;
    const auto address = asio::ip::make_address(config.address, error);
    if (error) return error;
    const tcp::endpoint endpoint{address, config.port};
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
  }

  void accept_next() {
    acceptor.async_accept([self = shared_from_this()](ErrorCode error, tcp::socket socket) {
      if (!self->acceptor.is_open()) return;
      if (error) return self->accept_later();
      self->serve(std::move(socket));
      self->accept_next();
    });
  }

  // Out of file handles, say: trying at once would only spin.
  void accept_later() {
    retry_timer.expires_after(kAcceptRetry);
    retry_timer.async_wait([self = shared_from_this()](ErrorCode error) {
      if (!error) self->accept_next();
    });
  }

  void serve(tcp::socket socket) {
    ErrorCode ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    PlainStream stream{std::move(socket)};
    if (config.tls) {
      std::make_shared<HttpConnection<TlsStream>>(TlsStream{std::move(stream), tls}, service,
                                                  config.limits)
          ->start();
    } else {
      std::make_shared<HttpConnection<PlainStream>>(std::move(stream), service, config.limits)
          ->start();
    }
  }

  asio::io_context& context;
  tcp::acceptor acceptor;
  asio::steady_timer retry_timer;
  HttpService& service;
  const Config config;
  asio::ssl::context tls{asio::ssl::context::tls_server};
};

Listener::Listener(std::shared_ptr<Impl> impl, std::uint16_t port) noexcept
    : impl_{std::move(impl)},
      port_{port} {
}

Listener::~Listener() {
  ErrorCode ignored;
  impl_->acceptor.close(ignored);
}

std::expected<std::unique_ptr<Listener>, std::string> Listener::open(EventLoop& loop,
                                                                     HttpService& service,
                                                                     const Config& config) {
  auto impl = std::make_shared<Impl>(loop.native(), service, config);
  if (config.tls) {
    impl->tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                          asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                          asio::ssl::context::no_tlsv1_1);
    if (auto problem = load_certificates(impl->tls, *config.tls)) {
      return std::unexpected{std::move(*problem)};
    }
  }
  if (const ErrorCode error = impl->listen()) {
    return std::unexpected{"cannot listen on " + config.address + ":" +
                           std::to_string(config.port) + ": " + error.message() +
                           "; choose another port, or 0 for a free one"};
  }
  const std::uint16_t port = impl->acceptor.local_endpoint().port();
  impl->accept_next();
  return std::unique_ptr<Listener>{new Listener{std::move(impl), port}};
}

}  // namespace portcullis::sim
