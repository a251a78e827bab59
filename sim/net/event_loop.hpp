#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "sim/net/text_sink.hpp"

namespace boost::asio {
class io_context;
}

namespace portcullis::sim {

// The server's one thread: everything happens inside run().
class EventLoop final : public Scheduler {
 public:
  EventLoop();
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Until stop(), which any thread may call, or a signal when stop_on_signals() was called.
  void run();
  void stop();
  // SIGINT and SIGTERM end run().
  void stop_on_signals();

  void after(std::chrono::microseconds delay, std::move_only_function<void()> task) override;
  // Again and again; a late turn is not made up for.
  void every(std::chrono::milliseconds period, std::move_only_function<void()> task);
  // Runs `task` on the loop's thread; any thread may ask.
  void post(std::move_only_function<void()> task);

  // Destroys what is still waiting, connections included; nothing runs any more after it.
  void discard();

  [[nodiscard]] boost::asio::io_context& native() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
