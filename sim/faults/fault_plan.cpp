#include "sim/faults/fault_plan.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "sim/faults/fault_match.hpp"
#include "sim/faults/script_reader.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr std::int64_t kPpm = 1'000'000;

const VenueAction* venue_action(const FaultStep& step) {
  return std::get_if<VenueAction>(&step.action);
}

bool is_on_messages(const FaultStep& step, MessagePlace place) {
  const auto* action = std::get_if<MessageAction>(&step.action);
  return action != nullptr && action->place == place;
}

// Decided before the request is carried out.
bool is_on_requests(const FaultStep& step) {
  if (venue_action(step) != nullptr) return false;
  const auto* message = std::get_if<MessageAction>(&step.action);
  return message == nullptr || message->place == MessagePlace::kReply;
}

}  // namespace

std::optional<std::string> FaultPlan::problem_of(const FaultStep& step) const {
  const bool is_taken = std::ranges::any_of(
      steps_, [&step](const StepState& state) { return state.step.name == step.name; });
  if (is_taken) {
    return "there is a fault \"" + step.name +
           "\" already; choose another name, or clear the faults first";
  }
  const VenueAction* action = venue_action(step);
  if (action == nullptr) return std::nullopt;
  if (target_ == nullptr) return step.name + ": there is no venue to act on";
  const std::string problem = target_->check(*action);
  if (problem.empty()) return std::nullopt;
  return step.name + ": " + problem;
}

std::expected<void, std::string> FaultPlan::add(FaultStep step, std::uint64_t seed, MonoTime now) {
  if (step.name.empty()) {
    step.name = step.action_name + "_" + std::to_string(++unnamed_count_);
  }
  if (auto problem = problem_of(step)) return std::unexpected{*std::move(problem)};
  has_market_steps_ |= is_on_messages(step, MessagePlace::kMarket);
  const MonoTime opens = now + step.trigger.at;
  // Mixed once: seeds that differ by the generator's own stride give shifted copies.
  const std::uint64_t own_seed = Random{seed + steps_.size()}.next();
  steps_.push_back({.step = std::move(step),
                    .random = Random{own_seed},
                    .opens = opens,
                    .closes = {},
                    .problem = {},
                    .undo = {}});
  next_due_ = next_due();
  advance(now);
  return {};
}

std::expected<void, std::string> FaultPlan::add_json(std::string_view json, MonoTime now) {
  auto step = parse_fault_json(json);
  if (!step) return std::unexpected{step.error()};
  return add(std::move(*step), 1, now);
}

std::expected<void, std::string> FaultPlan::add(const FaultScenario& scenario, MonoTime now) {
  for (const FaultStep& step : scenario.steps) {
    if (auto problem = problem_of(step)) return std::unexpected{"step." + *std::move(problem)};
  }
  title_ = scenario.title;
  for (const FaultStep& step : scenario.steps) {
    if (auto added = add(step, scenario.seed, now); !added) return added;
  }
  return {};
}

void FaultPlan::clear() {
  for (StepState& state : steps_) take_back(state);
  steps_.clear();
  pending_.clear();
  title_.clear();
  next_due_.reset();
  has_market_steps_ = false;
}

bool FaultPlan::remove(std::string_view name) {
  const auto found = std::ranges::find_if(
      steps_, [name](const StepState& state) { return state.step.name == name; });
  if (found == steps_.end()) return false;
  take_back(*found);
  pending_.clear();  // by index; what waits for the next millisecond is given up
  steps_.erase(found);
  has_market_steps_ = std::ranges::any_of(steps_, [](const StepState& state) {
    return is_on_messages(state.step, MessagePlace::kMarket);
  });
  next_due_ = next_due();
  return true;
}

void FaultPlan::open(StepState& state) {
  const FaultTrigger& trigger = state.step.trigger;
  const MonoTime opened = *state.opens;
  state.is_open = true;
  // A timed step counts its openings, any other what happens while it is open.
  if (!state.step.is_timed() || state.matched == 0) {
    state.skip_left = trigger.skip;
    state.count_left = trigger.count;
  }
  state.opens.reset();
  if (trigger.every) state.opens = opened + *trigger.every;
  state.closes.reset();
  if (trigger.lasts) state.closes = opened + *trigger.lasts;
  if (std::holds_alternative<StaleSnapshotAction>(state.step.action) && target_ != nullptr) {
    target_->keep_snapshots(state.step.match.symbol);
  }
  if (!state.step.is_timed()) return;
  ++state.matched;
  if (fires(state)) perform(state, *venue_action(state.step));
  if (state.count_left && *state.count_left == 0) state.opens.reset();
}

void FaultPlan::close(StepState& state) {
  state.is_open = false;
  state.closes.reset();
  take_back(state);
}

void FaultPlan::take_back(StepState& state) {
  if (state.undo) std::exchange(state.undo, {})();
}

void FaultPlan::perform(StepState& state, const VenueAction& action) {
  take_back(state);
  auto done = target_->perform(action);
  if (done) {
    state.undo = std::move(*done);
    state.problem.clear();
  } else {
    state.problem = done.error();
  }
}

void FaultPlan::advance(MonoTime now) {
  for (const std::size_t index : std::exchange(pending_, {})) {
    perform(steps_[index], *venue_action(steps_[index].step));
  }
  while (next_due_ && *next_due_ <= now) {
    const MonoTime due = *next_due_;
    for (StepState& state : steps_) {
      if (state.closes && *state.closes <= due) close(state);
      if (state.opens && *state.opens <= due) open(state);
    }
    next_due_ = next_due();
  }
}

