#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "sim/exchange/mirror_rules.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// What has to be remembered about one symbol's mirrored book so that nothing is counted twice:
// prints whose quantity the depth does not show yet, losses whose print may still come, what
// accounts have taken, and which orders were there at what moment of the other venue. Knows no
// book. One thread.
class MirrorLedger {
 public:
  // A level with orders of accounts has lost quantity.
  struct Loss {
    Side side{Side::kBuy};
    Price px{};
    WallTime covers{};  // of the update that told it
    Qty lost{};
    Qty explained{};  // of it, by prints
    // Where it has been taken from for the time being.
    std::vector<OrderBook::MirroredPlace> places{};
    std::uint64_t order_id_end{0};  // orders below it were there
  };

  // Newest moment of the other venue that is known of, and the id the next order will have.
  void on_source_time(WallTime time, std::uint64_t next_order_id);
  // Orders below this id were in line at that moment of the other venue.
  [[nodiscard]] std::uint64_t order_id_end_at(WallTime time) const;

  // ---- prints
  // The newest update covers it already.
  [[nodiscard]] bool is_covered(WallTime print_time) const { return print_time < covers_; }
  void add_print(Side side, const Level& level, WallTime time);
  // Print quantity at the level that the present update covers and no former one did.
  [[nodiscard]] Qty printed(Side side, Price px) const;
  // Nothing: a snapshot, which covers all.
  void begin_update(std::optional<WallTime> covers);
  // Of the present update; of the newest one for a snapshot.
  [[nodiscard]] WallTime covering() const { return covering_.value_or(covers_); }
  void end_update();

  // ---- losses
  void add_loss(Loss loss) { losses_.push_back(std::move(loss)); }
  // Those of the level that a print of this time may explain, oldest first.
  [[nodiscard]] std::vector<Loss*> losses_at(Side side, Price px, WallTime print_time);
  // Losses that no print can explain any more: prints have come to `print_time`, or the window has
  // passed. Forgets them.
  std::vector<Loss> take_settled(std::optional<WallTime> print_time, Nanos window);

  // ---- own impact
  void on_taken(Side side, const Level& taken, const MirrorRules& rules, WallTime now);
  // What is left of the other venue's level for us.
  [[nodiscard]] Qty left_of(Side side, const Level& level, const MirrorRules& rules, WallTime now);
  // Of a whole book: what it does not name has been empty.
  void forget_taken_but(Side side, std::span<const Level> levels);

 private:
  struct Print {
    Side side;
    Price px;
    Qty qty;
    WallTime time;
  };
  struct Taken {
    Side side;
    Price px;
    Qty qty;
    WallTime time;
  };
  struct Moment {
    WallTime time;
    std::uint64_t next_order_id;
  };

  std::vector<Print> prints_;  // in the order they came
  std::vector<Loss> losses_;
  std::vector<Taken> taken_;
  std::deque<Moment> moments_;          // times rise
  WallTime covers_{};                   // of the newest update
  std::optional<WallTime> covering_{};  // of the present one
};

}  // namespace portcullis::sim
