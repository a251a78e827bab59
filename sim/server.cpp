#include "sim/server.hpp"

#include <filesystem>
#include <utility>

#include "sim/admin/admin_api.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/api/venue_service.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr std::chrono::milliseconds kMarketStep{1};
constexpr std::chrono::milliseconds kDepthInterval{100};

}  // namespace

struct Server::Impl {
  explicit Impl(const ServerConfig& config_in)
      : config{config_in},
        venue{config_in.symbols, loop, config_in.rules},
        service{venue},
        admin{venue, service, accounts} {
    venue.usage.set_limits(config.venue_limits);
  }
  // Connections hold services, services touch the venue: they go first.
  ~Impl() {
    listeners.clear();
    connections.reset();
    loop.discard();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::expected<void, std::string> open_accounts();
  std::expected<void, std::string> open_listener(const Listener::Config& listener_config,
                                                 HttpService& served);
  std::expected<void, std::string> open_listeners();
  void start_timers();

  const ServerConfig config;
  EventLoop loop;
  VenueCore venue;
  VenueService service;
  std::map<std::string, SimAccountId> accounts;
  std::map<std::string, ApiKeys> keys;
  std::map<std::string, std::string> key_dirs;
  AdminApi admin;
  CertificateFiles certificates;
  // Of the venue's own ports; the admin's are not among them.
  std::shared_ptr<Connections> connections{std::make_shared<Connections>()};
  std::vector<std::unique_ptr<Listener>> listeners;  // plain, TLS, admin
  std::vector<std::unique_ptr<Market>> markets;
};

std::expected<void, std::string> Server::Impl::open_accounts() {
  for (const AccountConfig& account : config.accounts) {
    const bool is_first = accounts.empty();
    const std::string directory =
        is_first ? config.state_dir : config.state_dir + "/" + account.name;
    auto account_keys = ensure_api_keys(directory);
    if (!account_keys) return std::unexpected{account_keys.error()};
    const SimAccountId id = venue.exchange.add_account(account.balances);
    venue.authenticator.add_hmac_key(account_keys->hmac_api_key, account_keys->hmac_secret, id);
    const auto added = venue.authenticator.add_public_key(account_keys->ed25519_api_key,
                                                          account_keys->ed25519_public_pem, id);
    if (!added) return std::unexpected{directory + ": " + added.error()};
    accounts[account.name] = id;
    keys[account.name] = std::move(*account_keys);
    key_dirs[account.name] = directory;
  }
  return {};
}

std::expected<void, std::string> Server::Impl::open_listener(
    const Listener::Config& listener_config, HttpService& served) {
  auto listener = Listener::open(loop, served, listener_config);
  if (!listener) return std::unexpected{listener.error()};
  listeners.push_back(std::move(*listener));
  return {};
}

std::expected<void, std::string> Server::Impl::open_listeners() {
  Listener::Config venue_port{.address = config.address,
                              .port = config.plain_port,
                              .tls = std::nullopt,
                              .limits = config.limits,
                              .connections = connections};
  auto listening = open_listener(venue_port, service);
  venue_port.port = config.tls_port;
  venue_port.tls = certificates;
  if (listening) listening = open_listener(venue_port, service);
  if (listening) {
    listening = open_listener({.address = config.address,
                               .port = config.admin_port,
                               .tls = std::nullopt,
                               .limits = config.limits},
                              admin);
  }
  return listening;
}

void Server::Impl::start_timers() {
  loop.every(kMarketStep, [this] {
    for (const auto& market : markets) market->step(venue.clock.now());
  });
  loop.every(kDepthInterval, [this] { venue.streams.on_depth_interval(venue.clock.now()); });
}

Server::Server(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}
Server::~Server() = default;

std::expected<std::unique_ptr<Server>, Server::Error> Server::open(const ServerConfig& config) {
  if (config.symbols.empty() || config.accounts.empty()) {
    return std::unexpected{Error{ErrorKind::kConfig, "at least one symbol and one account"}};
  }
  std::error_code made;
  std::filesystem::create_directories(config.state_dir, made);
  if (made) {
    return std::unexpected{Error{ErrorKind::kConfig, "cannot make the state directory " +
                                                         config.state_dir + ": " + made.message()}};
  }
  auto impl = std::make_unique<Impl>(config);
  auto certificates = ensure_certificates(config.state_dir);
  if (!certificates) return std::unexpected{Error{ErrorKind::kConfig, certificates.error()}};
  impl->certificates = std::move(*certificates);
  if (const auto opened = impl->open_accounts(); !opened) {
    return std::unexpected{Error{ErrorKind::kConfig, opened.error()}};
  }
  if (const auto listening = impl->open_listeners(); !listening) {
    return std::unexpected{Error{ErrorKind::kUnavailable, listening.error()}};
  }
  return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

Exchange& Server::exchange() noexcept {
  return impl_->venue.exchange;
}

void Server::add_market(std::unique_ptr<Market> market) {
  impl_->markets.push_back(std::move(market));
}

void Server::run() {
  impl_->start_timers();
  impl_->loop.run();
}

void Server::stop() {
  impl_->loop.stop();
}

void Server::stop_on_signals() {
  impl_->loop.stop_on_signals();
}

void Server::post(std::move_only_function<void()> task) {
  impl_->loop.post(std::move(task));
}

std::uint16_t Server::plain_port() const noexcept {
  return impl_->listeners[0]->port();
}

std::uint16_t Server::tls_port() const noexcept {
  return impl_->listeners[1]->port();
}

std::uint16_t Server::admin_port() const noexcept {
  return impl_->listeners[2]->port();
}

const std::string& Server::ca_file() const noexcept {
  return impl_->certificates.ca;
}

const std::map<std::string, ApiKeys>& Server::keys() const noexcept {
  return impl_->keys;
}

SimAccountId Server::account(const std::string& name) const {
  return impl_->accounts.at(name);
}

std::string Server::ready_json() const {
  const std::string prefix = impl_->config.address + ":";
  JsonOut out;
  out.open_object()
      .field("plain", prefix + std::to_string(plain_port()))
      .field("tls", prefix + std::to_string(tls_port()))
      .field("admin", prefix + std::to_string(admin_port()))
      .field("ca", ca_file())
      .key("accounts")
      .open_object();
  for (const auto& [name, directory] : impl_->key_dirs) {
    out.key(name).open_object().field("keys", directory).close_object();
  }
  return out.close_object().close_object().take();
}

}  // namespace portcullis::sim
