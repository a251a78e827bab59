#include "tests/net/loopback_server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace portcullis::net::test {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<tcp::socket>;

void set_read_timeout(tcp::socket& socket) {
  const timeval ten_seconds{.tv_sec = 10, .tv_usec = 0};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &ten_seconds, sizeof ten_seconds);
}

template <class Stream>
class Peer final : public ServerPeer {
 public:
  template <class... Args>
  explicit Peer(Args&&... args) : websocket_{std::forward<Args>(args)...} {}

  Stream& stream() { return websocket_.next_layer(); }
  tcp::socket& socket() { return beast::get_lowest_layer(websocket_); }

  std::string accept_upgrade() override {
    beast::flat_buffer buffer;
    beast::http::request<beast::http::string_body> request;
    beast::http::read(stream(), buffer, request);
    websocket_.accept(request);
    return std::string{request.target()};
  }
  void send_text(std::string_view text) override {
    websocket_.text(true);
    websocket_.write(asio::buffer(text.data(), text.size()));
  }
  std::optional<std::string> read_message() override {
    beast::flat_buffer buffer;
    beast::error_code error;
    websocket_.read(buffer, error);
    if (error) return std::nullopt;
    return beast::buffers_to_string(buffer.data());
  }
  void send_raw(std::string_view bytes) override {
    asio::write(stream(), asio::buffer(bytes.data(), bytes.size()));
  }
  std::optional<ServerFrame> read_frame() override {
    const auto head = read_exactly(2);
    if (!head) return std::nullopt;
    const auto first = static_cast<std::uint8_t>((*head)[0]);
    const auto second = static_cast<std::uint8_t>((*head)[1]);
    std::size_t length = second & 0x7fU;
    if (length >= 126) {
      const auto wide = read_exactly(length == 126 ? 2 : 8);
      if (!wide) return std::nullopt;
      length = 0;
      for (const char byte : *wide) length = (length << 8U) | static_cast<std::uint8_t>(byte);
    }
    ServerFrame frame{.opcode = first & 0x0f,
                      .is_last = (first & 0x80U) != 0,
                      .is_masked = (second & 0x80U) != 0,
                      .payload = {}};
    const auto key = read_exactly(frame.is_masked ? 4 : 0);
    const auto payload = read_exactly(length);
    if (!key || !payload) return std::nullopt;
    frame.payload = *payload;
    for (std::size_t i = 0; frame.is_masked && i < length; ++i) {
      frame.payload[i] = static_cast<char>(frame.payload[i] ^ (*key)[i % 4]);
    }
    return frame;
  }
  std::string read_head() override {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      const auto byte = read_exactly(1);
      if (!byte) break;
      head += *byte;
    }
    return head;
  }
  void update_keys() override {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      SSL_key_update(stream().native_handle(), SSL_KEY_UPDATE_REQUESTED);
    }
  }
  void reset() override {
    socket().set_option(asio::socket_base::linger{true, 0});
    socket().close();
  }
  void await_end() override {
    std::array<char, 4096> sink{};
    beast::error_code error;
    while (!error) stream().read_some(asio::buffer(sink), error);
  }

 private:
  std::optional<std::string> read_exactly(std::size_t count) {
    std::string bytes(count, '\0');
    beast::error_code error;
    asio::read(stream(), asio::buffer(bytes), error);
    if (error) return std::nullopt;
    return bytes;
  }

  beast::websocket::stream<Stream, false> websocket_;
};

}  // namespace

std::string server_frame(std::uint8_t first, std::string_view payload) {
  std::string frame{static_cast<char>(first)};
  const std::size_t size = payload.size();
  int length_bytes = 0;
  if (size < 126) {
    frame += static_cast<char>(size);
  } else {
    length_bytes = size < 65'536 ? 2 : 8;
    frame += static_cast<char>(length_bytes == 2 ? 126 : 127);
  }
  for (int i = length_bytes - 1; i >= 0; --i) {
    frame += static_cast<char>((size >> (8U * static_cast<unsigned>(i))) & 0xffU);
  }
  return frame.append(payload);
}

struct LoopbackServer::Impl {
  Impl(const ServerOptions& options, Script script_in)
      : acceptor{context, tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
        script{std::move(script_in)},
        is_concurrent{options.is_concurrent} {
    if (!options.credentials) return;
    tls.emplace(asio::ssl::context::tls_server);
    const Credentials& own = *options.credentials;
    tls->use_certificate_chain(asio::buffer(own.certificate_pem));
    tls->use_private_key(asio::buffer(own.key_pem), asio::ssl::context::pem);
    if (!options.is_tls11_only) return;
    // Security level 0 is where OpenSSL 3 still speaks it.
    SSL_CTX_set_cipher_list(tls->native_handle(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(tls->native_handle(), TLS1_1_VERSION);
  }

  void run() {
    while (!is_stopping.load()) {
      pollfd one{.fd = acceptor.native_handle(), .events = POLLIN, .revents = 0};
      if (::poll(&one, 1, 10) < 1) continue;
      tcp::socket socket = acceptor.accept();
      set_read_timeout(socket);
      socket.set_option(tcp::no_delay{true});
      ++connection_count;
      if (!is_concurrent) {
        serve_safely(std::move(socket));
        continue;
      }
      servants.emplace_back(
          [this, own = std::move(socket)]() mutable { serve_safely(std::move(own)); });
    }
    for (std::thread& servant : servants) servant.join();
  }

  void serve_safely(tcp::socket socket) {
    try {
      serve(std::move(socket));
    } catch (const std::exception&) {
      // The client went away: the test sees that on its own side.
    }
  }

  void serve(tcp::socket socket) {
    if (tls) {
      Peer<TlsStream> peer{std::move(socket), *tls};
      peer.stream().handshake(asio::ssl::stream_base::server);
      script(peer);
    } else {
      Peer<tcp::socket> peer{std::move(socket)};
      script(peer);
    }
  }

  asio::io_context context;
  tcp::acceptor acceptor;
  std::optional<asio::ssl::context> tls;
  Script script;
  const bool is_concurrent;
  std::vector<std::thread> servants;  // of the acceptor's thread
  std::atomic<bool> is_stopping{false};
  std::atomic<int> connection_count{0};
  std::thread thread;
};

LoopbackServer::LoopbackServer(const ServerOptions& options, Script script)
    : impl_{std::make_unique<Impl>(options, std::move(script))} {
  impl_->thread = std::thread{[impl = impl_.get()] { impl->run(); }};
}

LoopbackServer::~LoopbackServer() {
  impl_->is_stopping.store(true);
  impl_->thread.join();
}

std::uint16_t LoopbackServer::port() const noexcept {
  return impl_->acceptor.local_endpoint().port();
}

int LoopbackServer::connection_count() const noexcept {
  return impl_->connection_count.load();
}

}  // namespace portcullis::net::test
