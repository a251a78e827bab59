#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/system/process.hpp"

namespace portcullis::test {

// portcullis-sim as a process of its own, on free ports, with two accounts: "gateway" for the
// gateway and "other" for its counterparty.
class SimVenue {
 public:
  // `arguments` are added to the command line: "--market", "none".
  SimVenue(const std::string& folder, const std::vector<std::string>& arguments);

  [[nodiscard]] std::uint16_t plain_port() const { return plain_port_; }
  [[nodiscard]] std::string tls_authority() const {
    return "localhost:" + std::to_string(tls_port_);
  }
  [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
  // Folder with api_key_hmac, secret_hmac, api_key_ed25519, ed25519_private.pem.
  [[nodiscard]] std::string keys_of(const std::string& account) const { return keys_.at(account); }

  // A signed REST call of the account "other"; the parsed body.
  nlohmann::json rest(const std::string& method, const std::string& path,
                      const std::string& parameters) const;
  // The same of another account.
  nlohmann::json rest_of(const std::string& account, const std::string& method,
                         const std::string& path, const std::string& parameters) const;
  // Rests or takes for the account "other"; answers the order.
  nlohmann::json place_other(const std::string& symbol, const std::string& side,
                             const std::string& px, const std::string& qty,
                             const std::string& tif = "GTC") const;

  // The simulator's own record of the account "gateway".
  [[nodiscard]] nlohmann::json truth() const;
  // Every request that the venue remembers, of all accounts.
  [[nodiscard]] nlohmann::json requests() const;
  void fault(const nlohmann::json& fault) const;
  [[nodiscard]] nlohmann::json faults() const;
  void admin(const std::string& path, const nlohmann::json& body) const;

  [[nodiscard]] Process& process() { return *process_; }

 private:
  std::unique_ptr<Process> process_;
  std::uint16_t plain_port_{0};
  std::uint16_t tls_port_{0};
  std::uint16_t admin_port_{0};
  std::string ca_file_;
  std::map<std::string, std::string> keys_;
};

// Orders of a truth that are open at the venue.
[[nodiscard]] int count_open(const nlohmann::json& truth);

}  // namespace portcullis::test
