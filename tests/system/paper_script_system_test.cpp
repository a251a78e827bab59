// The script behind ./dev run, stopped as a person or a supervisor stops it.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/paths.hpp"
#include "tests/system/process.hpp"

namespace portcullis::test {
namespace {

namespace fs = std::filesystem;

class PaperScript : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory_symlink(source_dir() + "/configs", folder_ / "configs");
  }

  Process start() const {
    const fs::path build = fs::path{PORTCULLIS_BINARY}.parent_path().parent_path();
    return Process{{.arguments = {"/bin/bash", source_dir() + "/scripts/paper_session.sh",
                                  build.string(), "--seconds", "600", "--plain"},
                    .environment = {},
                    .output_file = folder_ / "out",
                    .working_folder = folder_.path(),
                    .is_job = true}};
  }

  static bool is_trading(const Process& session) {
    return session.output().find("trading  orders ") != std::string::npos;
  }

  // The simulator is a process of a session of its own; its working folder tells whose it is.
  [[nodiscard]] bool is_simulator_running() const {
    for (const auto& entry : fs::directory_iterator{"/proc"}) {
      const std::string folder = entry.path().filename();
      if (folder.find_first_not_of("0123456789") != std::string::npos) continue;
      if (read_file(entry.path().string() + "/cmdline").find("portcullis-sim") ==
          std::string::npos) {
        continue;
      }
      std::error_code gone;
      if (fs::read_symlink(entry.path() / "cwd", gone) == folder_.path()) return true;
    }
    return false;
  }

  void expect_drained(Process& session) const {
    EXPECT_EQ(session.wait(std::chrono::seconds{40}), 0) << session.output();
    EXPECT_NE(session.output().find("ended draining"), std::string::npos) << session.output();
    EXPECT_FALSE(is_simulator_running());
  }

  TemporaryFolder folder_;
};

TEST_F(PaperScript, CtrlCDrainsExitsZeroAndLeavesNoSimulator) {
  Process session = start();
  ASSERT_TRUE(eventually([&] { return is_trading(session); })) << session.output();
  ASSERT_TRUE(is_simulator_running());
  session.signal_job(SIGINT);
  expect_drained(session);
}

TEST_F(PaperScript, ATermToTheScriptAloneDrainsAsWell) {
  Process session = start();
  ASSERT_TRUE(eventually([&] { return is_trading(session); })) << session.output();
  ASSERT_TRUE(is_simulator_running());
  session.signal(SIGTERM);
  expect_drained(session);
}

// At many moments, since the shell is another one in each: between commands, in a command that is
// about to end, just behind the start of the gateway.
TEST_F(PaperScript, CtrlCDuringTheStartLeavesNothingRunning) {
  for (int after_ms = 0; after_ms <= 300; after_ms += 12) {
    fs::remove_all(folder_ / "run");
    Process session = start();
    ASSERT_TRUE(eventually([&] { return fs::exists(folder_ / "run"); })) << session.output();
    std::this_thread::sleep_for(std::chrono::milliseconds{after_ms});
    session.signal_job(SIGINT);
    ASSERT_TRUE(session.wait(std::chrono::seconds{40}).has_value())
        << after_ms << " ms: " << session.output();
    ASSERT_FALSE(is_simulator_running()) << after_ms << " ms";
  }
}

}  // namespace
}  // namespace portcullis::test
