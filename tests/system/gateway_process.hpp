#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {

// The real portcullis binary with a configuration that quotes hard: hundreds of orders a second.
class GatewayProcess {
 public:
  GatewayProcess(const SimVenue& venue, std::string folder);

  // `portcullis run`, with the arguments added.
  void start(const std::vector<std::string>& arguments = {}) { start_under({}, arguments); }
  // The same under another program: strace, with its arguments.
  void start_under(std::vector<std::string> command,
                   const std::vector<std::string>& arguments = {});
  // Of every start from now on: PORTCULLIS__SECTION__KEY overrides the configuration.
  void set_environment(const std::string& name, const std::string& value) {
    environment_[name] = value;
  }
  [[nodiscard]] Process& process() { return *process_; }
  // Runs a verb to its end, with the arguments added; the exit code.
  int run_verb(const std::string& verb, std::string* output = nullptr,
               const std::vector<std::string>& arguments = {}) const;

  [[nodiscard]] std::string config_file() const { return folder_ + "/gateway.toml"; }
  [[nodiscard]] std::string state_dir() const { return folder_ + "/state"; }
  [[nodiscard]] std::string latch_file() const { return folder_ + "/state/kill.latch"; }

 private:
  std::string folder_;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<Process> process_;
};

}  // namespace portcullis::test
