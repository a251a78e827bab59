#include "sim/server.hpp"

#include <filesystem>
#include <utility>

#include "sim/admin/admin_api.hpp"
#include "sim/admin/venue_control.hpp"
#include "sim/api/truth_file.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/api/venue_service.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr std::chrono::milliseconds kMarketStep{1};
constexpr std::chrono::milliseconds kStreamInterval{100};
constexpr std::chrono::milliseconds kTruthFlush{200};

}  // namespace

struct Server::Impl final : VenuePorts {
  explicit Impl(const ServerConfig& config_in)
      : config{config_in},
        venue{config_in.symbols, loop, config_in.rules, config_in.truth_records_max},
        service{venue},
        control{venue, loop, connections, *this},
        admin{
            {.venue = venue, .service = service, .control = control, .connections = connections}} {
    venue.faults.set_target(&control);
    venue.usage.set_limits(config.venue_limits);
    venue.latency = LatencyModel{config.latency, config.latency_seed};
  }
  // Connections hold services, services touch the venue: they go first.
  ~Impl() override {
    listeners.clear();
    admin_listener.reset();
    connections.reset();
    loop.discard();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::expected<void, std::string> open_accounts();
  std::expected<std::uint16_t, std::string> open_listener(const Listener::Config& listener_config);
  std::expected<void, std::string> open_venue_listeners(std::uint16_t plain_port,
                                                        std::uint16_t tls_port);
  std::expected<void, std::string> open_admin_listener();
  void stop_listening() override { listeners.clear(); }
  std::expected<void, std::string> listen_again() override;
  void start_timers();

  const ServerConfig config;
  EventLoop loop;
  std::unique_ptr<TruthFile> truth_file;  // null: none was asked for
  VenueCore venue;
  VenueService service;
  std::map<std::string, ApiKeys> keys;
  std::map<std::string, std::string> key_dirs;
  // Of the venue's own ports; the admin's are not among them.
  std::shared_ptr<Connections> connections{std::make_shared<Connections>()};
  VenueControl control;
  AdminApi admin;
  CertificateFiles certificates;
  std::vector<std::unique_ptr<Listener>> listeners;  // plain, TLS; none while refusing
  std::uint16_t plain_port{0};
  std::uint16_t tls_port{0};
  std::unique_ptr<Listener> admin_listener;
  std::vector<std::unique_ptr<Market>> markets;
};

std::expected<void, std::string> Server::Impl::open_accounts() {
  for (const AccountConfig& account : config.accounts) {
    const bool is_first = venue.accounts.all().empty();
    const std::string directory =
        is_first ? config.state_dir : config.state_dir + "/" + account.name;
    auto account_keys = ensure_api_keys(directory);
    if (!account_keys) return std::unexpected{account_keys.error()};
    const SimAccountId id = venue.exchange.add_account(account.balances);
    venue.authenticator.add_hmac_key(account_keys->hmac_api_key, account_keys->hmac_secret, id);
    const auto added = venue.authenticator.add_public_key(account_keys->ed25519_api_key,
                                                          account_keys->ed25519_public_pem, id);
    if (!added) return std::unexpected{directory + ": " + added.error()};
    venue.accounts.add(account.name, id);
    keys[account.name] = std::move(*account_keys);
    key_dirs[account.name] = directory;
  }
  return {};
}

std::expected<std::uint16_t, std::string> Server::Impl::open_listener(
    const Listener::Config& listener_config) {
  auto listener = Listener::open(loop, service, listener_config);
  if (!listener) return std::unexpected{listener.error()};
  const std::uint16_t port = (*listener)->port();
  listeners.push_back(std::move(*listener));
  return port;
}

std::expected<void, std::string> Server::Impl::open_venue_listeners(std::uint16_t plain,
                                                                    std::uint16_t tls) {
  Listener::Config venue_port{.address = config.address,
                              .port = plain,
                              .tls = std::nullopt,
                              .limits = config.limits,
                              .connections = connections};
  const auto plain_opened = open_listener(venue_port);
  if (!plain_opened) return std::unexpected{plain_opened.error()};
  venue_port.port = tls;
  venue_port.tls = certificates;
  const auto tls_opened = open_listener(venue_port);
  if (!tls_opened) return std::unexpected{tls_opened.error()};
  plain_port = *plain_opened;
  tls_port = *tls_opened;
  return {};
}

std::expected<void, std::string> Server::Impl::listen_again() {
  listeners.clear();
  return open_venue_listeners(plain_port, tls_port);
}

std::expected<void, std::string> Server::Impl::open_admin_listener() {
  auto listener = Listener::open(loop, admin,
                                 {.address = config.admin_address,
                                  .port = config.admin_port,
                                  .tls = std::nullopt,
                                  .limits = config.limits});
  if (!listener) return std::unexpected{listener.error()};
  admin_listener = std::move(*listener);
  admin.set_addresses({{"plain", config.address + ":" + std::to_string(plain_port)},
                       {"tls", config.address + ":" + std::to_string(tls_port)}});
  return {};
}

void Server::Impl::start_timers() {
  loop.every(kMarketStep, [this] {
    venue.faults.advance(venue.clock.steady());
    for (const auto& market : markets) market->step(venue.clock.now());
  });
  if (truth_file != nullptr) loop.every(kTruthFlush, [this] { truth_file->flush(); });
  loop.every(kStreamInterval, [this] { venue.streams.on_interval(venue.clock.now()); });
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
  if (!config.truth_file.empty()) {
    auto truth_file = TruthFile::open(config.truth_file);
    if (!truth_file) return std::unexpected{Error{ErrorKind::kConfig, truth_file.error()}};
    impl->truth_file = std::move(*truth_file);
    impl->venue.truth.set_writer(
        [file = impl->truth_file.get()](std::string_view line) { file->write(line); });
  }
  if (const auto opened = impl->open_accounts(); !opened) {
    return std::unexpected{Error{ErrorKind::kConfig, opened.error()}};
  }
  auto listening = impl->open_venue_listeners(config.plain_port, config.tls_port);
  if (listening) listening = impl->open_admin_listener();
  if (!listening) {
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

std::expected<void, std::string> Server::add_scenario(const FaultScenario& scenario) {
  return impl_->venue.faults.add(scenario, impl_->venue.clock.steady());
}

std::string Server::fault_report() const {
  return impl_->venue.faults.report();
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
  return impl_->plain_port;
}

std::uint16_t Server::tls_port() const noexcept {
  return impl_->tls_port;
}

std::uint16_t Server::admin_port() const noexcept {
  return impl_->admin_listener->port();
}

const std::string& Server::ca_file() const noexcept {
  return impl_->certificates.ca;
}

const std::map<std::string, ApiKeys>& Server::keys() const noexcept {
  return impl_->keys;
}

SimAccountId Server::account(const std::string& name) const {
  return *impl_->venue.accounts.find(name);
}

std::string Server::ready_json() const {
  const std::string prefix = impl_->config.address + ":";
  JsonOut out;
  out.open_object()
      .field("plain", prefix + std::to_string(plain_port()))
      .field("tls", prefix + std::to_string(tls_port()))
      .field("admin", impl_->config.admin_address + ":" + std::to_string(admin_port()))
      .field("ca", ca_file())
      .key("accounts")
      .open_object();
  for (const auto& [name, directory] : impl_->key_dirs) {
    out.key(name).open_object().field("keys", directory).close_object();
  }
  return out.close_object().close_object().take();
}

}  // namespace portcullis::sim
