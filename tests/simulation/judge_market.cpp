// The books.
#include <vector>

#include "tests/simulation/judge.hpp"

namespace portcullis::simulation {

namespace {

bool is_same_side(const feeds::L2Book& book, Side side, const std::vector<sim::Level>& levels) {
  if (book.level_count(side) != levels.size()) return false;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const feeds::BookLevel level = book.level(side, i);
    if (level.px != levels[i].px || level.qty != levels[i].qty) return false;
  }
  return true;
}

}  // namespace

void Judge::judge_market() {
  MarketEvent event;
  while (world_.gateway_->events.try_pop(event)) {
    const bool is_bad = event.kind == MarketEventKind::kTopOfBook &&
                        event.book_state == BookState::kSynced && event.top.is_complete() &&
                        event.top.is_crossed();
    if (is_bad) complain("I5", "a crossed top of book was published as synced");
  }
  using State = feeds::binance::StreamSession::State;
  const State session = world_.gateway_->feed_agent().session_state();
  const bool is_streaming = session == State::kSubscribing || session == State::kLive;
  for (std::size_t i = 0; i < world_.instruments_.size(); ++i) {
    const auto& builder =
        world_.gateway_->feed_agent().builder(SymbolId{static_cast<SymbolId::rep>(i)});
    if (builder.state() != BookState::kSynced) continue;
    if (!is_streaming) complain("I5", "a book says that it is whole, and has no stream");
    const std::uint64_t update_id = builder.update_id().raw();
    if (world_.judged_books_[i] == update_id) continue;
    world_.judged_books_[i] = update_id;
    const sim::DepthSnapshot* truth = world_.venue_.book_at(i, update_id);
    if (truth == nullptr) continue;  // of a snapshot between two differences
    ++world_.outcome_.books;
    if (is_same_side(builder.book(), Side::kBuy, truth->bids) &&
        is_same_side(builder.book(), Side::kSell, truth->asks)) {
      continue;
    }
    complain("I5", "symbol " + std::to_string(i) + ": the book at update " +
                       std::to_string(update_id) + " is not the venue's");
  }
}

// The market has stood still for a second: everything that was said of it has come.
void Judge::judge_books() {
  for (std::size_t i = 0; i < world_.instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    const std::string& name = world_.instruments_.at(symbol).symbol;
    MarketSnapshot market;
    const bool is_there = world_.gateway_->market.read(symbol, market);
    if (!is_there || market.book_state != BookState::kSynced) {
      complain("I5", name + ": the book is not whole, long after the last fault");
      continue;
    }
    const sim::BestPrices best = world_.venue_.core.exchange.best(i);
    const bool is_same = market.top.bid_px == best.bid.px && market.top.ask_px == best.ask.px &&
                         market.top.bid_qty == best.bid.qty && market.top.ask_qty == best.ask.qty;
    if (!is_same) complain("I5", name + ": the top of book is not the venue's");
  }
}

}  // namespace portcullis::simulation
