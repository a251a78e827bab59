#pragma once

#include <optional>
#include <string>

#include "core/time.hpp"
#include "sim/api/account_directory.hpp"
#include "sim/api/truth_records.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

class TruthLog;

// Whose names the records' numbers are.
struct TruthNames {
  const Exchange& exchange;
  const AccountDirectory& accounts;
};

// The members of a record, into an object that is open; times are nanoseconds since 1970.
void write_fields(JsonOut& out, const RequestRecord& request, const TruthNames& names);
void write_fields(JsonOut& out, const MessageRecord& message, const TruthNames& names);
void write_fields(JsonOut& out, const OrderEventRecord& event, const TruthNames& names);
void write_fields(JsonOut& out, const FillRecord& record, const TruthNames& names);
void write_fields(JsonOut& out, const TransferRecord& transfer, const TruthNames& names);

void write_balances(JsonOut& out, const std::vector<Balance>& balances);

struct TruthFilter {
  std::optional<SimAccountId> account{};
  WallTime since{};  // messages and fills from here on; orders changed from here on
};
// Everything that is kept, by account: {"accounts":{"NAME":{"balances","orders","fills",
// "messages"}},"feesCollected","crowd"}.
[[nodiscard]] std::string truth_json(const TruthLog& truth, const TruthNames& names,
                                     const TruthFilter& filter);

}  // namespace portcullis::sim
