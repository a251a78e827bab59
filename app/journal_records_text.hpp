#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/journal/journal_reader.hpp"
#include "oms/journal_records.hpp"

namespace portcullis::app {

// A record as names and values, in a person's units: decimals as decimals, enumerations and symbols
// by name.
using RecordFields = std::vector<std::pair<std::string, std::string>>;

// Renders records in the order in which they stand, since they use the names of those before.
class RecordRenderer {
 public:
  // Empty for a type, version or size that this version does not know.
  [[nodiscard]] RecordFields render(const journal::Record& record);
  // Of the records before the first one, where these are gone.
  void name_symbol(std::uint16_t number, const std::string& name) { symbols_[number] = name; }
  void name_asset(std::uint16_t number, const std::string& name) { assets_[number] = name; }

 private:
  [[nodiscard]] RecordFields render_order(const journal::Record& record) const;
  [[nodiscard]] RecordFields render_report(const journal::Record& record) const;
  [[nodiscard]] RecordFields render_account_event(const journal::Record& record,
                                                  oms::RecordType type) const;
  [[nodiscard]] RecordFields render_fee_rate(const journal::Record& record) const;
  [[nodiscard]] std::string scope_of(const oms::StopRecord& stop) const;
  [[nodiscard]] std::string asset(std::uint16_t number) const;
  [[nodiscard]] std::string symbol(std::uint16_t number) const;

  std::map<std::uint16_t, std::string> symbols_;
  std::map<std::uint16_t, std::string> assets_;
};

// Lower-case hex.
[[nodiscard]] std::string hex_of(const journal::Hash& hash);

}  // namespace portcullis::app
