#include "tests/sim/sim_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <future>
#include <stdexcept>

#include "tests/sim/signing.hpp"

namespace portcullis::sim::test {

TempDirectory::TempDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sim_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
  path_ = pattern;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

SimFixture::SimFixture() = default;

SimFixture::~SimFixture() {
  if (server_ == nullptr) return;
  server_->stop();
  thread_.join();
}

ServerConfig SimFixture::usual_config() const {
  ServerConfig config;
  config.state_dir = directory_.path();
  config.limits.incoming_per_second_max = 0;
  config.symbols = {*symbol_spec_by_name("BTCUSDT"), *symbol_spec_by_name("ETHUSDT")};
  for (const char* name : {"main", "other"}) {
    config.accounts.push_back({name,
                               {{"BTC", Qty::from_units(10), {}},
                                {"ETH", Qty::from_units(100), {}},
                                {"USDT", Qty::from_units(1'000'000), {}}}});
  }
  return config;
}

void SimFixture::start(const ConnectionLimits& limits) {
  ServerConfig config = usual_config();
  config.limits = limits;
  start(std::move(config));
}

void SimFixture::start(ServerConfig config) {
  auto server = Server::open(config);
  if (!server) throw std::runtime_error{server.error().message};
  server_ = std::move(*server);
  thread_ = std::thread{[this] { server_->run(); }};
}

void SimFixture::on_server(std::move_only_function<void(Exchange&)> task) {
  std::promise<void> done;
  server_->post([this, &task, &done] {
    try {
      task(server_->exchange());
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

void SimFixture::crowd_order(const std::string& symbol, Side side, const char* px,
                             const char* qty) {
  on_server([&](Exchange& exchange) {
    const auto now = wall_time(std::stoll(now_ms_text()) * 1'000'000);
    const auto placed = exchange.place(
        kCrowd, *exchange.find_symbol(symbol),
        {.client_order_id = "", .side = side, .px = *Price::parse(px), .qty = *Qty::parse(qty)},
        now);
    if (!placed) throw std::runtime_error{placed.error().message};
  });
}

void SimFixture::fill_book() {
  crowd_order("BTCUSDT", Side::kBuy, "60000", "1");
  crowd_order("BTCUSDT", Side::kSell, "60001", "1");
}

HttpAnswer SimFixture::get(const std::string& target) {
  const auto answer = http_call(server_->plain_port(), {.target = target});
  if (!answer) throw std::runtime_error{"no answer to " + target};
  return *answer;
}

HttpAnswer SimFixture::signed_call(const std::string& method, const std::string& path,
                                   const std::string& query) {
  const ApiKeys& keys = server_->keys().at("main");
  const std::string payload = query + (query.empty() ? "" : "&") + "timestamp=" + now_ms_text();
  const std::string target =
      path + "?" + payload + "&signature=" + hmac_hex(keys.hmac_secret, payload);
  const auto answer = http_call(server_->plain_port(),
                                {.method = method, .target = target, .api_key = keys.hmac_api_key});
  if (!answer) throw std::runtime_error{"no answer to " + target};
  return *answer;
}

HttpAnswer SimFixture::admin(const std::string& method, const std::string& target,
                             const Json& body) {
  const auto answer = http_call(
      server_->admin_port(),
      {.method = method, .target = target, .body = body.is_null() ? std::string{} : body.dump()});
  if (!answer) throw std::runtime_error{"no answer to " + target};
  return *answer;
}

std::string SimFixture::key_dir(const std::string& account) const {
  return account == "main" ? directory_.path() : directory_.path() + "/" + account;
}

Json SimFixture::logon_request(const std::string& account) const {
  Json request = Json::parse(logon_text(server_->keys().at(account).ed25519_api_key,
                                        SigningKey::read(key_dir(account) + "/ed25519_private.pem"),
                                        now_ms_text()));
  request["id"] = "logon";
  return request;
}

std::unique_ptr<WsClient> SimFixture::logged_on(const std::string& account) {
  auto client = std::make_unique<WsClient>(server_->plain_port(), "/ws-api/v3");
  const Json reply = client->call(logon_request(account));
  if (reply.at("status") != 200) throw std::runtime_error{reply.dump()};
  return client;
}

Json SimFixture::request(const std::string& method, Json params, Json id) {
  params["timestamp"] = std::stoll(now_ms_text());
  return {{"id", std::move(id)}, {"method", method}, {"params", std::move(params)}};
}

Json SimFixture::limit_order(const std::string& side, const std::string& px, const std::string& qty,
                             const std::string& client_id) {
  Json params{{"symbol", "BTCUSDT"},  {"side", side}, {"type", "LIMIT"},
              {"timeInForce", "GTC"}, {"price", px},  {"quantity", qty}};
  if (!client_id.empty()) params["newClientOrderId"] = client_id;
  return params;
}

}  // namespace portcullis::sim::test