std::optional<MonoTime> FaultPlan::next_due() const {
  std::optional<MonoTime> first;
  for (const StepState& state : steps_) {
    for (const auto& moment : {state.opens, state.closes}) {
      if (moment && (!first || *moment < *first)) first = moment;
    }
  }
  return first;
}

bool FaultPlan::fires(StepState& state) {
  if (state.skip_left > 0) {
    --state.skip_left;
    return false;
  }
  if (state.count_left && *state.count_left == 0) return false;
  const std::int64_t odds = state.step.trigger.probability_ppm;
  if (odds < kPpm && state.random.below(kPpm) >= odds) return false;
  if (state.count_left) --*state.count_left;
  ++state.fired;
  return true;
}

void FaultPlan::fire_venue_steps(const Occurrence& occurrence) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    StepState& state = steps_[i];
    const VenueAction* action = venue_action(state.step);
    if (action == nullptr || !state.is_open || state.step.is_timed()) continue;
    if (!matches(state.step.match, occurrence)) continue;
    ++state.matched;
    if (!fires(state)) continue;
    if (occurrence.kind == Occurrence::Kind::kRequest) {
      perform(state, *action);
    } else {
      pending_.push_back(i);
    }
  }
}

Nanos FaultPlan::drawn(Nanos delay, Nanos jitter, Random& random) {
  if (jitter <= Nanos{0}) return delay;
  return delay + Nanos{random.below(jitter.count() + 1)};
}

void FaultPlan::apply(StepState& state, RequestFault& fault) {
  Random& random = state.random;
  std::visit(
      [&fault, &random](const auto& action) {
        using Action = std::decay_t<decltype(action)>;
        if constexpr (std::is_same_v<Action, MessageAction>) {
          fault.is_carried_out = action.is_carried_out;
          fault.reply = action.fate;
          fault.reply->delay = drawn(action.fate.delay, action.jitter, random);
        } else if constexpr (std::is_same_v<Action, LateRequestAction>) {
          fault.request_delay = drawn(action.delay, action.jitter, random);
        } else if constexpr (std::is_same_v<Action, RefusalAction>) {
          fault.is_carried_out = action.is_carried_out;
          fault.refusal = action.refusal;
        } else if constexpr (std::is_same_v<Action, LateFillAction>) {
          fault.late_fill = action;
        } else if constexpr (std::is_same_v<Action, StaleSnapshotAction>) {
          fault.is_snapshot_stale = true;
        }
      },
      state.step.action);
}

std::optional<RequestFault> FaultPlan::on_request(const Occurrence& request, MonoTime now) {
  if (steps_.empty()) return std::nullopt;
  advance(now);
  fire_venue_steps(request);
  for (StepState& state : steps_) {
    if (!state.is_open || !is_on_requests(state.step)) continue;
    if (!matches(state.step.match, request)) continue;
    ++state.matched;
    if (!fires(state)) continue;
    RequestFault fault;
    apply(state, fault);
    return fault;
  }
  return std::nullopt;
}

std::optional<MessageFate> FaultPlan::message_fate(const Occurrence& message, MessagePlace place) {
  for (StepState& state : steps_) {
    if (!state.is_open || !is_on_messages(state.step, place)) continue;
    if (!matches(state.step.match, message)) continue;
    ++state.matched;
    if (!fires(state)) continue;
    const auto& action = std::get<MessageAction>(state.step.action);
    MessageFate fate = action.fate;
    fate.delay = drawn(fate.delay, action.jitter, state.random);
    return fate;
  }
  return std::nullopt;
}

std::optional<MessageFate> FaultPlan::on_event(Occurrence event) {
  if (event_fate_) return event_fate_;
  if (steps_.empty()) return std::nullopt;
  event.cause = cause_;
  fire_venue_steps(event);
  return message_fate(event, MessagePlace::kEvent);
}

std::optional<MessageFate> FaultPlan::on_market(const Occurrence& message) {
  if (!has_market_steps_) return std::nullopt;
  return message_fate(message, MessagePlace::kMarket);
}

const char* FaultPlan::state_name(const StepState& state) {
  if (state.undo) return "in force";
  if (state.is_open && state.count_left != 0) return "open";
  return state.opens ? "waiting" : "spent";
}

std::string FaultPlan::json() const {
  JsonOut out;
  out.open_object().field("scenario", title_).key("faults").open_array();
  for (const StepState& state : steps_) {
    const FaultStep& step = state.step;
    const auto* message = std::get_if<MessageAction>(&step.action);
    const auto* refusal = std::get_if<RefusalAction>(&step.action);
    out.open_object()
        .field("name", step.name)
        .field("action", step.action_name)
        .field("method", step.match.name)
        .field("summary", step.summary)
        .field("state", state_name(state))
        .field("skip", state.skip_left)
        .field("count", state.count_left.value_or(-1))
        .field("accept", refusal != nullptr   ? refusal->is_carried_out
                         : message != nullptr ? message->is_carried_out
                                              : true)
        .field("matched", state.matched)
        .field("fired", state.fired);
    if (!state.problem.empty()) out.field("problem", state.problem);
    out.close_object();
  }
  out.close_array().key("neverFired").open_array();
  for (const StepState& state : steps_) {
    if (state.fired == 0) out.text(state.step.name);
  }
  return out.close_array().close_object().take();
}

std::string FaultPlan::report() const {
  std::string text;
  for (const StepState& state : steps_) {
    text += state.step.name + ": " + (state.fired == 0 ? "NEVER FIRED" : "fired ") +
            (state.fired == 0 ? "" : std::to_string(state.fired)) + " of " +
            std::to_string(state.matched) + " matches" +
            (state.problem.empty() ? "" : "; " + state.problem) + "\n";
  }
  return text;
}

}  // namespace portcullis::sim
