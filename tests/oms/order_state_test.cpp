#include "oms/order_state.hpp"

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

namespace portcullis::oms {
namespace {

// N new, P partially filled, F filled, C canceled, R rejected, X expired, U unknown, - impossible;
// 0 is not-placed.
char letter_of(std::optional<OrderState> state) {
  if (!state) return '-';
  switch (*state) {
    case OrderState::kPendingNew: return '?';
    case OrderState::kNew: return 'N';
    case OrderState::kPartiallyFilled: return 'P';
    case OrderState::kFilled: return 'F';
    case OrderState::kCanceled: return 'C';
    case OrderState::kRejected: return 'R';
    case OrderState::kExpired: return 'X';
    case OrderState::kUnknown: return 'U';
    case OrderState::kNotPlaced: return '0';
    case OrderState::kCount: break;
  }
  return '!';
}

TEST(OrderState, EveryCellOfTheTable) {
  struct Row {
    OrderState from;
    const char* cells;
  };
  //                                     A P F C R X U 0
  const Row rows[] = {
      {OrderState::kPendingNew, "NPFCRXU-"},      {OrderState::kNew, "NPFC-XU-"},
      {OrderState::kPartiallyFilled, "PPFC-XU-"}, {OrderState::kFilled, "F-------"},
      {OrderState::kCanceled, "CCCC----"},        {OrderState::kRejected, "----R---"},
      {OrderState::kExpired, "XXX--X--"},  // tidy-ok: X is expired, three times
      {OrderState::kUnknown, "NPFCRXU0"},         {OrderState::kNotPlaced, "-00000-0"}};
  ASSERT_EQ(std::size(rows), static_cast<std::size_t>(OrderState::kCount));
  for (const Row& row : rows) {
    std::string cells;
    for (std::size_t event = 0; event < static_cast<std::size_t>(OrderEvent::kCount); ++event) {
      cells += letter_of(next_state(row.from, static_cast<OrderEvent>(event)));
    }
    EXPECT_EQ(cells, row.cells) << to_string(row.from);
  }
}

TEST(OrderState, TheEndIsNeverLeft) {
  for (std::size_t from = 0; from < static_cast<std::size_t>(OrderState::kCount); ++from) {
    const auto state = static_cast<OrderState>(from);
    if (!is_terminal(state)) continue;
    for (std::size_t event = 0; event < static_cast<std::size_t>(OrderEvent::kCount); ++event) {
      const auto to = next_state(state, static_cast<OrderEvent>(event));
      EXPECT_EQ(to.value_or(state), state) << to_string(state);
    }
  }
}

TEST(OrderState, EveryEventHasAName) {
  for (std::size_t event = 0; event < static_cast<std::size_t>(OrderEvent::kCount); ++event) {
    EXPECT_STRNE(to_string(static_cast<OrderEvent>(event)), "?");
  }
}

}  // namespace
}  // namespace portcullis::oms
