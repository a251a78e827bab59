#include "sim/net/listener.hpp"

#include "sim/net/acceptor.hpp"
#include "sim/net/byte_stream.hpp"
#include "sim/net/http_connection.hpp"
#include "sim/net/port_context.hpp"
#include "sim/net/tls_engine.hpp"

namespace portcullis::sim {

struct Listener::Impl {
  void serve(int socket, std::string remote) const {
    ByteStream stream{port->loop, socket, tls.get(), connections->shared_fault_counts()};
    if (connections->size() >= port->limits.connections_max) {
      return stream.close(ByteStream::Farewell::kReset);
    }
    if (const auto fault = connections->take_accept_fault()) stream.inject(*fault);
    ConnectionInfo info{connections->next_id(), std::nullopt, std::move(remote)};
    const auto connection =
        std::make_shared<HttpConnection>(port, std::move(info), std::move(stream));
    connections->add(connection);
    connection->start();
  }

  std::shared_ptr<Connections> connections;
  std::shared_ptr<const TlsContext> tls;
  std::shared_ptr<const PortContext> port;
  std::unique_ptr<Acceptor> acceptor;
};

Listener::Listener(std::shared_ptr<Impl> impl, std::uint16_t port) noexcept
    : impl_{std::move(impl)},
      port_{port} {
}

Listener::~Listener() = default;

std::expected<std::unique_ptr<Listener>, std::string> Listener::open(EventLoop& loop,
                                                                     HttpService& service,
                                                                     const Config& config) {
  auto impl = std::make_shared<Impl>();
  if (config.tls) {
    auto tls = TlsContext::load(*config.tls);
    if (!tls) return std::unexpected{tls.error()};
    impl->tls = std::move(*tls);
  }
  impl->connections = config.connections ? config.connections : std::make_shared<Connections>();
  impl->port = std::make_shared<const PortContext>(loop, service, config.limits, impl->connections,
                                                   config.reply_headers);
  auto acceptor = Acceptor::open(loop, config.address, config.port,
                                 [&served = *impl](int socket, std::string remote) {
                                   served.serve(socket, std::move(remote));
                                 });
  if (!acceptor) {
    return std::unexpected{"cannot listen on " + config.address + ":" +
                           std::to_string(config.port) + ": " + acceptor.error() +
                           "; choose another port, or 0 for a free one"};
  }
  impl->acceptor = std::move(*acceptor);
  const std::uint16_t port = impl->acceptor->port();
  return std::unique_ptr<Listener>{new Listener{std::move(impl), port}};
}

}  // namespace portcullis::sim
