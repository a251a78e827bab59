#pragma once

#include <memory>
#include <string>

#include "core/journal/segment_store.hpp"
#include "core/unique_fd.hpp"

namespace portcullis::journal {

// Segments as files `000000000001.journal` in a directory, each with a twin in memory while it is
// written: the trading thread writes to the twin, and sync() copies it into the file.
//
// The twin is a file of /dev/shm, so that it outlives the process (a killed one loses nothing; the
// next start copies what is left), and it is not the journal's own file mapped, because a page of
// that is write-protected each time it goes to the disk: the next write to it then takes a fault
// into the file system, some 10 us here, and waits for the disk where that waits for its journal.
class FileSegments final : public SegmentStore {
 public:
  enum class Failure { kInUse, kUnusable };
  struct OpenError {
    Failure failure;
    std::string text;
  };
  static constexpr const char* kMemoryFolder = "/dev/shm";
  static constexpr const char* kArchiveFolder = "archive";  // in the directory

  // To write: makes the directory where it is missing, locks it against a second process, and
  // brings the files up to what a killed one has left in memory.
  static std::expected<std::unique_ptr<FileSegments>, OpenError> open_to_write(
      const std::string& directory, const std::string& memory_folder = kMemoryFolder);
  // To look at, with or without a gateway that writes there: no lock, and nothing is changed.
  static std::expected<std::unique_ptr<FileSegments>, OpenError> open_to_read(
      const std::string& directory, const std::string& memory_folder = kMemoryFolder);

  ~FileSegments() override;
  FileSegments(const FileSegments&) = delete;
  FileSegments& operator=(const FileSegments&) = delete;

  [[nodiscard]] std::expected<std::vector<std::uint64_t>, std::string> list() override;
  [[nodiscard]] std::expected<std::unique_ptr<SegmentMaking>, std::string> begin(
      std::uint64_t number, std::size_t bytes) override;
  [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> open(
      std::uint64_t number) override;
  [[nodiscard]] std::expected<void, std::string> set_aside(std::uint64_t number) override;
  [[nodiscard]] std::expected<void, std::string> archive(std::uint64_t number) override;
  [[nodiscard]] std::expected<void, std::string> remove(std::uint64_t number) override;
  [[nodiscard]] std::expected<void, std::string> trim(std::uint64_t number,
                                                      std::size_t bytes) override;

 private:
  FileSegments(std::string directory, std::string twin_prefix, UniqueFd lock) noexcept;
  [[nodiscard]] std::string path_of(std::uint64_t number) const;
  [[nodiscard]] std::string twin_of(std::uint64_t number) const;
  void take_over_moved_twins() const;
  [[nodiscard]] std::expected<void, std::string> settle_twins();

  std::string directory_;
  std::string twin_prefix_;  // of this journal's files in memory
  UniqueFd lock_;            // holds the flock for as long as this lives; none when only reading
};

}  // namespace portcullis::journal
