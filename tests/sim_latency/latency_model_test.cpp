#include "sim/latency/latency_model.hpp"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

constexpr auto kOrderIn = LatencyLeg::kOrderIn;
constexpr auto kCancelIn = LatencyLeg::kCancelIn;
constexpr auto kReportOut = LatencyLeg::kReportOut;

LatencyConfig config(std::string_view order_in, std::string_view report_out) {
  LatencyConfig made;
  made.leg(kOrderIn) = LatencySource::parse(order_in).value();
  made.leg(kReportOut) = LatencySource::parse(report_out).value();
  return made;
}

std::vector<Nanos> reports(LatencyModel model, int orders_between) {
  std::vector<Nanos> drawn;
  for (int i = 0; i < 100; ++i) {
    drawn.push_back(model.draw(kReportOut));
    for (int k = 0; k < orders_between; ++k) (void)model.draw(kOrderIn);
  }
  return drawn;
}

TEST(LatencyModel, TakesNoTimeUnlessItIsToldTo) {
  LatencyModel none;
  EXPECT_TRUE(none.is_zero());
  EXPECT_EQ(none.draw(kOrderIn), Nanos{0});
  EXPECT_TRUE((LatencyModel{config("none", "const:0us"), 1}.is_zero()));
  LatencyModel slow{config("const:5us", "none"), 1};
  EXPECT_FALSE(slow.is_zero());
  EXPECT_EQ(slow.draw(kOrderIn), Nanos{5'000});
  EXPECT_EQ(slow.draw(kCancelIn), Nanos{0});
  EXPECT_EQ(slow.draw(kReportOut), Nanos{0});
}

TEST(LatencyModel, TheSeedDecidesAndNoLegDisturbsAnother) {
  const LatencyConfig both = config("uniform:1us/9ms", "uniform:1us/9ms");
  const auto first = reports(LatencyModel{both, 7}, 0);
  EXPECT_EQ(reports(LatencyModel{both, 7}, 0), first);
  EXPECT_EQ(reports(LatencyModel{both, 7}, 3), first);
  EXPECT_NE(reports(LatencyModel{both, 8}, 0), first);
  LatencyModel model{both, 7};
  EXPECT_NE(model.draw(kOrderIn), first.front()) << "a sequence of its own";
}

}  // namespace
}  // namespace portcullis::sim
