#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/faults/fault_script.hpp"
#include "sim/faults/fault_target.hpp"
#include "sim/faults/occurrence.hpp"
#include "sim/random.hpp"

namespace portcullis::sim {

// What is to go wrong with one request.
struct RequestFault {
  bool is_carried_out{true};
  Nanos request_delay{0};  // it lands this much later
  std::optional<Refusal> refusal{};
  std::optional<MessageFate> reply{};
  std::optional<LateFillAction> late_fill{};
  bool is_snapshot_stale{false};
};

// What is to go wrong, step by step. Counted, and the same for the same script, seed, and sequence
// of calls with their times: each step draws from a random sequence of its own. On one occurrence
// the first step that is due decides; steps on the venue fire beside it. One thread.
class FaultPlan {
 public:
  // What steps on the venue act on; must outlive the plan. Without one they are refused.
  void set_target(FaultTarget* target) noexcept { target_ = target; }

  // Adds a step whose time starts now. The error says what is wrong with it.
  std::expected<void, std::string> add(FaultStep step, std::uint64_t seed, MonoTime now);
  std::expected<void, std::string> add_json(std::string_view json, MonoTime now);
  // All of it or nothing.
  std::expected<void, std::string> add(const FaultScenario& scenario, MonoTime now);
  // Forgets every step and takes back what can be taken back.
  void clear();
  // The same for one; false when there is none of that name.
  bool remove(std::string_view name);

  // Whether asking can matter at all: cheap, for paths that are hot.
  [[nodiscard]] bool is_empty() const noexcept { return steps_.empty(); }
  [[nodiscard]] bool has_market_steps() const noexcept { return has_market_steps_; }

  // Advances first. Steps on the venue act before it returns.
  [[nodiscard]] std::optional<RequestFault> on_request(const Occurrence& request, MonoTime now);
  // Safe inside the exchange's own calls: steps on the venue wait for advance().
  [[nodiscard]] std::optional<MessageFate> on_event(Occurrence event);
  [[nodiscard]] std::optional<MessageFate> on_market(const Occurrence& message);

  // Names the request being carried out, so that faults on its events find it; empty: none.
  void set_cause(std::string_view method) { cause_ = method; }
  // Until called with nothing: every event gets this fate, whatever the steps say.
  void set_event_fate(std::optional<MessageFate> fate) { event_fate_ = fate; }

  // Opens and closes the steps that are due; to be called every millisecond or so.
  void advance(MonoTime now);
  // When advance() has something to do next.
  [[nodiscard]] std::optional<MonoTime> next_due() const;

  // {"scenario":..,"faults":[{"name","action","method","state","fired",..}],"neverFired":["NAME"]};
  // a state is "waiting" for its time, "open", "in force" (it stands until it is taken back) or
  // "spent".
  [[nodiscard]] std::string json() const;
  // "NAME: fired 3 of 7 matches", one a line.
  [[nodiscard]] std::string report() const;

 private:
  struct StepState {
    FaultStep step;
    Random random;
    std::optional<MonoTime> opens;   // next
    std::optional<MonoTime> closes;  // when it is open
    bool is_open{false};
    std::int64_t skip_left{0};
    std::optional<std::int64_t> count_left{};  // nothing: without end
    std::int64_t matched{0};
    std::int64_t fired{0};
    std::string problem;  // of the last firing
    FaultTarget::Undo undo;
  };

  [[nodiscard]] std::optional<std::string> problem_of(const FaultStep& step) const;
  void open(StepState& state);
  void close(StepState& state);
  void take_back(StepState& state);
  void perform(StepState& state, const VenueAction& action);
  // Counts the match, and takes one count when the step fires on it.
  static bool fires(StepState& state);
  void fire_venue_steps(const Occurrence& occurrence);
  [[nodiscard]] static Nanos drawn(Nanos delay, Nanos jitter, Random& random);
  [[nodiscard]] std::optional<MessageFate> message_fate(const Occurrence& message,
                                                        MessagePlace place);
  [[nodiscard]] static const char* state_name(const StepState& state);
  static void apply(StepState& state, RequestFault& fault);

  FaultTarget* target_{nullptr};
  std::vector<StepState> steps_;
  std::vector<std::size_t> pending_;  // steps on the venue that wait for advance()
  std::int64_t unnamed_count_{0};
  std::string title_;
  std::string cause_;
  std::optional<MessageFate> event_fate_;
  std::optional<MonoTime> next_due_;
  bool has_market_steps_{false};
};

}  // namespace portcullis::sim
