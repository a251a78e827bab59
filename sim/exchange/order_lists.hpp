#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// The venue's order lists, of all accounts and symbols: what is open, and the newest that are over.
class OrderLists {
 public:
  struct Entry {
    OrderList list{};
    // Of an OTO, until its working order is filled.
    bool is_phase_one{false};
    // One leg of the pair has traded or was triggered; the other is gone.
    bool has_started{false};
    // Of an OPO: what the working order brought in, held for the pending one.
    Qty received{};

    [[nodiscard]] bool is_open() const noexcept {
      return list.order_status == ListOrderStatus::kExecuting;
    }
    [[nodiscard]] bool is_opo() const noexcept {
      return list.kind == ListKind::kOpo || list.kind == ListKind::kOpoco;
    }
    // Index of the first of the two legs that exclude each other; nothing: it has no pair.
    [[nodiscard]] std::optional<std::size_t> pair() const noexcept {
      if (list.kind == ListKind::kOco) return 0;
      if (list.kind == ListKind::kOtoco || list.kind == ListKind::kOpoco) return 1;
      return std::nullopt;
    }
  };
  static constexpr std::size_t kClosedKept = 10'000;  // for each account

  // Gives the list its id. The entry stays where it is until it is forgotten.
  Entry& open(OrderList list);
  void close(Entry& entry);

  [[nodiscard]] Entry* find(std::int64_t list_id);
  // By id (not negative), client id (the newest of that name) or both.
  [[nodiscard]] const Entry* find(SimAccountId account, std::int64_t list_id,
                                  std::string_view list_client_order_id) const;
  [[nodiscard]] bool is_open(SimAccountId account, std::string_view list_client_order_id) const;
  [[nodiscard]] std::vector<OrderList> open_lists(SimAccountId account) const;
  [[nodiscard]] std::vector<OrderList> all_lists(SimAccountId account,
                                                 const HistoryQuery& query) const;

 private:
  struct OfAccount {
    std::deque<std::int64_t> ids;  // ascending
    std::unordered_map<std::string, std::int64_t> by_client_id;
    std::size_t closed_count{0};
  };
  [[nodiscard]] const OfAccount* of(SimAccountId account) const;
  void forget_oldest(OfAccount& account);

  std::unordered_map<std::int64_t, Entry> lists_;
  std::vector<OfAccount> accounts_;
  std::int64_t next_id_{0};
};

}  // namespace portcullis::sim
