#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "tests/sim/shapes.hpp"
#include "tests/sim/sim_client.hpp"

namespace portcullis::sim::test {

// How the answers are got from a running venue: two accounts of one trade group, logged on to the
// WebSocket API and subscribed to their events, BTCUSDT with a bid at 60000 and an ask at 60001.
class ShapeVenue {
 public:
  virtual ~ShapeVenue() = default;
  // The result, or the error, of a request; signed where it has to be.
  virtual Json ask(const std::string& method, Json params) = 0;
  virtual Json ask_as_other(const std::string& method, Json params) = 0;
  // The next user data event of the first account.
  virtual Json next_event() = 0;
  virtual void on_exchange(std::move_only_function<void(Exchange&)> task) = 0;
  virtual Json admin_call(const std::string& path, Json body) = 0;
};

void collect_order_answers(ShapeVenue& venue, Answers& answers);
void collect_list_answers(ShapeVenue& venue, Answers& answers);
void collect_account_answers(ShapeVenue& venue, Answers& answers);
void collect_event_answers(ShapeVenue& venue, Answers& answers);

// Which example is which answer, and what differs with reason.
[[nodiscard]] const std::vector<ShapeRow>& trading_rows();
[[nodiscard]] const std::vector<ShapeExcuse>& trading_excuses();

}  // namespace portcullis::sim::test
