#include "oms/strategy_sessions.hpp"

#include <algorithm>

namespace portcullis::oms {

StrategySessions::StrategySessions(const StrategySessionSettings& settings,
                                   std::span<const StrategyPort> ports, LogRing& log,
                                   OmsCounters& counters)
    : settings_{settings},
      log_{log},
      counters_{counters},
      ports_(ports.begin(), ports.end()),
      sessions_(ports.size()),
      is_readmitted_{std::make_unique<std::atomic<bool>[]>(ports.size())} {
}

void StrategySessions::step(MonoTime now) noexcept {
  const bool is_first = last_step_ == MonoTime{};
  const Nanos passed_max = settings_.heartbeat_timeout / 4;
  const Nanos passed = is_first ? Nanos{} : std::min(now - last_step_, passed_max);
  last_step_ = now;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    Session& session = sessions_[i];
    if (is_first && settings_.is_required) session.state = State::kPresent;
    session.silent_for += passed;
    if (is_readmitted_[i].exchange(false, std::memory_order_acq_rel)) {
      session.is_human_awaited = false;
    }
    const std::uint64_t beats = ports_[i].pulse != nullptr ? ports_[i].pulse->beats() : 0;
    if (beats != session.beats) {
      session.beats = beats;
      on_heard(i, now);
    }
    if (session.state == State::kPresent && session.silent_for >= settings_.heartbeat_timeout) {
      lose(i, now,
           "oms: strategy {} has not been heard for {} ms: its orders are cancelled, new ones are "
           "refused until it is back");
    }
  }
}

void StrategySessions::on_command(StrategyId strategy) noexcept {
  Session& session = sessions_[strategy.raw()];
  // Of one that is gone: what it had put into the ring before.
  if (session.state == State::kPresent) session.silent_for = Nanos{};
}

void StrategySessions::on_goodbye(StrategyId strategy, MonoTime now) noexcept {
  const std::size_t i = strategy.raw();
  // What it has beaten so far is no return.
  if (ports_[i].pulse != nullptr) sessions_[i].beats = ports_[i].pulse->beats();
  if (sessions_[i].state == State::kGone) return;
  lose(i, now, "oms: strategy {} has said goodbye: its orders are cancelled");
  // It left by itself, and needs nobody's leave to come back.
  sessions_[i].is_human_awaited = false;
}

void StrategySessions::on_heard(std::size_t i, MonoTime now) noexcept {
  Session& session = sessions_[i];
  session.silent_for = Nanos{};
  if (session.state == State::kPresent || session.is_human_awaited) return;
  if (session.state == State::kGone) {
    counters_.strategies_gone.add(-1);
    log_.post(LogLevel::kInfo, now, "oms: strategy {} is back", static_cast<std::int64_t>(i));
  }
  session.state = State::kPresent;
}

void StrategySessions::lose(std::size_t i, MonoTime now, const char* message) noexcept {
  Session& session = sessions_[i];
  session.state = State::kGone;
  session.is_human_awaited = settings_.is_return_by_human;
  counters_.strategies_lost.add();
  counters_.strategies_gone.add();
  log_.post(LogLevel::kError, now, message, static_cast<std::int64_t>(i),
            session.silent_for.count() / 1'000'000);
}

void StrategySessions::readmit(StrategyId strategy) noexcept {
  if (strategy.raw() < sessions_.size()) {
    is_readmitted_[strategy.raw()].store(true, std::memory_order_release);
  }
}

}  // namespace portcullis::oms
