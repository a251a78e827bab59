#include <string>

#include "bench/bench_list.hpp"
#include "bench/matching_flow.hpp"
#include "core/check.hpp"
#include "core/no_alloc.hpp"

namespace portcullis::bench {

namespace {

constexpr std::size_t kBatch = 1'000;
constexpr std::size_t kBatchesPerTurn = 50;

struct Size {
  const char* name;
  std::size_t resting;
  std::size_t operations;
};
constexpr Size kSizes[] = {
    {"1k", 1'000, 1'500'000}, {"100k", 100'000, 1'500'000}, {"1m", 1'000'000, 2'500'000}};

CoreMatcher filled_core(const MatchingFlow& flow) {
  CoreMatcher core{Price::from_raw(kFlowTickRaw)};
  core.reserve(flow.resting_max, flow.price_runs);
  for (const FlowOperation& operation : flow.fill) apply(core, operation);
  return core;
}

template <class Matcher>
void run_turn(const Reporter& reporter, Matcher& matcher, const FlowOperation* operations,
              Samples& samples) {
  for (std::size_t batch = 0; batch < kBatchesPerTurn; ++batch) {
    const FlowOperation* next = operations + batch * kBatch;
    samples.add(time_batch(reporter.clock(), kBatch, [&] { apply(matcher, *next++); }));
  }
}

// Ours and the reference through the same flow, turn by turn; then they must have made the same
// trades and hold as many orders. Ours may not touch the heap.
void run_both(const Reporter& reporter, const MatchingFlow& flow, Figure& figure) {
  CoreMatcher core = filled_core(flow);
  MapMatcher reference;
  reference.reserve(flow.resting_max);
  for (const FlowOperation& operation : flow.fill) apply(reference, operation);
  figure.reference.emplace();
  const std::size_t memory_bytes = core.book().memory_bytes();
  constexpr std::size_t kTurn = kBatch * kBatchesPerTurn;
  for (std::size_t done = 0; done + kTurn <= flow.operations.size(); done += kTurn) {
    const FlowOperation* operations = flow.operations.data() + done;
    Samples ours;
    ours.reserve(kBatchesPerTurn);
    {
      const NoAllocScope no_alloc{"matching core"};
      run_turn(reporter, core, operations, ours);
    }
    figure.ours.add(ours);
    run_turn(reporter, reference, operations, *figure.reference);
  }
  PORTCULLIS_CHECK(
      core.trades() == reference.trades() && core.book().order_count() == reference.order_count(),
      "a fast wrong answer is not an answer");
  PORTCULLIS_CHECK(core.book().memory_bytes() == memory_bytes, "the book outgrew its reserve");
}

// Each operation by itself, the clock's own cost included: the tail that a mean would hide.
void run_singly(const Reporter& reporter, const MatchingFlow& flow, Figure& figure) {
  CoreMatcher core = filled_core(flow);
  for (const FlowOperation& operation : flow.operations) {
    const MonoTime begin = reporter.clock().now();
    apply(core, operation);
    figure.ours.add(static_cast<double>((reporter.clock().now() - begin).count()));
  }
}

void bench_size(Reporter& reporter, const Size& size) {
  const std::string name = std::string{"matching_core_"} + size.name;
  if (!reporter.wants(name) && !reporter.wants(name + "_op")) return;
  const MatchingFlow flow = make_matching_flow(size.resting, size.operations, 20'240'808);
  if (reporter.wants(name)) {
    Figure figure{name,
                  "60 % limit, 30 % cancel by id, 10 % market around " +
                      std::to_string(size.resting) + " resting orders; means of 1000",
                  "std::map of std::list and std::unordered_map, same flow, same trades"};
    run_both(reporter, flow, figure);
    reporter.report(figure);
    const auto rate = static_cast<long>(1e9 / figure.ours.quantile(0.5));
    reporter.remark("  " + name + ": " + std::to_string(rate) + " operations a second");
  }
  if (reporter.wants(name + "_op")) {
    Figure figure{name + "_op", "the same flow, each operation timed by itself, clock included"};
    run_singly(reporter, flow, figure);
    reporter.report(figure);
  }
}

}  // namespace

void bench_matching(Reporter& reporter) {
  for (const Size& size : kSizes) bench_size(reporter, size);
}

}  // namespace portcullis::bench
