#pragma once

#include <concepts>
#include <tuple>

#include "core/time.hpp"

namespace portcullis {

// A stage of the gateway: bounded work, told the time, says how much it did. It never blocks,
// sleeps or reads the clock (hop stamps excepted, core/hop_clock.hpp), so that the same object runs
// on a pinned thread, shares one, or is stepped by a simulation.
template <class A>
concept Agent = requires(A agent, const Now& now) {
  { agent.do_work(now) } noexcept -> std::same_as<int>;
  { A::kRoleName } -> std::convertible_to<const char*>;
};

// Agents that share a thread, in the order of the data's way. A group is an agent.
template <Agent... Agents>
class AgentGroup {
 public:
  static constexpr const char* kRoleName = "group";
  explicit AgentGroup(Agents&... agents) noexcept : agents_{agents...} {}

  // Reaches those that have one (core/agent_runner.hpp).
  void on_start(const Now& now) noexcept {
    std::apply([&now](auto&... agent) noexcept { (start_one(agent, now), ...); }, agents_);
  }
  int do_work(const Now& now) noexcept {
    return std::apply([&now](auto&... agent) noexcept { return (0 + ... + agent.do_work(now)); },
                      agents_);
  }

 private:
  template <class A>
  static void start_one(A& agent, const Now& now) noexcept {
    if constexpr (requires { agent.on_start(now); }) agent.on_start(now);
  }

  std::tuple<Agents&...> agents_;
};

}  // namespace portcullis
