#pragma once

#include <expected>
#include <string>

#include "core/net/address_budget.hpp"
#include "core/time.hpp"

namespace portcullis::app {

// A ban of this address by the venue (HTTP 418) that outlives the process: a small file in the
// state folder, so that a gateway that is started again does not knock before its moment, which
// would lengthen the ban. By the wall clock, the only one that two runs share. Control thread only.
class BanRecord {
 public:
  explicit BanRecord(const std::string& state_dir);

  // At the start: tells `address` of a ban that is not over. A record that cannot be read counts as
  // a ban of two minutes, the venue's shortest. What a human is to be told, or nothing.
  [[nodiscard]] std::string restore(net::AddressBudget& address, MonoTime now, WallTime wall) const;

  // From time to time: writes the record when the ban has changed. The error is the disk's.
  [[nodiscard]] std::expected<void, std::string> keep(const net::AddressBudget& address,
                                                      MonoTime now, WallTime wall);

 private:
  std::string path_;
  MonoTime written_{};  // the end of the ban that is on the disk
};

}  // namespace portcullis::app
