#include "core/net/connector.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/check.hpp"
#include "core/spsc_ring.hpp"

namespace portcullis::net {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// How often the cold thread looks for requests: waking it would cost the hot side a system call.
constexpr std::chrono::milliseconds kLookEvery{2};

}  // namespace

struct Connector::Impl {
  Impl(Endpoint endpoint_in, WsLimits limits_in, const BackoffPolicy& policy, std::uint64_t seed)
      : endpoint{std::move(endpoint_in)},
        limits{limits_in},
        backoff{policy, seed} {}

  void run() noexcept;
  void free_retired() noexcept;
  void connect_once() noexcept;
  void note_failure(std::string text);
  [[nodiscard]] SteadyTime earliest_connect(SteadyTime now) noexcept;

  // Constant after construction.
  const Endpoint endpoint;
  const WsLimits limits;

  // Hot agent only.
  bool is_requested{false};

  // Between the two. At most one connection is on its way to the agent and one on its way back.
  std::atomic<bool> wanted{false};
  std::atomic<bool> is_stopping{false};
  SpscRing<WsConnection*> ready{4};
  SpscRing<WsConnection*> retired{16};
  std::atomic<std::uint64_t> attempts{0};
  std::atomic<std::uint64_t> failures{0};

  // Cold thread only.
  Backoff backoff;
  std::optional<SteadyTime> connected_at;
  std::optional<SteadyTime> not_before;

  mutable std::mutex error_mutex;
  std::string error;  // guarded by error_mutex

  std::thread thread;
};

Connector::Connector(Endpoint endpoint, WsLimits limits, BackoffPolicy backoff, std::uint64_t seed)
    : impl_{std::make_unique<Impl>(std::move(endpoint), limits, backoff, seed)} {
  impl_->thread = std::thread{[impl = impl_.get()] { impl->run(); }};
}

Connector::~Connector() {
  impl_->is_stopping.store(true, std::memory_order_release);
  impl_->thread.join();
  impl_->free_retired();
  WsConnection* unclaimed = nullptr;
  while (impl_->ready.try_pop(unclaimed)) delete unclaimed;
}

void Connector::request() noexcept {
  if (impl_->is_requested) return;
  impl_->is_requested = true;
  impl_->wanted.store(true, std::memory_order_release);
}

WsConnection* Connector::take() noexcept {
  WsConnection* connection = nullptr;
  if (!impl_->ready.try_pop(connection)) return nullptr;
  impl_->is_requested = false;
  return connection;
}

void Connector::retire(WsConnection* connection) noexcept {
  if (connection == nullptr) return;
  PORTCULLIS_CHECK(impl_->retired.try_push(connection),
                   "more connections were retired than were ever handed out");
}

std::uint64_t Connector::attempts() const noexcept {
  return impl_->attempts.load(std::memory_order_relaxed);
}

std::uint64_t Connector::failures() const noexcept {
  return impl_->failures.load(std::memory_order_relaxed);
}

std::string Connector::last_error() const {
  const std::scoped_lock lock{impl_->error_mutex};
  return impl_->error;
}

void Connector::Impl::run() noexcept {
  while (!is_stopping.load(std::memory_order_acquire)) {
    free_retired();
    if (wanted.load(std::memory_order_acquire)) {
      const SteadyTime now = std::chrono::steady_clock::now();
      if (!not_before) not_before = earliest_connect(now);
      if (now >= *not_before) connect_once();
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

void Connector::Impl::free_retired() noexcept {
  WsConnection* connection = nullptr;
  while (retired.try_pop(connection)) delete connection;
}

// At once, unless the connection before this one hardly lived.
SteadyTime Connector::Impl::earliest_connect(SteadyTime now) noexcept {
  if (!connected_at) return now;
  if (now - *connected_at < kShortLife) return now + backoff.next();
  backoff.reset();
  return now;
}

void Connector::Impl::connect_once() noexcept {
  attempts.fetch_add(1, std::memory_order_relaxed);
  std::string cause;
  try {
    auto connection = WsConnection::connect(endpoint, limits, &is_stopping);
    if (connection) {
      connected_at = std::chrono::steady_clock::now();
      not_before.reset();
      // Before the hand-over: the agent may ask again as soon as it has this one.
      wanted.store(false, std::memory_order_release);
      PORTCULLIS_CHECK(ready.try_push(connection->get()), "one request, one connection");
      static_cast<void>(connection->release());
      return;
    }
    cause = std::move(connection.error());
  } catch (const std::exception& problem) {
    // Out of memory, or of what the system gives: another try may find some.
    cause = to_string(endpoint) + ": cannot set up a connection: " + problem.what();
  }
  not_before = std::chrono::steady_clock::now() + backoff.next();
  note_failure(std::move(cause));
}

void Connector::Impl::note_failure(std::string text) {
  failures.fetch_add(1, std::memory_order_relaxed);
  const std::scoped_lock lock{error_mutex};
  error = std::move(text);
}

}  // namespace portcullis::net
