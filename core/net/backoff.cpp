#include "core/net/backoff.hpp"

#include <algorithm>

namespace portcullis::net {

namespace {

std::uint64_t at_least_one(std::chrono::milliseconds value) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 1));
}

// SplitMix64 (Steele, Lea, Flood, 2014): the standard library's distributions differ between
// platforms.
std::uint64_t next_random(std::uint64_t& state) noexcept {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

}  // namespace

Backoff::Backoff(const BackoffPolicy& policy, std::uint64_t seed) noexcept
    : first_ms_{at_least_one(policy.first)},
      max_ms_{std::max(at_least_one(policy.max), first_ms_)},
      bound_ms_{first_ms_},
      random_state_{seed} {
}

std::chrono::milliseconds Backoff::next() noexcept {
  const std::uint64_t low = bound_ms_ / 2;
  const std::uint64_t wait = low + next_random(random_state_) % (bound_ms_ - low + 1);
  bound_ms_ = std::min(bound_ms_ * 2, max_ms_);
  return std::chrono::milliseconds{wait};
}

}  // namespace portcullis::net
