#include "core/net/connector.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/check.hpp"
#include "core/net/stream_source.hpp"
#include "core/net/transport.hpp"
#include "core/spsc_ring.hpp"

namespace portcullis::net {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// How often the cold thread looks for requests: waking it would cost the hot side a system call.
constexpr std::chrono::milliseconds kLookEvery{2};

// What a cold thread makes and hands over, one at a time.
template <class Made>
class ColdMaker {
 public:
  // Blocks; the error is told to whoever asks. The flag calls it off.
  using Make = std::move_only_function<std::expected<std::unique_ptr<Made>, std::string>(
      const std::atomic<bool>* abandon) const>;

  ColdMaker(Make make, std::string name, const BackoffPolicy& policy, std::uint64_t seed)
      : make_{std::move(make)},
        name_{std::move(name)},
        backoff_{policy, seed},
        thread_{[this] { run(); }} {}
  ~ColdMaker() {
    is_stopping_.store(true, std::memory_order_release);
    thread_.join();
    free_retired();
    Made* unclaimed = nullptr;
    while (ready_.try_pop(unclaimed)) delete unclaimed;
  }
  ColdMaker(const ColdMaker&) = delete;
  ColdMaker& operator=(const ColdMaker&) = delete;

  void request() noexcept {
    if (is_requested_) return;
    is_requested_ = true;
    wanted_.store(true, std::memory_order_release);
  }
  [[nodiscard]] Made* take() noexcept {
    Made* made = nullptr;
    if (!ready_.try_pop(made)) return nullptr;
    is_requested_ = false;
    return made;
  }
  void retire(Made* made) noexcept {
    if (made == nullptr) return;
    PORTCULLIS_CHECK(retired_.try_push(made), "more were retired than were ever handed out");
  }
  [[nodiscard]] std::uint64_t attempts() const noexcept {
    return attempts_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t failures() const noexcept {
    return failures_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::string last_error() const {
    const std::scoped_lock lock{error_mutex_};
    return error_;
  }

 private:
  void run() noexcept {
    while (!is_stopping_.load(std::memory_order_acquire)) {
      free_retired();
      if (wanted_.load(std::memory_order_acquire)) {
        const SteadyTime now = std::chrono::steady_clock::now();
        if (!not_before_) not_before_ = earliest(now);
        if (now >= *not_before_) make_once();
      }
      std::this_thread::sleep_for(kLookEvery);
    }
  }
  void free_retired() noexcept {
    Made* made = nullptr;
    while (retired_.try_pop(made)) delete made;
  }
  // At once, unless the one before hardly lived.
  [[nodiscard]] SteadyTime earliest(SteadyTime now) noexcept {
    if (!made_at_) return now;
    if (now - *made_at_ < Connector::kShortLife) return now + backoff_.next();
    backoff_.reset();
    return now;
  }
  void make_once() noexcept {
    attempts_.fetch_add(1, std::memory_order_relaxed);
    std::string cause;
    try {
      auto made = make_(&is_stopping_);
      if (made) {
        made_at_ = std::chrono::steady_clock::now();
        not_before_.reset();
        // Before the hand-over: the agent may ask again as soon as it has this one.
        wanted_.store(false, std::memory_order_release);
        PORTCULLIS_CHECK(ready_.try_push(made->get()), "one request, one connection");
        static_cast<void>(made->release());
        return;
      }
      cause = std::move(made.error());
    } catch (const std::exception& problem) {
      // Out of memory, or of what the system gives: another try may find some.
      cause = name_ + ": cannot set up a connection: " + problem.what();
    }
    not_before_ = std::chrono::steady_clock::now() + backoff_.next();
    failures_.fetch_add(1, std::memory_order_relaxed);
    const std::scoped_lock lock{error_mutex_};
    error_ = std::move(cause);
  }

  // Constant after construction.
  Make make_;
  const std::string name_;

  // Hot agent only.
  bool is_requested_{false};

  // Between the two. At most one is on its way to the agent.
  std::atomic<bool> wanted_{false};
  std::atomic<bool> is_stopping_{false};
  SpscRing<Made*> ready_{4};
  SpscRing<Made*> retired_{16};
  std::atomic<std::uint64_t> attempts_{0};
  std::atomic<std::uint64_t> failures_{0};

  // Cold thread only.
  Backoff backoff_;
  std::optional<SteadyTime> made_at_;
  std::optional<SteadyTime> not_before_;

  mutable std::mutex error_mutex_;
  std::string error_;  // guarded by error_mutex_

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

struct Connector::Impl {
  ColdMaker<WsConnection> maker;
};

Connector::Connector(Endpoint endpoint, WsLimits limits, BackoffPolicy backoff,
                     std::uint64_t seed) {
  std::string name = to_string(endpoint);
  impl_.reset(new Impl{.maker = {[endpoint = std::move(endpoint), limits](const auto* abandon) {
                                   return WsConnection::connect(endpoint, limits, abandon);
                                 },
                                 std::move(name), backoff, seed}});
}

Connector::~Connector() = default;

void Connector::request() noexcept {
  impl_->maker.request();
}

WsConnection* Connector::take() noexcept {
  return impl_->maker.take();
}

void Connector::retire(WsConnection* connection) noexcept {
  impl_->maker.retire(connection);
}

std::uint64_t Connector::attempts() const noexcept {
  return impl_->maker.attempts();
}

std::uint64_t Connector::failures() const noexcept {
  return impl_->maker.failures();
}

std::string Connector::last_error() const {
  return impl_->maker.last_error();
}

struct StreamConnector::Impl {
  ColdMaker<ByteStream> maker;
};

StreamConnector::StreamConnector(Endpoint endpoint, BackoffPolicy backoff, std::uint64_t seed) {
  std::string name = to_string(endpoint);
  const auto make = [endpoint = std::move(endpoint)](const std::atomic<bool>* abandon)
      -> std::expected<std::unique_ptr<ByteStream>, std::string> {
    if (auto barred = check_may_connect(endpoint); !barred) return std::unexpected{barred.error()};
    auto made = Transport::connect(endpoint, Deadline{WsLimits{}.connect_timeout, abandon});
    if (!made) return std::unexpected{std::move(made.error())};
    return std::unique_ptr<ByteStream>{std::move(*made)};
  };
  impl_.reset(new Impl{.maker = {make, std::move(name), backoff, seed}});
}

StreamConnector::~StreamConnector() = default;

void StreamConnector::request() noexcept {
  impl_->maker.request();
}

ByteStream* StreamConnector::take() noexcept {
  return impl_->maker.take();
}

void StreamConnector::retire(ByteStream* stream) noexcept {
  impl_->maker.retire(stream);
}

std::string StreamConnector::last_error() const {
  return impl_->maker.last_error();
}

}  // namespace portcullis::net
