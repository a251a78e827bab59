#include "core/idle_strategy.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <sched.h>

namespace portcullis {

namespace {

constexpr int kSpinCycles = 200;
constexpr int kYieldCycles = 50;
constexpr long kSleepMinNs = 50'000;
constexpr int kSleepDoublings = 3;  // 400 us at most: an agent's time-outs are milliseconds

struct KindName {
  IdleKind kind;
  const char* name;
};
constexpr std::array kNames{KindName{IdleKind::kBusySpin, "busy_spin"},
                            KindName{IdleKind::kYield, "yield"},
                            KindName{IdleKind::kBackoff, "backoff"}};

void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

const char* to_string(IdleKind kind) noexcept {
  const auto* it = std::ranges::find(kNames, kind, &KindName::kind);
  return it != kNames.end() ? it->name : "?";
}

std::optional<IdleKind> parse_idle_kind(std::string_view text) noexcept {
  const auto* it = std::ranges::find(kNames, text, &KindName::name);
  if (it == kNames.end()) return std::nullopt;
  return it->kind;
}

void IdleStrategy::idle(int work_count) noexcept {
  if (work_count > 0) {
    idle_cycles_ = 0;
    return;
  }
  switch (kind_) {
    case IdleKind::kBusySpin: pause_cpu(); return;
    case IdleKind::kYield: ::sched_yield(); return;
    case IdleKind::kBackoff: back_off(); return;
  }
}

void IdleStrategy::back_off() noexcept {
  constexpr int kSleepFrom = kSpinCycles + kYieldCycles;
  const int cycle = idle_cycles_;
  idle_cycles_ = std::min(cycle + 1, kSleepFrom + kSleepDoublings);
  if (cycle < kSpinCycles) {
    pause_cpu();
  } else if (cycle < kSleepFrom) {
    ::sched_yield();
  } else {
    const timespec pause{.tv_sec = 0, .tv_nsec = kSleepMinNs << (cycle - kSleepFrom)};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace portcullis
