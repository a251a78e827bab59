#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/eventually.hpp"

namespace portcullis::test {

// A child process with its output in a file; killed and reaped when it goes out of scope.
class Process {
 public:
  struct Options {
    std::vector<std::string> arguments;              // the program first
    std::map<std::string, std::string> environment;  // added to ours
    std::string output_file;                         // stdout and stderr
    std::string working_folder;
    bool is_job{};  // with its children in a process group, as a shell starts a command line
  };

  explicit Process(const Options& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int signal_number) const;
  // To the whole group of a job, as a terminal does at Ctrl-C.
  void signal_job(int signal_number) const;
  [[nodiscard]] bool is_running();
  // Exit code (128 + signal when killed by one), or nothing when it still runs after `timeout`.
  std::optional<int> wait(std::chrono::milliseconds timeout);
  [[nodiscard]] std::string output() const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_{-1};
  bool is_job_{};
  std::optional<int> exit_code_;
  std::string output_file_;
};

[[nodiscard]] std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& content);

// A new empty folder under the system's temporary folder, removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Processes start and settle in their own time.
template <class Condition>
bool eventually(Condition&& holds) {
  return eventually(holds, std::chrono::seconds{30});
}

}  // namespace portcullis::test
