#include "tests/system/gateway_process.hpp"

#include <utility>

#include "tests/system/live_gateway.hpp"

namespace portcullis::test {

GatewayProcess::GatewayProcess(const SimVenue& venue, std::string folder)
    : folder_{std::move(folder)} {
  std::string config = gateway_config(venue, folder_ + "/state");
  const std::string feed_thread = "agents = [\"feed.binance\"]";
  config.replace(config.find(feed_thread), feed_thread.size(),
                 "agents = [\"feed.binance\", \"strategy\"]");
  config +=
      "[strategy.BTCUSDT]\nquote_qty = \"0.01\"\nhalf_spread_ticks = 1\nrequote_ticks = 1\n"
      "inventory_max = \"4\"\nrequote_interval = \"0ms\"\n";
  write_file(config_file(), config);
}

void GatewayProcess::start_under(std::vector<std::string> command,
                                 const std::vector<std::string>& arguments) {
  command.insert(command.end(), {PORTCULLIS_BINARY, "run", "--config", config_file(), "--plain"});
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<Process>(Process::Options{.arguments = std::move(command),
                                                        .environment = environment_,
                                                        .output_file = folder_ + "/gateway.out",
                                                        .working_folder = {}});
}

int GatewayProcess::run_verb(const std::string& verb, std::string* output,
                             const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{PORTCULLIS_BINARY, verb, "--config", config_file()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Process child{{.arguments = std::move(command),
                 .environment = {},
                 .output_file = folder_ + "/verb.out",
                 .working_folder = {}}};
  const int code = child.wait(std::chrono::seconds{20}).value_or(-1);
  if (output != nullptr) *output = child.output();
  return code;
}

}  // namespace portcullis::test
