#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/text_sink.hpp"

namespace portcullis::sim::test {

// A connection's way out that keeps what it is given.
class FakeSink final : public TextSink, public std::enable_shared_from_this<FakeSink> {
 public:
  void send(SharedText text, std::uint64_t) override { got.push_back(*text); }
  void cut() override { is_cut = true; }
  void close(std::uint16_t code, std::string_view reason) override {
    got.push_back("close " + std::to_string(code) + ' ' + std::string{reason});
  }
  void inject(const WireFault&) override { got.emplace_back("fault"); }
  std::weak_ptr<TextSink> weak() override { return weak_from_this(); }

  std::vector<std::string> got;
  bool is_cut{false};
};

// Time stands still until the test moves it.
class FakeScheduler final : public Scheduler {
 public:
  void after(std::chrono::microseconds delay, std::move_only_function<void()> task) override {
    tasks.emplace_back(now + delay, std::move(task));
  }
  // Runs what is due by then: in order of time and, at one moment, as it was asked for.
  void advance(std::chrono::microseconds by) {
    const auto end = now + by;
    while (true) {
      auto next = tasks.end();
      for (auto task = tasks.begin(); task != tasks.end(); ++task) {
        if (task->first <= end && (next == tasks.end() || task->first < next->first)) next = task;
      }
      if (next == tasks.end()) break;
      now = next->first;
      auto task = std::move(next->second);
      tasks.erase(next);
      task();
    }
    now = end;
  }

  std::chrono::microseconds now{0};
  std::vector<std::pair<std::chrono::microseconds, std::move_only_function<void()>>> tasks;
};

}  // namespace portcullis::sim::test
