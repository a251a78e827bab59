#pragma once

#include <string>

#include "core/journal/snapshot_store.hpp"

namespace portcullis::journal {

// Snapshots as files `000000000012.snapshot` in the journal's directory. One is written beside its
// name, synced piece by piece so that the journal's own syncs never wait behind all of it, and then
// renamed: it is there whole, or not at all.
class FileSnapshots final : public SnapshotStore {
 public:
  explicit FileSnapshots(std::string directory) : directory_{std::move(directory)} {}

  [[nodiscard]] std::expected<std::vector<std::uint64_t>, std::string> list() override;
  [[nodiscard]] std::expected<std::vector<std::byte>, std::string> read(
      std::uint64_t number) override;
  [[nodiscard]] std::expected<std::unique_ptr<SnapshotWriting>, std::string> begin(
      std::uint64_t number, std::vector<std::byte> bytes) override;
  [[nodiscard]] std::expected<void, std::string> remove(std::uint64_t number) override;
  [[nodiscard]] std::string name_of(std::uint64_t number) const override;

 private:
  std::string directory_;
};

}  // namespace portcullis::journal
