#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/sim/sim_client.hpp"

namespace portcullis::sim::test {

// portcullis-sim as a process of its own; ended when it goes out of scope.
class Program {
 public:
  Program(const std::vector<std::string>& arguments, const std::string& output_file);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number) const;
  // The exit code; minus the signal that ended it.
  int wait();

 private:
  pid_t pid_{-1};
};

// What the program says in its --ready-file, as soon as it is there.
[[nodiscard]] Json ready_of(const std::string& file);
// Of "127.0.0.1:18080".
[[nodiscard]] std::uint16_t port_of(const std::string& address);

}  // namespace portcullis::sim::test
