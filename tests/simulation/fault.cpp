#include "tests/simulation/fault.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "sim/random.hpp"

namespace portcullis::simulation {

namespace {

using std::chrono::milliseconds;

using Verb = sim::MessageFate::Verb;
constexpr auto kReply = sim::MessagePlace::kReply;
constexpr auto kEvent = sim::MessagePlace::kEvent;
constexpr auto kMarket = sim::MessagePlace::kMarket;

template <sim::MessagePlace kPlace, Verb kVerb, int kDelayMs, int kJitterMs>
sim::FaultAction message(const Fault&) {
  return sim::MessageAction{.place = kPlace,
                            .fate = {.verb = kVerb, .delay = milliseconds{kDelayMs}},
                            .jitter = milliseconds{kJitterMs}};
}

template <bool kIsCarriedOut>
sim::FaultAction unknown_outcome(const Fault& fault) {
  static constexpr std::array<std::pair<int, int>, 4> kWords{
      {{504, -1007}, {500, -1006}, {500, -1000}, {503, -1001}}};
  const auto& [status, code] = kWords[static_cast<std::size_t>(fault.amount) % kWords.size()];
  return sim::RefusalAction{
      .refusal = {.status = status,
                  .code = code,
                  .message = "Timeout waiting for response from backend server."},
      .is_carried_out = kIsCarriedOut};
}

sim::FaultAction late_request(const Fault&) {
  return sim::LateRequestAction{.delay = milliseconds{100}, .jitter = milliseconds{1'500}};
}

sim::FaultAction slow_down(const Fault&) {
  return sim::RefusalAction{.refusal = {.status = 429,
                                        .code = -1003,
                                        .message = "Too much request weight used.",
                                        .retry_after = milliseconds{1'500}}};
}

sim::FaultAction late_fill(const Fault& fault) {
  return sim::LateFillAction{.delay = milliseconds{30}, .share_ppm = fault.amount * 10'000};
}

sim::FaultAction bad_event(const Fault& fault) {
  return sim::MessageAction{
      .place = kEvent,
      .fate = {.verb = Verb::kFalsify,
               .falsehood = fault.amount % 2 == 0 ? sim::Falsehood::kTruncated
                                                  : sim::Falsehood::kMissingField}};
}

sim::FaultAction false_market(const Fault& fault) {
  // All but the one that only makes a message long.
  constexpr auto kKinds = static_cast<std::int64_t>(sim::Falsehood::kOversized);
  return sim::MessageAction{
      .place = kMarket,
      .fate = {.verb = Verb::kFalsify,
               .falsehood = static_cast<sim::Falsehood>(fault.amount % kKinds)}};
}

sim::FaultAction stale_snapshot(const Fault&) {
  return sim::StaleSnapshotAction{};
}

struct Row {
  FaultKind kind;
  std::string_view name;
  int weight;              // how often it is drawn, beside the others
  std::int64_t lasts_min;  // milliseconds
  std::int64_t lasts_max;
  std::int64_t amount_min;
  std::int64_t amount_max;
  // Of a step of the simulator's: on which method or event, and what it does.
  const char* match{nullptr};
  sim::FaultAction (*make)(const Fault&){nullptr};
};

using K = FaultKind;
constexpr const char* kReports = "executionReport";
constexpr const char* kDepth = "*@depth*";
constexpr const char* kAnyMarket = "*@*";
constexpr std::array<Row, kFaultKinds> kRows{{
    {K::kReset, "reset", 10, 0, 0, 0, 0},
    {K::kEnd, "end", 5, 0, 0, 0, 0},
    {K::kCutUp, "cut-up", 12, 0, 0, 0, 900},
    {K::kCutDown, "cut-down", 12, 0, 0, 0, 1'500},
    {K::kBreakSend, "break-send", 5, 0, 0, 0, 400},
    {K::kBlock, "block", 6, 200, 9'000, 0, 0},
    {K::kBlockUp, "block-up", 8, 200, 6'000, 0, 0},
    {K::kBlockDown, "block-down", 8, 200, 6'000, 0, 0},
    {K::kRefuse, "refuse", 5, 200, 4'000, 0, 0},
    {K::kSlow, "slow", 8, 500, 5'000, 5, 900},
    {K::kShutWindow, "shut-window", 5, 50, 3'000, 0, 0},
    {K::kResetOne, "reset-one", 8, 0, 0, 0, 1'999},
    {K::kCutOneUp, "cut-one-up", 10, 0, 0, 0, 1'999},
    {K::kCutOneDown, "cut-one-down", 10, 0, 0, 0, 2'999},
    {K::kBreakOneSend, "break-one-send", 5, 0, 0, 0, 799},
    {K::kShutdownOne, "shutdown-one", 8, 0, 0, 0, 5'999},
    {K::kLoseReplies, "lose-replies", 10, 500, 5'000, 10, 100, "*",
     message<kReply, Verb::kDrop, 0, 0>},
    {K::kLateReplies, "late-replies", 8, 500, 5'000, 10, 100, "*",
     message<kReply, Verb::kDelay, 20, 4'000>},
    {K::kDoubleReplies, "double-replies", 6, 500, 5'000, 10, 100, "*",
     message<kReply, Verb::kDuplicate, 0, 500>},
    {K::kReorderReplies, "reorder-replies", 6, 500, 5'000, 10, 100, "*",
     message<kReply, Verb::kReorder, 50, 500>},
    {K::kUnknownDone, "unknown-done", 10, 500, 5'000, 10, 100, "order.*", unknown_outcome<true>},
    {K::kUnknownNotDone, "unknown-not-done", 10, 500, 5'000, 10, 100, "order.*",
     unknown_outcome<false>},
    {K::kLateRequests, "late-requests", 6, 500, 5'000, 10, 100, "order.place", late_request},
    {K::kSlowDown, "slow-down", 4, 200, 2'000, 10, 100, "*", slow_down},
    {K::kLoseEvents, "lose-events", 12, 500, 8'000, 10, 100, kReports,
     message<kEvent, Verb::kDrop, 0, 0>},
    {K::kLateEvents, "late-events", 8, 500, 5'000, 10, 100, kReports,
     message<kEvent, Verb::kDelay, 20, 4'000>},
    {K::kDoubleEvents, "double-events", 8, 500, 5'000, 10, 100, kReports,
     message<kEvent, Verb::kDuplicate, 0, 500>},
    {K::kReorderEvents, "reorder-events", 8, 500, 5'000, 10, 100, kReports,
     message<kEvent, Verb::kReorder, 50, 500>},
    {K::kBadEvents, "bad-events", 4, 200, 3'000, 5, 40, kReports, bad_event},
    {K::kLateFill, "late-fill", 10, 500, 8'000, 10, 100, "order.cancel", late_fill},
    {K::kLoseMarket, "lose-market", 8, 200, 4'000, 5, 100, kDepth,
     message<kMarket, Verb::kDrop, 0, 0>},
    {K::kLateMarket, "late-market", 5, 200, 4'000, 5, 100, kAnyMarket,
     message<kMarket, Verb::kDelay, 20, 2'000>},
    {K::kDoubleMarket, "double-market", 5, 200, 4'000, 5, 100, kAnyMarket,
     message<kMarket, Verb::kDuplicate, 0, 300>},
    {K::kReorderMarket, "reorder-market", 5, 200, 4'000, 5, 100, kAnyMarket,
     message<kMarket, Verb::kReorder, 50, 500>},
    {K::kFalseMarket, "false-market", 8, 200, 4'000, 1, 100, kAnyMarket, false_market},
    {K::kSilentMarket, "silent-market", 6, 200, 6'000, 100, 100, kAnyMarket,
     message<kMarket, Verb::kDrop, 0, 0>},
    {K::kStaleSnapshot, "stale-snapshot", 4, 500, 4'000, 100, 100, "depth", stale_snapshot},
    {K::kBan, "ban", 2, 500, 4'000, 0, 0},
    {K::kEndStream, "end-stream", 8, 0, 0, 0, 0},
    {K::kShutdown, "shutdown", 5, 0, 0, 0, 3'000},
    {K::kHalt, "halt", 5, 300, 5'000, 0, 1},
    {K::kVenueClock, "venue-clock", 4, 500, 5'000, -3'000, 3'000},
    {K::kKill, "kill", 30, 10, 1'500, 0, 0},
    {K::kPower, "power", 30, 500, 2'000, 0, 0},
    {K::kPause, "pause", 8, 50, 8'000, 0, 0},
    {K::kHostClock, "host-clock", 4, 500, 5'000, -3'000, 3'000},
    {K::kDiskFull, "disk-full", 5, 500, 6'000, 0, 0},
    {K::kSyncFails, "sync-fails", 3, 100, 2'000, 0, 0},
    {K::kSyncStalls, "sync-stalls", 5, 200, 5'000, 0, 0},
    {K::kKillSwitch, "kill-switch", 4, 0, 0, 0, 0},
    {K::kStrategyKill, "strategy-kill", 6, 0, 0, 0, 2},
    {K::kOtherOrder, "other-order", 12, 0, 0, 0, 3},
    {K::kDeposit, "deposit", 8, 0, 0, -60, 60},
    {K::kLock, "lock", 4, 300, 5'000, 1, 60},
}};

consteval bool is_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i || kRows[i].name.empty()) return false;
  }
  return true;
}
static_assert(is_in_order(), "every kind has its row, in the order of the enumeration");

const Row& row_of(FaultKind kind) noexcept {
  return kRows[static_cast<std::size_t>(kind)];
}

FaultKind draw_kind(sim::Random& random) {
  std::int64_t sum = 0;
  for (const Row& row : kRows) sum += row.weight;
  std::int64_t dice = random.below(sum);
  for (const Row& row : kRows) {
    dice -= row.weight;
    if (dice < 0) return row.kind;
  }
  return FaultKind::kReset;
}

std::int64_t draw(sim::Random& random, std::int64_t min, std::int64_t max) {
  return min + random.below(max - min + 1);
}

}  // namespace

std::string_view name_of(FaultKind kind) noexcept {
  return row_of(kind).name;
}

std::string describe(const Fault& fault) {
  std::array<char, 160> text{};
  int length = std::snprintf(text.data(), text.size(), "%s at %.3f s", name_of(fault.kind).data(),
                             static_cast<double>(fault.at.count()) / 1e9);
  std::string line{text.data(), static_cast<std::size_t>(length)};
  if (fault.lasts > Nanos{0}) {
    length = std::snprintf(text.data(), text.size(), " for %.3f s",
                           static_cast<double>(fault.lasts.count()) / 1e9);
    line.append(text.data(), static_cast<std::size_t>(length));
  }
  if (row_of(fault.kind).amount_max > 0) line += ", " + std::to_string(fault.amount);
  return line;
}

std::vector<Fault> draw_faults(std::uint64_t seed, Nanos trading) {
  sim::Random random{seed * 2 + 1};
  std::vector<Fault> faults(static_cast<std::size_t>(random.below(9)));
  for (Fault& fault : faults) {
    const Row& row = row_of(draw_kind(random));
    fault.kind = row.kind;
    fault.at = Nanos{random.below(trading.count())};
    fault.lasts = milliseconds{draw(random, row.lasts_min, row.lasts_max)};
    fault.amount = draw(random, row.amount_min, row.amount_max);
  }
  std::ranges::sort(faults, {}, &Fault::at);
  return faults;
}

std::optional<sim::FaultStep> venue_step(const Fault& fault, std::size_t number) {
  const Row& row = row_of(fault.kind);
  if (row.make == nullptr) return std::nullopt;
  constexpr std::int64_t kPpmInPercent = 10'000;
  return sim::FaultStep{
      .name = std::string{name_of(fault.kind)} + "#" + std::to_string(number),
      .action_name = std::string{name_of(fault.kind)},
      .trigger = {.lasts = fault.lasts,
                  .count = std::nullopt,
                  .probability_ppm =
                      std::clamp<std::int64_t>(fault.amount, 1, 100) * kPpmInPercent},
      .match = {.name = row.match},
      .action = row.make(fault)};
}

}  // namespace portcullis::simulation
