#pragma once

#include <memory>
#include <string>

#include "core/journal/segment_store.hpp"
#include "core/unique_fd.hpp"

namespace portcullis::journal {

// Segments as memory-mapped files `000000000001.journal` in a directory. Writing to the mapping
// survives the process; only sync() makes it survive the machine.
class FileSegments final : public SegmentStore {
 public:
  enum class Failure { kInUse, kUnusable };
  struct OpenError {
    Failure failure;
    std::string text;
  };
  // To write: makes the directory where it is missing, and locks it against a second process.
  static std::expected<std::unique_ptr<FileSegments>, OpenError> open_to_write(
      const std::string& directory);
  // To look at, with or without a gateway that writes there: no lock, and nothing is changed.
  static std::expected<std::unique_ptr<FileSegments>, OpenError> open_to_read(
      const std::string& directory);

  [[nodiscard]] std::expected<std::vector<std::uint64_t>, std::string> list() override;
  [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> create(
      std::uint64_t number, std::size_t bytes) override;
  [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> open(
      std::uint64_t number) override;
  [[nodiscard]] std::expected<void, std::string> set_aside(std::uint64_t number) override;
  [[nodiscard]] std::expected<void, std::string> remove(std::uint64_t number) override;
  [[nodiscard]] std::expected<void, std::string> trim(std::uint64_t number,
                                                      std::size_t bytes) override;

 private:
  FileSegments(std::string directory, UniqueFd lock) noexcept;
  [[nodiscard]] std::string path_of(std::uint64_t number) const;

  std::string directory_;
  UniqueFd lock_;  // holds the flock for as long as this lives; none when only reading
};

}  // namespace portcullis::journal
