#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/agent.hpp"
#include "core/counters.hpp"
#include "core/hop_clock.hpp"

namespace portcullis::app {

// The agents that the configuration put on one thread, turned in its order. One indirect call an
// agent and turn, some 2 ns, buys threads that an operator can rearrange. Itself an agent.
//
// Measures the longest turn of each agent ("agent.<role>.turn_max_ns"): what a latency histogram
// cannot show is an agent that starves its neighbours.
class AgentChain {
 public:
  static constexpr const char* kRoleName = "chain";

  AgentChain(HopClock clock, CounterFile& counters) : clock_{clock}, counters_{counters} {}

  // Start-up only; the agent must outlive the chain.
  template <Agent A>
  void add(A& agent, const std::string& role) {
    links_.push_back(
        {&agent,
         [](void* self, const Now& now) noexcept { return static_cast<A*>(self)->do_work(now); },
         counters_.allocate("agent." + role + ".turn_max_ns")});
  }

  [[nodiscard]] bool is_empty() const noexcept { return links_.empty(); }

  int do_work(const Now& now) noexcept {
    int work = 0;
    MonoTime begin = clock_.stamp();
    for (Link& link : links_) {
      work += link.work(link.agent, now);
      const MonoTime end = clock_.stamp();
      link.turn_max_ns.set_max((end - begin).count());
      begin = end;
    }
    return work;
  }

 private:
  struct Link {
    void* agent;
    int (*work)(void*, const Now&) noexcept;
    Counter turn_max_ns;
  };

  HopClock clock_;
  CounterFile& counters_;
  std::vector<Link> links_;
};

}  // namespace portcullis::app
