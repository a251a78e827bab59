#include "sim/net/event_loop.hpp"

#include <csignal>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace portcullis::sim {

namespace asio = boost::asio;

namespace {

class Repeating : public std::enable_shared_from_this<Repeating> {
 public:
  Repeating(asio::io_context& context, std::chrono::milliseconds period,
            std::move_only_function<void()> task)
      : timer_{context},
        period_{period},
        task_{std::move(task)} {}

  void start() {
    timer_.expires_after(period_);
    wait();
  }

 private:
  void wait() {
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->turn();
    });
  }
  void turn() {
    task_();
    const auto next = timer_.expiry() + period_;
    const auto now = asio::steady_timer::clock_type::now();
    timer_.expires_at(next > now ? next : now + period_);
    wait();
  }

  asio::steady_timer timer_;
  std::chrono::milliseconds period_;
  std::move_only_function<void()> task_;
};

}  // namespace

struct EventLoop::Impl {
  // Signals last, so that they go before the context they live in.
  asio::io_context context{1};
  asio::signal_set signals{context};
};

EventLoop::EventLoop() : impl_{std::make_unique<Impl>()} {
}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  const auto work = asio::make_work_guard(impl_->context);
  impl_->context.run();
}

void EventLoop::stop() {
  impl_->context.stop();
}

void EventLoop::stop_on_signals() {
  impl_->signals.add(SIGINT);
  impl_->signals.add(SIGTERM);
  impl_->signals.async_wait([this](const boost::system::error_code& error, int) {
    if (!error) stop();
  });
}

void EventLoop::after(std::chrono::microseconds delay, std::move_only_function<void()> task) {
  auto timer = std::make_unique<asio::steady_timer>(impl_->context, delay);
  asio::steady_timer& waiting = *timer;
  waiting.async_wait([timer = std::move(timer),
                      task = std::move(task)](const boost::system::error_code& error) mutable {
    if (!error) task();
  });
}

void EventLoop::every(std::chrono::milliseconds period, std::move_only_function<void()> task) {
  std::make_shared<Repeating>(impl_->context, period, std::move(task))->start();
}

void EventLoop::post(std::move_only_function<void()> task) {
  asio::post(impl_->context, std::move(task));
}

void EventLoop::discard() {
  impl_.reset();
}

asio::io_context& EventLoop::native() noexcept {
  return impl_->context;
}

}  // namespace portcullis::sim
