// The benchmark's own flow, small: both matchers make the same trades, and the core touches no
// heap.
#include "bench/matching_flow.hpp"

#include <gtest/gtest.h>

#include "core/no_alloc.hpp"

namespace portcullis::bench {
namespace {

class MatchingFlowOf : public ::testing::TestWithParam<std::size_t> {};

TEST_P(MatchingFlowOf, BothMatchersMakeTheSameTradesAndOursAllocatesNothing) {
  const MatchingFlow flow = make_matching_flow(GetParam(), 200'000, 7);
  CoreMatcher core{Price::from_raw(kFlowTickRaw)};
  core.reserve(flow.resting_max, flow.price_runs);
  MapMatcher reference;
  const std::size_t memory_bytes = core.book().memory_bytes();
  {
    const NoAllocScope no_alloc{"matching core"};  // stops the program at the first allocation
    for (const FlowOperation& operation : flow.fill) apply(core, operation);
    for (const FlowOperation& operation : flow.operations) apply(core, operation);
  }
  for (const FlowOperation& operation : flow.fill) apply(reference, operation);
  for (const FlowOperation& operation : flow.operations) apply(reference, operation);
  EXPECT_EQ(core.trades().count, reference.trades().count);
  EXPECT_EQ(core.trades().checksum, reference.trades().checksum);
  EXPECT_EQ(core.book().order_count(), reference.order_count());
  EXPECT_EQ(core.book().memory_bytes(), memory_bytes);  // nor from the kernel
  EXPECT_GT(core.trades().count, 20'000U);
}

INSTANTIATE_TEST_SUITE_P(Resting, MatchingFlowOf, ::testing::Values(50U, 1'000U, 20'000U));

TEST(MatchingFlow, IsTheMixTheIssueAsksFor) {
  const MatchingFlow flow = make_matching_flow(2'000, 100'000, 7);
  std::size_t limits = 0;
  std::size_t cancels = 0;
  for (const FlowOperation& operation : flow.operations) {
    limits += operation.kind == FlowOperation::Kind::kLimit ? 1 : 0;
    cancels += operation.kind == FlowOperation::Kind::kCancel ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(limits), 60'000, 1'000);
  EXPECT_NEAR(static_cast<double>(cancels), 30'000, 1'000);
  EXPECT_LT(flow.resting_max, 3'000U);  // it hovers
}

}  // namespace
}  // namespace portcullis::bench
