#include "tests/system/sim_venue.hpp"

#include <chrono>
#include <stdexcept>

#include "tests/system/http.hpp"

namespace portcullis::test {

namespace {

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

SimVenue::SimVenue(const std::string& folder, const std::vector<std::string>& arguments) {
  const std::string ready_file = folder + "/sim-ready.json";
  Process::Options options{
      .arguments = {PORTCULLIS_SIM, "--state-dir", folder + "/sim", "--port", "0", "--tls-port",
                    "0", "--admin-port", "0", "--ready-file", ready_file, "--account",
                    "gateway,other", "--limits"},
      .environment = {},
      .output_file = folder + "/sim.log",
      .working_folder = {}};
  // Stated wide, since the gateway keeps to what is stated, enforced or not. A test's own come
  // later and count.
  for (const char* limit : {"orders10s=1000000", "ordersday=100000000", "weight=10000000",
                            "raw=100000000", "connections=1000000"}) {
    options.arguments.emplace_back(limit);
  }
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<Process>(options);
  const bool is_ready =
      eventually([&] { return !read_file(ready_file).empty() || !process_->is_running(); });
  if (!is_ready || !process_->is_running()) {
    throw std::runtime_error{"portcullis-sim did not start: " + process_->output()};
  }
  const auto ready = nlohmann::json::parse(read_file(ready_file));
  plain_port_ = port_of(ready.at("plain"));
  tls_port_ = port_of(ready.at("tls"));
  admin_port_ = port_of(ready.at("admin"));
  ca_file_ = ready.at("ca");
  for (const auto& [name, account] : ready.at("accounts").items()) {
    keys_[name] = account.at("keys");
  }
}

nlohmann::json SimVenue::rest(const std::string& method, const std::string& path,
                              const std::string& parameters) const {
  return rest_of("other", method, path, parameters);
}

nlohmann::json SimVenue::rest_of(const std::string& account, const std::string& method,
                                 const std::string& path, const std::string& parameters) const {
  const std::string keys = keys_of(account);
  const std::string payload =
      parameters + (parameters.empty() ? "" : "&") + "timestamp=" + std::to_string(now_ms());
  const std::string signature = hmac_sha256_hex(trimmed(read_file(keys + "/secret_hmac")), payload);
  const HttpAnswer answer =
      http_request(plain_port_, method, path + "?" + payload + "&signature=" + signature, "",
                   "X-MBX-APIKEY: " + trimmed(read_file(keys + "/api_key_hmac")) + "\r\n");
  return nlohmann::json::parse(answer.body);
}

nlohmann::json SimVenue::place_other(const std::string& symbol, const std::string& side,
                                     const std::string& px, const std::string& qty,
                                     const std::string& tif) const {
  nlohmann::json answer =
      rest("POST", "/api/v3/order",
           "symbol=" + symbol + "&side=" + side + "&type=LIMIT&timeInForce=" + tif +
               "&quantity=" + qty + "&price=" + px);
  if (!answer.contains("orderId")) throw std::runtime_error{"refused: " + answer.dump()};
  return answer;
}

nlohmann::json SimVenue::truth() const {
  const HttpAnswer answer = http_request(admin_port_, "GET", "/truth?account=gateway");
  return nlohmann::json::parse(answer.body).at("accounts").at("gateway");
}

nlohmann::json SimVenue::requests() const {
  constexpr std::size_t kPage = 1'000;
  nlohmann::json all = nlohmann::json::array();
  std::string from = "0";
  for (;;) {
    const HttpAnswer answer = http_request(
        admin_port_, "GET", "/truth/requests?limit=" + std::to_string(kPage) + "&from=" + from);
    const nlohmann::json page = nlohmann::json::parse(answer.body);
    for (const auto& request : page.at("records")) all.push_back(request);
    if (page.at("records").size() < kPage) return all;
    from = page.at("next").dump();
  }
}

void SimVenue::admin(const std::string& path, const nlohmann::json& body) const {
  const HttpAnswer answer = http_request(admin_port_, "POST", path, body.dump());
  if (answer.status != 200) throw std::runtime_error{path + " refused: " + answer.body};
}

void SimVenue::fault(const nlohmann::json& fault) const {
  admin("/faults", fault);
}

nlohmann::json SimVenue::faults() const {
  return nlohmann::json::parse(http_request(admin_port_, "GET", "/faults").body);
}

int count_open(const nlohmann::json& truth) {
  int open = 0;
  for (const auto& order : truth.at("orders")) {
    const std::string status = order.at("status");
    // What waits for another order of its list is at the venue as well.
    if (status == "NEW" || status == "PARTIALLY_FILLED" || status == "PENDING_NEW") ++open;
  }
  return open;
}

}  // namespace portcullis::test
